"""The one body of every refusal: ``{"detail", "code", "request_id"}`` and the facts of the case."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.http import HttpResponse

from gal_dashboard.core import context


def error_body(
    *,
    detail: str,
    code: str,
    errors: Mapping[str, Sequence[str]] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    body: dict[str, Any] = {"detail": detail, "code": code}
    if errors:
        body["errors"] = errors
    if facts:
        body |= facts
    body["request_id"] = context.request_id()
    return body


def error_response(
    status: int,
    *,
    detail: str,
    code: str,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A refusal made outside of DRF's views: unknown paths, faults, what the gate refused."""
    body = error_body(detail=detail, code=code, facts=facts)
    return HttpResponse(
        orjson.dumps(body, default=str),
        status=status,
        content_type="application/json",
        headers=dict(headers or {}),
    )
