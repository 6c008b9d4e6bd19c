"""Who sends a request: ``Authorization: Bearer <access token>``."""

from collections.abc import Collection

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from gal_dashboard.core.context import Actor
from users import league_passwords, selectors, tokens
from users.errors import NotSignedInError, SessionEndedError
from users.last_seen import last_seen


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
    league_passwords.ensure_adopted()
    return _alive(actor)


# --- For sockets, on the hub's thread -------------------------------------------------------------
def authenticate_socket(token: str) -> Actor:
    """As ``authenticate_token``. Raises ``NotReadyError`` rather than wait."""
    actor = tokens.read_access_token(token)
    league_passwords.refuse_unadopted()
    return _alive(actor)


def revive(sid: str) -> Actor:
    """The person of a live session. Raises ``SessionEndedError``, ``NotReadyError``."""
    league_passwords.refuse_unadopted()
    actor = selectors.revive(sid)
    last_seen.note(sid)
    return actor


def ended_among(sids: Collection[str]) -> frozenset[str]:
    """Those of these sessions that are over; all others were seen just now."""
    live = selectors.live_among(sids)
    for sid in live:
        last_seen.note(sid)
    return frozenset(sids) - live


def _alive(actor: Actor) -> Actor:
    if not selectors.is_session_live(actor):
        raise SessionEndedError
    last_seen.note(actor.sid)
    return actor


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        token = bearer_of(request)
        return None if token is None else (authenticate_token(token), token)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
