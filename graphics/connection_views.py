"""Who is connected, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet
from graphics import connections
from graphics.serializers import ConnectionsSerializer


class ConnectionViewSet(ApiViewSet):
    area = "realtime"

    @extend_schema(responses=ConnectionsSerializer)
    def status(self, request: Request) -> Response:
        """Every socket that is open now: overlays with what they have drawn, and staff.

        This process is told as it is at this moment, others as they were a second or two ago.
        """
        return Response(connections.connections_body(request.user))
