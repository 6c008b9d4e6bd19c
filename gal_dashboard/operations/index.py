"""What stands at the root: where to go from here."""

from django.conf import settings
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet

INDEX = inline_serializer(
    "Index",
    {
        "name": serializers.CharField(),
        "version": serializers.CharField(),
        "docs": serializers.CharField(),
        "redoc": serializers.CharField(),
        "openapi": serializers.CharField(),
        "asyncapi": serializers.CharField(),
        "admin": serializers.CharField(),
        "health": serializers.CharField(),
    },
)


class IndexViewSet(ApiViewSet):
    tag = "docs"
    public_actions = frozenset({"index"})

    @extend_schema(responses=INDEX, auth=[])
    def index(self, request: Request) -> Response:
        """The name of this server and the addresses that everybody may know."""
        return Response(
            {
                "name": "Guardian Angel League Live Graphics Dashboard",
                "version": settings.VERSION,
                "docs": "/docs",
                "redoc": "/redoc",
                "openapi": "/openapi.json",
                "asyncapi": "/asyncapi.json",
                "admin": "/admin/",
                "health": "/health",
            }
        )
