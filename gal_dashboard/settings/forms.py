"""The form of what the environment says: each function refuses in one line that names the variable.

What has the right form may still be unsafe on air: that is for ``production``.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

_HOST = r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])"
_HOST_PATTERN = re.compile(rf"\*|\.?{_HOST}")
_ORIGIN = re.compile(rf"https?://{_HOST}(?::[0-9]{{1,5}})?")
# Django's backends, and our own in their place.
ENGINES = {
    "django.db.backends.sqlite3": "gal_dashboard.core.sqlite",
    "django.db.backends.postgresql": "gal_dashboard.core.postgresql",
}
_ADDRESS = re.compile(r"[A-Za-z0-9_.:%-]*")  # empty: every interface


def need_hosts(name: str, hosts: list[str]) -> list[str]:
    """Host names as Django compares them: no scheme, no port, no path. At least one."""
    if not hosts:
        raise ImproperlyConfigured(f"{name} is empty: nobody could reach the server.")
    for host in hosts:
        if not _HOST_PATTERN.fullmatch(host.lower()):
            raise ImproperlyConfigured(
                f"{name} has {host!r}; write names alone, such as overlay.example.org, without "
                "scheme, port or path."
            )
    return hosts


def need_origins(name: str, origins: list[str], *, words: Iterable[str] = ()) -> list[str]:
    """Origins exactly as browsers send them, or one of ``words``."""
    for origin in origins:
        if origin not in words and not _ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(
                f"{name} has {origin!r}; write exact origins, such as https://crew.example.org, "
                "in lower case and without a path."
            )
    if "*" in origins and len(origins) > 1:
        raise ImproperlyConfigured(f"{name} has * beside others: either all, or a list.")
    return origins


def need_address(name: str, address: str) -> str:
    """A name or an address to listen on."""
    if not _ADDRESS.fullmatch(address):
        raise ImproperlyConfigured(f"{name} must be a name or an address, without scheme or port.")
    return address


def need_database(name: str, url: str, **options: Any) -> Any:
    """The database that ``url`` names, as Django describes one. The line never repeats the URL,
    which holds a password."""
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            f"{name} must name SQLite (sqlite:///file) or PostgreSQL (postgres://...)."
        )
    try:
        database = dj_database_url.parse(url, **options)
    except (ValueError, LookupError):
        raise ImproperlyConfigured(
            f"{name} is no valid URL; special characters in its password need %-encoding."
        ) from None
    if not database["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database: it ends before one.")
    database["ENGINE"] = ENGINES[database["ENGINE"]]
    return database


def need_redis(name: str, url: str) -> str:
    """Empty, or the address of a Redis; not repeated either."""
    if not url:
        return url
    try:
        parse_url(url)
        is_complete = bool(urlsplit(url).hostname) or url.startswith("unix:///")
    except ValueError:
        is_complete = False
    if not is_complete:
        raise ImproperlyConfigured(
            f"{name} must name a Redis: redis://host:port/0, rediss://... or unix:///path."
        )
    return url
