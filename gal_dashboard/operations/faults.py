"""Answers where no view answered: unknown addresses, bad requests, faults of ours."""

import sys
from http import HTTPStatus
from typing import Final

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from gal_dashboard.api.answers import error_response
from gal_dashboard.audit import refusals
from gal_dashboard.core import admin_ports

RETRY: Final = {"Retry-After": "1"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return error_response(
            400,
            detail="This server is not known by that name. ALLOWED_HOSTS lists its names.",
            code="unknown_host",
        )
    return error_response(400, detail="The request is not valid.", code="bad_request")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_a_person(request):
        asked = f"{request.method} {request.path_info}"
        refusals.record_denied(actor=admin_ports.actor_of(request), request=asked)
        return defaults.permission_denied(request, exception)
    return error_response(403, detail="You may not do this.", code="permission_denied")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_a_person(request):
        return defaults.page_not_found(request, exception)
    return error_response(404, detail="There is nothing at this address.", code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Says nothing of the cause but the request id, under which the log has it all.

    To people it does say that the database is away: then all they can do is to try again.
    """
    if _is_for_a_person(request):
        if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
            page = render_to_string(
                "503.html"
            )  # without the request, whose user is in the database
            return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY)
        return defaults.server_error(request)
    return error_response(
        500, detail="Something went wrong on the server. The log has it.", code="internal_error"
    )


def _is_for_a_person(request: HttpRequest) -> bool:
    """Whether the address is one of the admin's, whose pages are HTML."""
    return f"{request.path_info}/".startswith("/admin/")
