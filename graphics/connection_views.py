"""Who is connected, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet
from graphics import connections, reloads
from graphics.serializers import ConnectionsSerializer, ReloadInput, ReloadOrderedSerializer


class ConnectionViewSet(ApiViewSet):
    area = "realtime"
    scopes = {"reload": "graphics:write"}

    @extend_schema(responses=ConnectionsSerializer)
    def status(self, request: Request) -> Response:
        """Every socket that is open now: overlays with what they have drawn, and staff.

        This process is told as it is at this moment, others as they were a second or two ago.
        """
        return Response(connections.connections_of_all(request.user).body)

    @extend_schema(request=ReloadInput, responses=ReloadOrderedSerializer)
    def reload(self, request: Request) -> Response:
        """Have overlay pages load themselves anew: one, those of a graphic, or all.

        A page does so once, and only after the server gave it the new page with 200.
        """
        wanted = self.validated(ReloadInput)
        count = reloads.order_reload(
            actor=request.user,
            graphic_id=wanted.get("graphic_id"),
            connection_id=wanted.get("connection_id"),
            reason=wanted.get("reason") or "",
        )
        return Response({"message": "The order was given.", "overlays": count})
