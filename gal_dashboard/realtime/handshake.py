"""What a socket says when it knocks, read from the ASGI scope."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs

from django.conf import settings

from gal_dashboard.core.addresses import address_in, household
from gal_dashboard.realtime import cursors, origins
from gal_dashboard.realtime.cursors import Cursor

_ID: Final = re.compile(r"[1-9][0-9]{0,18}")
_LARGEST_ID: Final = 2**63 - 1


class Handshake:
    """The path, the query and the headers of one handshake, all written by a stranger."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope
        query = scope.get("query_string") or b""
        self._query: Mapping[str, Sequence[str]] = parse_qs(query.decode("latin-1"))

    @property
    def graphic_id(self) -> int | None:
        """The graphic in the path; ``None`` for anything but ASCII digits 1 to 2^63-1."""
        text = self._scope["url_route"]["kwargs"]["graphic_id"]
        if not _ID.fullmatch(text) or int(text) > _LARGEST_ID:
            return None
        return int(text)

    @property
    def cursor(self) -> Cursor | None:
        return cursors.parse(self._query)

    @property
    def ticket(self) -> str | None:
        values = self._query.get("ticket", ())
        return values[0] if len(values) == 1 else None

    @property
    def bearer(self) -> str | None:
        """The token of ``Authorization: Bearer``."""
        values = self._headers(b"authorization")
        scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
        return token.strip() or None if scheme.lower() == "bearer" else None

    @property
    def may_be_staff(self) -> bool:
        """Whether a staff socket may be opened from where this one comes."""
        return self._is_from(settings.CORS_ALLOWED_ORIGINS)

    @property
    def may_be_overlay(self) -> bool:
        """As ``may_be_staff``, for overlays, which are open to every page unless set otherwise."""
        return "*" in settings.OVERLAY_ORIGINS or self._is_from(settings.OVERLAY_ORIGINS)

    @property
    def key(self) -> str:
        """The key in the path, which may be any text."""
        return str(self._scope["url_route"]["kwargs"]["key"])

    @property
    def address(self) -> str:
        return address_in(self._scope, settings.TRUSTED_PROXIES)

    @property
    def household(self) -> str:
        """Whose sockets are counted together."""
        return household(self.address)

    def _is_from(self, known_origins: Collection[str]) -> bool:
        return origins.is_welcome(
            origins=self._headers(b"origin"),
            host=next(iter(self._headers(b"host")), ""),
            known_origins=known_origins,
            allowed_hosts=settings.ALLOWED_HOSTS,
        )

    def _headers(self, name: bytes) -> list[str]:
        return [
            value.decode("latin-1") for key, value in self._scope["headers"] if key.lower() == name
        ]
