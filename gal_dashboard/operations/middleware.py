"""The outermost layers of every HTTP request that Django answers."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gal_dashboard.api.answers import error_response
from gal_dashboard.core import context
from gal_dashboard.core.addresses import client_address
from gal_dashboard.core.context import RequestContext

access_log = logging.getLogger("gal_dashboard.access")
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Gives the request its id and address, and the answer its id, its time and one log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        address = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TRUSTED_PROXIES,
        )
        # Everything behind (throttles, audit) reads the address from here and nowhere else.
        request.META["REMOTE_ADDR"] = address
        sent_id = request.headers.get("X-Request-ID", "")
        request_id = sent_id if SANE_REQUEST_ID.match(sent_id) else secrets.token_hex(16)
        scope = request.META.get("asgi.scope") or {}
        context.enter(
            RequestContext(
                request_id=request_id,
                address=address,
                arrived=scope.get("gal.arrived") or time.time(),
            )
        )
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            response["X-Request-ID"] = request_id
            response["X-Process-Time"] = f"{seconds:.6f}"
            access_log.info(
                "%s %s %s",
                request.method,
                request.path_info,
                response.status_code,
                extra={
                    "status": response.status_code,
                    "ms": round(seconds * 1000, 1),
                    "address": address,
                },
            )
            return response
        finally:
            context.enter(None)


class SecurityHeadersMiddleware:
    """Headers that Django's own middleware does not set."""

    headers = {
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "no-store",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class RefusalMiddleware:
    """Answers what the gate refused, so that all refusals have one form and one place."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = (request.META.get("asgi.scope") or {}).get("gal.refusal")
        if refusal is None:
            return self.get_response(request)
        return error_response(
            refusal.status,
            detail=refusal.detail,
            code=refusal.code,
            facts=refusal.facts,
            headers=dict(refusal.headers),
        )
