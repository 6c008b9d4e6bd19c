"""Every address and every method: what nobody and what a Viewer may do with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from gal_dashboard.api.views import ApiViewSet
from tests.support.api import Api

SAMPLES = {"id": "1", "game": "1.1", "lobby": "1", "str": "1", "key": "x.y", "category": "x"}
# A new public endpoint is a decision: it is written down here.
PUBLIC = {
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/health/ready"),
    ("GET", "/openapi.json"),
    ("GET", "/asyncapi.json"),
    ("GET", "/docs"),
    ("GET", "/redoc"),
    ("POST", "/auth/login"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/refresh"),
    ("GET", "/api/v1/graphics/1/view"),
    ("GET", "/api/v1/graphics/k/1/view"),
    ("GET", "/api/v1/players/ranked"),
    ("GET", "/api/v1/scoreboard/1"),
    ("GET", "/api/v1/scoreboard/latest"),
    ("GET", "/api/v1/scoreboard/snapshots"),
}
# Signed in is enough, whatever the role.
OWN = {("POST", "/auth/ws-ticket")}
# Reading, but not for everybody.
FOR_ADMINISTRATORS = {("GET", "/api/v1/audit")}
ENDS_A_SESSION = ("DELETE", "/auth/sessions/1")
# An old overlay page without a token gets 404 for what the public view would not show.
FALLBACK = ("GET", "/api/v1/graphics/1")


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path


def patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith("/admin"):
            continue  # Django's own house, with its own door
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        else:
            yield re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], path), entry


def routes() -> list[Route]:
    found = []
    for path, entry in patterns(get_resolver()):
        methods = getattr(entry.callback, "actions", None) or {"get": ""}
        found += [Route(method.upper(), path) for method in methods if method != "head"]
    return found


ROUTES = routes()
PRIVATE = [route for route in ROUTES if route.key not in PUBLIC]


def send(client: Api, route: Route, **options):
    body = {"json": {}} if route.method != "GET" else {}
    return client.request(route.method, route.path, **body, **options)


def test_every_view_of_ours_knows_who_may_call_it():
    views = [entry.callback for _, entry in patterns(get_resolver())]
    ours = [view.cls for view in views if hasattr(view, "cls") and issubclass(view.cls, ApiViewSet)]

    assert len(ours) > 20
    for path, entry in patterns(get_resolver()):
        view = getattr(entry.callback, "cls", None)
        if view is not None and issubclass(view, ApiViewSet):
            public = set(entry.callback.actions.values()) <= view.public_actions
            signed_in = view.permission_classes != ApiViewSet.permission_classes
            assert view.area or public or signed_in, path


def test_the_public_endpoints_are_these_and_no_others(stranger):
    open_to_all = {
        route.key
        for route in ROUTES
        if send(stranger, route).headers.get("WWW-Authenticate") != "Bearer"
    }

    # a stranger who has no token to renew by is answered as one who has none to sign in with
    assert open_to_all - {FALLBACK} == PUBLIC - {("POST", "/auth/refresh")}


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic YTpi"])
def test_public_endpoints_ignore_whatever_token_is_sent(token, stranger):
    for method, path in sorted(PUBLIC):
        plain = send(stranger, Route(method, path))
        answer = send(stranger, Route(method, path), headers={"Authorization": token})

        assert answer.status_code == plain.status_code, path


@pytest.mark.parametrize("route", PRIVATE, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_is_told_to_sign_in(route, stranger):
    answer = send(stranger, route)

    expected = 404 if route.key == FALLBACK and answer.status_code == 404 else 401
    assert answer.status_code == expected
    assert set(answer.json()) >= {"detail", "code", "request_id"}


def test_a_viewer_reads_everything_and_writes_nothing(viewer):
    for route in PRIVATE:
        if route.key == ENDS_A_SESSION:
            continue  # it may be the viewer's own; the table of roles has it
        status = send(viewer, route).status_code

        is_open = route.method == "GET" and route.key not in FOR_ADMINISTRATORS
        if route.key in OWN or is_open:
            assert status in {200, 404}, route
        else:
            assert status == 403, route


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_an_address_does_not_have_is_405_for_everybody(method, stranger, api):
    known: dict[str, set[str]] = {}
    for route in ROUTES:
        known.setdefault(route.path, set()).add(route.method)
    for path, methods in known.items():
        if method in methods or not path.startswith(("/api", "/auth")):
            continue
        for client in (stranger, api):
            answer = client.request(method, path, json={})

            assert answer.status_code == 405, path
            assert methods <= set(answer.headers["Allow"].replace(" ", "").split(",")), path
