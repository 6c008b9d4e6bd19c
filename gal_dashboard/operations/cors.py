"""Cross-origin answers: any origin may read what is public, all else only the listed ones."""

from collections.abc import Callable

from corsheaders.conf import conf
from corsheaders.middleware import (
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    CorsMiddleware,
)
from corsheaders.signals import check_request_enabled
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve


def is_public(request: HttpRequest) -> bool:
    """Whether address and method (of a preflight, the method it asks for) belong to everybody."""
    view = _view_of(request)
    method = request.method or "GET"
    if method == "OPTIONS":
        method = request.headers.get("Access-Control-Request-Method", "GET")
    actions = getattr(view, "actions", None) or {}
    action = actions.get(method.lower()) or actions.get("get" if method == "HEAD" else "")
    return action in getattr(getattr(view, "cls", None), "public_actions", ())


def _view_of(request: HttpRequest) -> Callable[..., HttpResponseBase] | None:
    # a preflight, and what the gate refused, never came as far as Django's own look-up
    if request.resolver_match is not None:
        return request.resolver_match.func
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


def allow_public(sender: object, request: HttpRequest, **kwargs: object) -> bool:
    return is_public(request)


check_request_enabled.connect(allow_public, dispatch_uid="gal_public_cors")


class PublicCorsMiddleware(CorsMiddleware):
    """As django-cors-headers answers, but on public endpoints ``*``, whoever asks."""

    def add_response_headers(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().add_response_headers(request, response)
        if is_public(request):
            response[ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
            response[ACCESS_CONTROL_EXPOSE_HEADERS] = ", ".join(conf.CORS_EXPOSE_HEADERS)
        return response
