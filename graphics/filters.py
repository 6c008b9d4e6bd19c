import django_filters
from django.db.models import Q
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from gal_dashboard.api.filters import FlagFilter, IdFilter
from graphics.querysets import GraphicQuerySet


class GraphicFilter(django_filters.FilterSet):
    """``include_archived=true`` shows archived graphics too; without it only live ones."""

    include_archived = FlagFilter(method="with_archived")
    search = django_filters.CharFilter(method="by_text", max_length=255)
    event_name = django_filters.CharFilter(field_name="event_name", max_length=255)
    tournament_id = IdFilter(field_name="tournament_id")

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["include_archived"] else rows.on_air()

    def with_archived(self, rows, name, value):
        return rows  # filter_queryset decides: the default hides them

    def by_text(self, rows, name, value):
        return rows.filter(Q(title__icontains=value) | Q(event_name__icontains=value))


def as_asked(rows: GraphicQuerySet, request: Request) -> GraphicQuerySet:
    """Those of ``rows`` that the query string asks for. Raises DRF's ``ValidationError``."""
    if GraphicFilter.base_filters.keys().isdisjoint(request.query_params):
        return rows.on_air()  # the usual list; to make the form of filters takes its time
    found = GraphicFilter(request.query_params, queryset=rows, request=request)
    if not found.is_valid():
        raise ValidationError(found.errors)
    return found.qs
