"""What a client hears when the server is at fault, which it must never be made to be from outside.

So the faults are views of this module, behind all that stands in front of real ones.
"""

import json
import logging

import pytest
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework import exceptions
from rest_framework.response import Response

from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.errors import DomainError, ErrorKind, InvalidFieldsError, NotFoundError
from gal_dashboard.operations.logging import JsonFormatter, RequestFilter
from tests.api.refusals import refusal

SECRET = "hunter2 in line 7 of secrets.py"
QUERY = "a-ticket-in-an-address"


class FullError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "cup_full"
    message = "There are only {places} places."


class WaitError(DomainError):
    kind = ErrorKind.THROTTLED
    code = "too_fast"
    message = "Wait {retry_after} seconds."


FAULTS = {
    "runtime": RuntimeError(SECRET),
    "memory": MemoryError(SECRET),
    "recursion": RecursionError(SECRET),
    "data": DataError(SECRET),
    "key": KeyError(SECRET),
    "unicode": UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET),
}
REFUSALS = {
    "full": (FullError(places=8), 409, "cup_full"),
    "wait": (WaitError(retry_after=7), 429, "too_fast"),
    "fields": (InvalidFieldsError({"name": ["Is taken."]}), 400, "validation_failed"),
    "gone": (NotFoundError(), 404, "not_found"),
    "model": (ModelValidationError({"name": "Is taken."}), 400, "validation_failed"),
    "model-all": (ModelValidationError("Ends before it starts."), 400, "validation_failed"),
    "nested": (exceptions.ValidationError({"a": [{}, {"b": ["No."]}]}), 400, "validation_failed"),
    "throttled": (exceptions.Throttled(wait=3), 429, "throttled"),
    "404": (Http404(SECRET), 404, "not_found"),
    "denied": (PermissionDenied(SECRET), 403, "permission_denied"),
    "away": (OperationalError(SECRET), 503, "database_unavailable"),
    "closed": (InterfaceError(SECRET), 503, "database_unavailable"),
}
OUTSIDE_OF_VIEWS = {
    "suspicious": (SuspiciousOperation(SECRET), 400, "bad_request"),
    "bad": (BadRequest(SECRET), 400, "bad_request"),
    "404": (Http404(SECRET), 404, "not_found"),
    "denied": (PermissionDenied(SECRET), 403, "permission_denied"),
    "runtime": (RuntimeError(SECRET), 500, "internal_error"),
}


class FaultyViewSet(ApiViewSet):
    public_actions = frozenset({"fail", "refuse", "unwritable"})

    def fail(self, request, name: str) -> Response:
        raise FAULTS[name]

    def refuse(self, request, name: str) -> Response:
        raise REFUSALS[name][0]

    def unwritable(self, request) -> Response:
        return Response({"value": object()})


def plain(request, name: str) -> HttpResponse:
    raise OUTSIDE_OF_VIEWS[name][0]


urlpatterns = [
    path("fail/<name>", FaultyViewSet.as_view({"get": "fail"})),
    path("refuse/<name>", FaultyViewSet.as_view({"get": "refuse"})),
    path("unwritable", FaultyViewSet.as_view({"get": "unwritable"})),
    path("plain/<name>", plain),
    path("admin/fault/<name>", plain),
    path("admin/", admin.site.urls),  # the pages link to it
]
handler400 = "gal_dashboard.operations.faults.bad_request"
handler403 = "gal_dashboard.operations.faults.permission_denied"
handler404 = "gal_dashboard.operations.faults.not_found"
handler500 = "gal_dashboard.operations.faults.server_error"

# The first request of a process reads the configuration, whatever it asks for.
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"X-Request-ID": "desk-7"})


@pytest.mark.parametrize("address", [f"/fail/{name}" for name in FAULTS] + ["/unwritable"])
def test_a_fault_says_nothing_of_its_cause_but_the_request_id(address, client, caplog):
    answer = client.get(address)

    body = refusal(answer, 500, "internal_error")
    assert body == {
        "detail": "Something went wrong on the server. The log has it.",
        "code": "internal_error",
        "request_id": "desk-7",
    }
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in errors] == ["django.request"]
    assert errors[0].exc_info


def test_a_fault_is_logged_without_the_query_it_came_with(client, caplog):
    client.get(f"/fail/runtime?token={QUERY}")

    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert RequestFilter().filter(record)
    line = json.loads(JsonFormatter().format(record))
    assert SECRET in line["exc_info"]
    assert QUERY not in json.dumps(line)


@pytest.mark.parametrize(("name", "expected"), REFUSALS.items(), ids=REFUSALS.keys())
def test_a_refusal_has_its_status_and_code(name, expected, client):
    _, status, code = expected

    answer = client.get(f"/refuse/{name}")

    refusal(answer, status, code)
    assert SECRET.encode() not in answer.content


def test_a_refusal_carries_the_facts_of_the_case(client):
    body = client.get("/refuse/full").json()

    assert body["places"] == 8
    assert body["detail"] == "There are only 8 places."


@pytest.mark.parametrize(
    ("name", "errors", "detail"),
    [
        ("fields", {"name": ["Is taken."]}, "name: Is taken."),
        ("model", {"name": ["Is taken."]}, "name: Is taken."),
        ("model-all", {"body": ["Ends before it starts."]}, "Ends before it starts."),
        ("nested", {"a.1.b": ["No."]}, "a.1.b: No."),
    ],
)
def test_invalid_fields_are_named_by_their_path(name, errors, detail, client):
    body = client.get(f"/refuse/{name}").json()

    assert body["errors"] == errors
    assert body["detail"] == detail


@pytest.mark.parametrize(("name", "seconds"), [("wait", "7"), ("away", "1"), ("throttled", "3")])
def test_who_should_wait_hears_how_long(name, seconds, client):
    answer = client.get(f"/refuse/{name}")

    assert answer["Retry-After"] == seconds
    assert answer.json()["retry_after"] == int(seconds)


def test_a_database_that_is_away_is_in_the_log_with_its_cause(client, caplog):
    client.get("/refuse/away")

    [record] = [
        record for record in caplog.records if record.name == "gal_dashboard.api.exceptions"
    ]
    assert str(record.exc_info[1]) == SECRET


@pytest.mark.parametrize(
    ("name", "expected"), OUTSIDE_OF_VIEWS.items(), ids=OUTSIDE_OF_VIEWS.keys()
)
def test_what_no_view_of_the_api_answers_has_the_same_form(name, expected, client):
    _, status, code = expected

    answer = client.get(f"/plain/{name}")

    refusal(answer, status, code)
    assert SECRET.encode() not in answer.content


@pytest.mark.parametrize("name", ["404", "denied", "runtime"])
def test_a_person_in_the_admin_gets_a_page(name, client):
    answer = client.get(f"/admin/fault/{name}")

    assert answer.status_code == OUTSIDE_OF_VIEWS[name][1]
    assert answer["Content-Type"].startswith("text/html")
    assert SECRET.encode() not in answer.content
