"""Who sends a request: ``Authorization: Bearer <access token>``."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from gal_dashboard.core.context import Actor
from users import selectors, tokens
from users.errors import NotSignedInError, SessionEndedError


def bearer_of(request: Request) -> str | None:
    """The token of the header, ``None`` without one. Raises ``NotSignedInError`` for an odd one."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError
    return token.strip()


def authenticate_token(token: str) -> Actor:
    """The person of a token whose session is alive. Raises ``NotSignedInError``."""
    actor = tokens.read_access_token(token)
    if not selectors.is_session_live(actor):
        raise SessionEndedError
    return actor


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        token = bearer_of(request)
        return None if token is None else (authenticate_token(token), token)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
