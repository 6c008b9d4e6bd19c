"""Answers where no view answered: unknown addresses, bad requests, faults of ours."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from gal_dashboard.api.answers import error_response

ADMIN = "/admin"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(400, detail="The request is not valid.", code="bad_request")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path_info.startswith(ADMIN):
        return defaults.permission_denied(request, exception)
    return error_response(403, detail="You may not do this.", code="permission_denied")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path_info.startswith(ADMIN):
        return defaults.page_not_found(request, exception)
    return error_response(404, detail="There is nothing at this address.", code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Says nothing of the cause but the request id, under which the log has it all."""
    return error_response(
        500, detail="Something went wrong on the server. The log has it.", code="internal_error"
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(403, detail="The form's token is missing or wrong.", code="csrf_failed")
