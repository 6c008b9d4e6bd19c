"""Cross-origin answers: any origin may read what is public, all else only the listed ones."""

from corsheaders.middleware import ACCESS_CONTROL_ALLOW_ORIGIN, CorsMiddleware
from corsheaders.signals import check_request_enabled
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve


def is_public(request: HttpRequest) -> bool:
    """Whether address and method (of a preflight, the method it asks for) belong to everybody."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    method = request.method or "GET"
    if method == "OPTIONS":
        method = request.headers.get("Access-Control-Request-Method", "GET")
    actions = getattr(view, "actions", None) or {}
    action = actions.get(method.lower()) or actions.get("get" if method == "HEAD" else "")
    return action in getattr(getattr(view, "cls", None), "public_actions", ())


def allow_public(sender: object, request: HttpRequest, **kwargs: object) -> bool:
    return is_public(request)


check_request_enabled.connect(allow_public, dispatch_uid="gal_public_cors")


class PublicCorsMiddleware(CorsMiddleware):
    """As django-cors-headers answers, but ``*`` instead of the origin on public endpoints."""

    def add_response_headers(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().add_response_headers(request, response)
        if ACCESS_CONTROL_ALLOW_ORIGIN in response and is_public(request):
            response[ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
        return response
