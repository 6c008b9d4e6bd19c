"""The outermost layers of every HTTP request that Django answers."""

import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gal_dashboard.api.answers import error_response
from gal_dashboard.core import context, options
from gal_dashboard.core.addresses import client_address
from gal_dashboard.core.context import RequestContext
from gal_dashboard.operations.measuring import ROUTE, UNKNOWN, template_of, under_way
from gal_dashboard.operations.rehearsal import REHEARSAL
from gal_dashboard.operations.stamps import request_id_of, seconds_since

access_log = logging.getLogger("gal_dashboard.access")
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Gives the request its id and address; the answer its id, time, length and one log line."""

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
        request_id = request_id_of(request.headers.get("X-Request-ID", ""))
        scope = request.META.get("asgi.scope") or {}
        under_way.threads.add(threading.get_ident())
        context.enter(
            RequestContext(
                request_id=request_id,
                address=address,
                arrived=scope.get("gal.arrived") or time.time(),
            )
        )
        try:
            with options.pinned():  # linked options belong together for the whole request
                response = self.get_response(request)
            if response.status_code not in WITHOUT_BODY:
                response["Content-Length"] = len(response.content)
            match = request.resolver_match
            scope[ROUTE] = UNKNOWN if match is None else template_of(match.route)
            response["X-Request-ID"] = request_id
            response["X-Process-Time"] = seconds_since(started)
            if REHEARSAL not in scope:  # nobody has asked
                access_log.info(
                    "%s %s %s",
                    request.method,
                    request.path_info,
                    response.status_code,
                    extra={
                        "status": response.status_code,
                        "ms": round((time.perf_counter() - started) * 1000, 1),
                        "address": address,
                    },
                )
            return response
        finally:
            under_way.threads.discard(threading.get_ident())
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


class HostMiddleware:
    """Answers only under the names of ``ALLOWED_HOSTS``: a page of somebody else must not reach
    this server by pointing a name of theirs at it. Views of the API never ask for the name.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost, which becomes 400
        return self.get_response(request)
