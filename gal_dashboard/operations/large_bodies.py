"""Who may make the server hold a large body in memory before anybody has looked at it."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from gal_dashboard.core.errors import DomainError
from users.tokens import read_access_token


def may_send_large(headers: Mapping[bytes, bytes], path: str) -> bool:
    """A token that we signed; in the admin, a session cookie. The views decide about the rest."""
    if path.startswith("/admin/"):
        return _has_session_cookie(headers.get(b"cookie", b""))
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return False
    try:
        read_access_token(token.strip())
    except DomainError:
        return False
    return True


def _has_session_cookie(header: bytes) -> bool:
    try:
        cookies = SimpleCookie(header.decode("latin-1"))
    except CookieError:
        return False
    return settings.SESSION_COOKIE_NAME in cookies
