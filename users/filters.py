import django_filters
from django.db.models import Q

from gal_dashboard.api.filters import FlagFilter
from users.choices import Role


class UserFilter(django_filters.FilterSet):
    is_active = FlagFilter(field_name="is_active")
    role = django_filters.ChoiceFilter(choices=Role.choices, field_name="groups__name")
    search = django_filters.CharFilter(method="by_text", max_length=200)

    def by_text(self, rows, name, value):
        """Never by e-mail: whoever may not see it would find it letter by letter."""
        names = ("username", "display_name", "discord_id", "riot_id")
        found = Q()
        for column in names:
            found |= Q(**{f"{column}__icontains": value})
        return rows.filter(found)
