import django_filters
from django.db.models import Q

from tournaments.choices import EntryStatus, TournamentStatus


class TournamentFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=TournamentStatus.choices)
    search = django_filters.CharFilter(method="by_text", max_length=200)

    def by_text(self, rows, name, value):
        return rows.filter(Q(name__icontains=value) | Q(description__icontains=value))


class ParticipantFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=EntryStatus.choices)
