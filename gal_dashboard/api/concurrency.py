"""Conditional requests: ``If-None-Match`` on reads, ``If-Match`` on writes."""

import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.core.errors import DomainError, ErrorKind

_ETAG_LIST = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*\Z')
_ETAG = re.compile(r'(?:W/)?"([^"]*)"')


class PreconditionFailedError(DomainError):
    """Raised when a read asks for a version or a time that is not the newest."""

    kind = ErrorKind.STALE
    code = "precondition_failed"
    message = "What you ask for has changed meanwhile."


def etag_of(version: int) -> str:
    return f'"{version}"'


def conditional(
    request: Request,
    *,
    etag: str,
    body: Callable[[], object],
    last_modified: datetime | None = None,
) -> Response:
    """The answer with its validators, or 304 without the cost of ``body``.

    Raises ``PreconditionFailedError`` for an ``If-Match`` or ``If-Unmodified-Since`` that fails.
    """
    seconds = int(last_modified.timestamp()) if last_modified else None
    refused = get_conditional_response(request._request, etag=etag, last_modified=seconds)  # noqa: SLF001 - DRF has no public name for it
    if refused is not None and refused.status_code != HTTPStatus.NOT_MODIFIED:
        raise PreconditionFailedError
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if seconds is not None:
        headers["Last-Modified"] = http_date(seconds)
    if refused is not None:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
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
