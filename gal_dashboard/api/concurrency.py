"""Conditional requests: ``If-None-Match`` on reads, ``If-Match`` on writes."""

import re
from collections.abc import Callable
from datetime import datetime

from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response

_ETAG_LIST = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*\Z')
_ETAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag_of(version: int) -> str:
    return f'"{version}"'


def conditional(
    request: Request,
    *,
    etag: str,
    body: Callable[[], object],
    last_modified: datetime | None = None,
) -> Response:
    """The answer with its validators, or 304 without the cost of ``body``."""
    seconds = int(last_modified.timestamp()) if last_modified else None
    not_modified = get_conditional_response(request._request, etag=etag, last_modified=seconds)  # noqa: SLF001 - DRF has no public name for it
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if seconds is not None:
        headers["Last-Modified"] = http_date(seconds)
    if not_modified is not None:
        return Response(status=not_modified.status_code, headers=headers)
    return Response(body(), headers=headers)


def versions_in(if_match: str | None) -> frozenset[str] | None:
    """The versions that an ``If-Match`` accepts; ``None`` for any (no header, or ``*``).

    Garbage accepts no version at all: better refused than overwritten.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if not _ETAG_LIST.match(if_match):
        return frozenset()
    return frozenset(_ETAG.findall(if_match))
