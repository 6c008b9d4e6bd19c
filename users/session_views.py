"""Where one is signed in, and how to end that."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import flag_of, page_of
from gal_dashboard.api.permissions import IsSignedIn
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from gal_dashboard.api.views import ApiViewSet
from users import selectors, services
from users.errors import SessionNotFoundError
from users.serializers import SessionListSerializer

INCLUDE_ENDED = OpenApiParameter(
    "include_ended", bool, description="Also those that have ended or run out."
)


class SessionViewSet(ApiViewSet):
    tag = "auth"
    permission_classes = [IsSignedIn]

    def find(self, pk: int | None = None, **kwargs: object) -> None:
        rows = selectors.visible_sessions(self.request.user)
        if pk is not None and not rows.filter(pk=pk).exists():
            raise SessionNotFoundError

    @extend_schema(
        operation_id="auth_sessions",
        parameters=[*page_parameters(), INCLUDE_ENDED],
        responses=SessionListSerializer,
    )
    def list(self, request: Request) -> Response:
        """Where one is signed in, the newest login first. Administrators see everybody's."""
        page = page_of(request)
        rows = selectors.visible_sessions(request.user).order_by("-created_at", "-pk")
        if not flag_of(request, "include_ended"):
            rows = rows.live()
        return Response(
            {
                "sessions": selectors.session_bodies(rows[page.window], reader=request.user),
                "total": rows.count(),
            }
        )

    @extend_schema(operation_id="auth_end_session", responses={200: MessageSerializer})
    def destroy(self, request: Request, pk: int) -> Response:
        """End a session: its tokens are dead at once, its sockets are closed."""
        services.end_visible_session(actor=request.user, session_id=pk)
        return Response({"message": "The session has ended."})
