"""Access and refresh tokens: what stands in them, and how they are read. No database here."""

import uuid
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from gal_dashboard.core.context import Actor
from users.choices import Role
from users.errors import NotSignedInError
from users.permissions import scopes_of

LONGEST_TOKEN = 4096


def access_token(*, actor: Actor, session_expires_at: datetime) -> tuple[str, int]:
    """A signed access token and its life in seconds; it never outlives the session."""
    token = AccessToken()
    now = datetime.now(UTC)
    expires_at = min(now + settings.ACCESS_TOKEN_LIFETIME, session_expires_at)
    token.set_exp(from_time=expires_at, lifetime=settings.ACCESS_TOKEN_LIFETIME * 0)
    token["sub"] = actor.name
    token["uid"] = actor.user_id
    token["roles"] = sorted(actor.roles)
    token["scopes"] = sorted(actor.scopes)
    token["read_only"] = is_read_only(actor)
    token["sid"] = actor.sid
    return str(token), int((expires_at - now).total_seconds())


def refresh_token(*, sid: str, session_expires_at: datetime) -> tuple[str, str, int]:
    """A signed refresh token, its ``jti`` and its life in seconds: the rest of the session."""
    token = RefreshToken()
    token.set_exp(from_time=session_expires_at, lifetime=settings.REFRESH_TOKEN_LIFETIME * 0)
    token["sid"] = sid
    seconds = int((session_expires_at - datetime.now(UTC)).total_seconds())
    return str(token), token["jti"], seconds


def read_access_token(text: str) -> Actor:
    """Whom a token speaks of: signature and claims only, the session is not asked.

    Raises ``NotSignedInError`` for anything that is not exactly a token that we signed.
    """
    claims = _verified(AccessToken, text)
    try:
        roles = frozenset(Role(role).value for role in claims["roles"])
        return Actor(
            name=_text(claims["sub"]),
            user_id=_number(claims["uid"]),
            sid=_text(claims["sid"]),
            roles=roles,
            scopes=scopes_of(roles),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise NotSignedInError from None


def read_refresh_token(text: str) -> tuple[str, str]:
    """The ``jti`` and ``sid`` of a refresh token. Raises ``NotSignedInError``."""
    claims = _verified(RefreshToken, text)
    try:
        return _text(claims["jti"]), _text(claims["sid"])
    except (KeyError, TypeError, ValueError):
        raise NotSignedInError from None


def new_sid() -> str:
    return uuid.uuid4().hex


def is_read_only(actor: Actor) -> bool:
    return not any(scope.endswith(":write") for scope in actor.scopes)


def _verified(token_class: type[Token], text: str) -> dict[str, Any]:
    if len(text) > LONGEST_TOKEN:
        raise NotSignedInError
    try:
        return dict(token_class(cast("Any", text.encode("ascii"))).payload)
    except Exception:  # noqa: BLE001 - whatever a crafted token breaks inside the libraries, it is no token
        raise NotSignedInError from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise TypeError("not a text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise TypeError("not an id")
    return value
