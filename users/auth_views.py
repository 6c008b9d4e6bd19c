"""Sign in, renew, verify, sign out, and tickets for sockets."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.holding import hold_answer
from gal_dashboard.api.permissions import IsSignedIn
from gal_dashboard.api.schema import MessageSerializer
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.realtime import tickets
from users import services, throttling, tokens
from users.authentication import authenticate_token, bearer_of
from users.errors import NotSignedInError
from users.serializers import (
    LoginSerializer,
    RefreshSerializer,
    TicketSerializer,
    TokensSerializer,
    VerifySerializer,
)

WITH_OR_WITHOUT: list[dict[str, list[str]]] = [{"bearer": []}, {}]


def _tokens_answer(issued: services.IssuedTokens) -> Response:
    return Response({"token_type": "bearer", **asdict(issued)})


class AuthViewSet(ApiViewSet):
    tag = "auth"
    permission_classes = [IsSignedIn]
    public_actions = frozenset({"login", "refresh", "logout"})

    @extend_schema(request=LoginSerializer, responses=TokensSerializer, auth=[])
    def login(self, request: Request) -> Response:
        """Log in with the league's master password, or with a staff account.

        An address that has failed too often within a minute gets 429 with `Retry-After`; how often
        is the option `users.login_attempts_per_minute`, 5 by default. While failed attempts cannot
        be counted, every login is 503 `logins_closed`.
        """
        fields = self.validated(LoginSerializer)
        agent = request.headers.get("User-Agent", "")
        with throttling.attempt(request.META["REMOTE_ADDR"]):
            if "master_password" in fields:
                issued = services.login_by_master_password(
                    master_password=fields["master_password"], agent=agent
                )
            else:
                issued = services.login_by_account(
                    username=fields["username"], password=fields["password"], agent=agent
                )
        return _tokens_answer(issued)

    @extend_schema(request=RefreshSerializer, responses=TokensSerializer, auth=WITH_OR_WITHOUT)
    def refresh(self, request: Request) -> Response:
        """New tokens for a refresh token (it works once) or for a live access token as Bearer."""
        refresh_token = self.validated(RefreshSerializer).get("refresh_token")
        if refresh_token:
            issued = services.renew_by_refresh_token(refresh_token=refresh_token)
            hold_answer(request, seconds=services.SAME_TIME.total_seconds())
            return _tokens_answer(issued)
        token = bearer_of(request)
        if token is None:
            raise NotSignedInError
        return _tokens_answer(services.renew_by_access_token(actor=authenticate_token(token)))

    @extend_schema(responses=VerifySerializer)
    def verify(self, request: Request) -> Response:
        """Who the token speaks of, and what they may do."""
        actor = request.user
        return Response(
            {
                "valid": True,
                "username": actor.name,
                "roles": sorted(actor.roles),
                "scopes": sorted(actor.scopes),
                "read_only": tokens.is_read_only(actor),
                "session_id": actor.sid,
                "expires_at": actor.expires_at,
            }
        )

    @extend_schema(request=RefreshSerializer, responses=MessageSerializer, auth=WITH_OR_WITHOUT)
    def logout(self, request: Request) -> Response:
        """End the session of the Bearer token and of the refresh token, whichever are given."""
        sids = set()
        refresh_token = self.validated(RefreshSerializer).get("refresh_token")
        for read in (
            lambda: tokens.read_access_token(bearer_of(request) or "").sid,
            lambda: tokens.read_refresh_token(refresh_token or "")[1],
        ):
            try:
                sids.add(read())
            except NotSignedInError:
                continue  # a dead token has no session left to end
        services.logout(sids=sids)
        return Response({"message": "Logged out."})

    @extend_schema(request=None, responses=TicketSerializer)
    def ws_ticket(self, request: Request) -> Response:
        """A ticket that opens one staff socket within 30 seconds: no token stands in a URL."""
        return Response(
            {"ticket": tickets.issue(request.user), "expires_in": tickets.LIFETIME_SECONDS}
        )
