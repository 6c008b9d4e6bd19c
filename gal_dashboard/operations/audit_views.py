"""The audit trail over REST. It stands here, as ``audit`` itself knows nothing of HTTP."""

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.filters import IdFilter, MomentFilter
from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import id_parameter, page_parameters
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.audit import selectors
from gal_dashboard.audit.models import AuditEntry

# An empty one is none, as everywhere.
MOMENT = {
    "type": "string",
    "anyOf": [{"format": "date-time"}, {"format": "date"}, {"maxLength": 0}],
}
FILTERS = [
    *page_parameters(),
    OpenApiParameter("actor", str, description="Who did it: the user name."),
    OpenApiParameter("action", str, description="`graphic.updated`, or `graphic` for all of them."),
    OpenApiParameter("target_type", str, description="What it was done to, as `graphic`."),
    id_parameter("target_id", "The number of that object."),
    OpenApiParameter("since", MOMENT, description="At this time or later."),
    OpenApiParameter("until", MOMENT, description="Before this time."),
]


class AuditEntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    action = serializers.CharField(help_text="noun.past_tense")
    actor = serializers.CharField()
    actor_id = serializers.IntegerField(allow_null=True)
    session_id = serializers.CharField(help_text="Empty for commands.")
    address = serializers.CharField()
    request_id = serializers.CharField()
    target_type = serializers.CharField()
    target_id = serializers.IntegerField(allow_null=True)
    target_label = serializers.CharField(help_text="What it was called then.")
    changes = serializers.DictField(
        child=serializers.ListField(min_length=2, max_length=2),
        help_text="Field to its value before and after.",
    )


class AuditListSerializer(serializers.Serializer):
    entries = AuditEntrySerializer(many=True)
    total = serializers.IntegerField()


class AuditFilter(django_filters.FilterSet):
    actor = django_filters.CharFilter(field_name="actor_name", max_length=150)
    action = django_filters.CharFilter(method="by_action", max_length=60)
    target_type = django_filters.CharFilter(field_name="target_type", max_length=40)
    target_id = IdFilter(field_name="target_id")
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    def by_action(self, rows, name, value):
        return selectors.of_action(rows, value)


class AuditViewSet(ApiViewSet):
    area = "audit"

    @extend_schema(parameters=FILTERS, responses=AuditListSerializer)
    def list(self, request: Request) -> Response:
        """Who did what, when and from where, the newest first; for Administrators."""
        page = page_of(request)
        found = AuditFilter(request.query_params, queryset=AuditEntry.objects.all())
        if not found.is_valid():
            raise serializers.ValidationError(found.errors)
        rows = selectors.in_order(found.qs)
        return Response({"entries": list(rows[page.window]), "total": found.qs.order_by().count()})
