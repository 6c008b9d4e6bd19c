import django_filters
from django.db.models import Q

from gal_dashboard.api.filters import FlagFilter
from users.choices import Role
from users.models import User


class UserFilter(django_filters.FilterSet):
    is_active = FlagFilter(field_name="is_active")
    role = django_filters.ChoiceFilter(choices=Role.choices, method="by_role")
    search = django_filters.CharFilter(method="by_text", max_length=200)

    def by_role(self, rows, name, value):
        """As the bodies have it: a superuser of the admin is Administrator without the group."""
        members = User.groups.through.objects.filter(group__name=value)
        found = Q(pk__in=members.values("user_id"))
        if value == Role.ADMINISTRATOR:
            found |= Q(is_superuser=True)
        return rows.filter(found)

    def by_text(self, rows, name, value):
        """Never by e-mail: whoever may not see it would find it letter by letter."""
        names = ("username", "display_name", "discord_id", "riot_id")
        found = Q()
        for column in names:
            found |= Q(**{f"{column}__icontains": value})
        return rows.filter(found)
