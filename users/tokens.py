"""Access and refresh tokens: what stands in them, and how they are read. No database here."""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from gal_dashboard.core.context import Actor
from users.choices import Role
from users.errors import NotSignedInError
from users.permissions import scopes_of

LONGEST_TOKEN = 4096
REMEMBERED_TOKENS = 2048


def access_token(
    *, actor: Actor, now: datetime, session_expires_at: datetime
) -> tuple[str, timedelta]:
    """A signed access token and its life; it never outlives the session."""
    life = min(settings.ACCESS_TOKEN_LIFETIME, session_expires_at - now)
    token = _without_date_of_issue(AccessToken())
    token["exp"] = int((now + life).timestamp())
    token["sub"] = actor.name
    token["uid"] = actor.user_id
    token["roles"] = sorted(actor.roles)
    token["scopes"] = sorted(actor.scopes)
    token["read_only"] = is_read_only(actor)
    token["sid"] = actor.sid
    return str(token), life


def refresh_token(*, sid: str, session_expires_at: datetime) -> tuple[str, str]:
    """A signed refresh token and its ``jti``; it lives as long as the session."""
    token = _without_date_of_issue(RefreshToken())
    token["exp"] = int(session_expires_at.timestamp())
    token["sid"] = sid
    return str(token), token["jti"]


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


def _without_date_of_issue(token: Token) -> Token:
    """A token "of the future" would be refused, and so would everybody who signed in before the
    clock of the machine was set back.
    """
    del token.payload["iat"]
    return token


def _verified(token_class: type[Token], text: str) -> Mapping[str, Any]:
    if len(text) > LONGEST_TOKEN:
        raise NotSignedInError
    try:
        text.encode("ascii")
        claims = _signed_claims(cast("Any", token_class), text, settings.JWT_SIGNING_KEY_PREVIOUS)
        # the leeway of the library is for clocks that differ, no gift of half a minute
        is_over = _number(claims["exp"]) <= time.time()
    except Exception:  # noqa: BLE001 - whatever a crafted token breaks inside the libraries, it is no token
        raise NotSignedInError from None
    if is_over:
        raise NotSignedInError
    return claims


@lru_cache(maxsize=REMEMBERED_TOKENS)
def _signed_claims(token_class: type[Token], text: str, previous_key: str) -> Mapping[str, Any]:
    """What our key has signed, or the one before it, while ``JWT_SIGNING_KEY_PREVIOUS`` is set.

    Good signatures are remembered: each request asks twice, for its limit and for its sender. What
    ends with time, the caller judges anew.
    """
    token = cast("Any", text.encode())
    try:
        payload = token_class(token).payload
    except TokenError:
        if not previous_key:
            raise
        payload = _by_previous_key(token_class)(token).payload
    return MappingProxyType(dict(payload))


def _by_previous_key(token_class: type[Token]) -> type[Token]:
    return type(token_class.__name__, (token_class,), {"get_token_backend": _previous_backend})


def _previous_backend(_token: Token) -> TokenBackend:
    current = token_backend
    return TokenBackend(
        current.algorithm,
        signing_key=settings.JWT_SIGNING_KEY_PREVIOUS,
        leeway=current.leeway,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise TypeError("not a text")
    value.encode()  # a lone surrogate is a ValueError here, not later in the database
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise TypeError("not an id")
    return value
