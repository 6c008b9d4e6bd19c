"""Tokens as somebody with a key, ours or another, would forge them."""

import time
from typing import Any

import jwt

from gal_dashboard.settings.environment import derive_key
from tests.support.server import RunningServer


def signing_key(server: RunningServer) -> str:
    return derive_key(server.environment["SECRET_KEY"], "jwt-signing")


def claims_of(token: str) -> dict[str, Any]:
    """What stands in a token, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def signed(server: RunningServer, claims: dict[str, Any], *, algorithm: str = "HS256") -> str:
    """A token with exactly these claims, signed with the server's own key."""
    return jwt.encode(claims, signing_key(server), algorithm=algorithm)


def in_an_hour() -> int:
    return int(time.time()) + 3600
