"""Which refusal is told when a request deserves several."""

import pytest

from tests.api.refusals import refusal
from tests.support.routes import calls, writing_calls

UNKNOWN = 2**63 - 1
BROKEN = b'{"title": '
JSON = {"Content-Type": "application/json"}
# What is not there, where it is not the area's own object.
OF_GRAPHICS = {"archive", "lock"}
NOT_FOUND_FOR_STRANGERS = ("GET", "/api/v1/graphics/{pk}")


def ids(some: list) -> list[str]:
    return [f"{method} {route.template}" for method, route in some]


GUARDED = [(method, route) for method, route in calls() if not route.is_public(method)]
GUARDED_WRITING = [call for call in writing_calls() if call in GUARDED]
WRITING_BY_SCOPE = [call for call in GUARDED_WRITING if call[1].area != "auth"]
WRITING_AN_OBJECT = [call for call in WRITING_BY_SCOPE if "{pk}" in call[1].template]


def unknown(route) -> str:
    return route.address(UNKNOWN)


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=ids(GUARDED))
def test_who_is_not_signed_in_hears_401_first(method, route, stranger):
    if (method, route.template) == NOT_FOUND_FOR_STRANGERS:
        answer = stranger.get(unknown(route))
        refusal(answer, 404, "graphic_not_found")
        return

    answer = stranger.request(
        method, unknown(route), content=BROKEN, headers={"Content-Type": "text/plain"}
    )

    refusal(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", ". .", "Bearer", "x" * 5000])
def test_a_bad_token_is_401_where_one_is_needed_and_ignored_where_not(token, stranger, world):
    bad = {"Authorization": f"Bearer {token}"}

    guarded = stranger.get("/api/v1/graphics", headers=bad)
    public = stranger.get(f"/api/v1/graphics/{world.ids['graphics']}/view", headers=bad)

    refusal(guarded, 401)
    assert guarded.headers["WWW-Authenticate"] == "Bearer"
    assert public.status_code == 200


@pytest.mark.parametrize(("method", "route"), WRITING_BY_SCOPE, ids=ids(WRITING_BY_SCOPE))
def test_who_may_only_read_hears_403_before_404_and_400(method, route, viewer):
    answer = viewer.request(method, unknown(route), content=BROKEN, headers=JSON)

    refusal(answer, 403, "permission_denied")


@pytest.mark.parametrize(("method", "route"), WRITING_AN_OBJECT, ids=ids(WRITING_AN_OBJECT))
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_what_is_not_there_is_404_before_415_and_400(method, route, kind, api):
    answer = api.request(method, unknown(route), content=BROKEN, headers={"Content-Type": kind})

    absent = "graphic" if route.area in OF_GRAPHICS else route.area.removesuffix("s")
    refusal(answer, 404, f"{absent}_not_found")


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_revision_that_is_not_there_is_404_before_415_and_400(kind, api, world):
    answer = api.post(
        f"/api/v1/graphics/{world.ids['graphics']}/revisions/{UNKNOWN}/restore",
        content=BROKEN,
        headers={"Content-Type": kind},
    )

    refusal(answer, 404, "revision_not_found")


def test_another_content_type_is_told_before_broken_json(api, world):
    answer = api.put(
        f"/api/v1/graphics/{world.ids['graphics']}",
        content=BROKEN,
        headers={"Content-Type": "text/plain"},
    )

    refusal(answer, 415, "unsupported_media_type")


def test_broken_json_is_told_before_a_stale_version(api, world):
    answer = api.put(
        f"/api/v1/graphics/{world.ids['graphics']}",
        content=BROKEN,
        headers={**JSON, "If-Match": '"99"'},
    )

    refusal(answer, 400, "malformed_json")


def test_a_stale_version_is_told_before_a_broken_rule(api, world):
    answer = api.put(
        f"/api/v1/graphics/{world.ids['graphics']}",
        json={"title": ""},
        headers={"If-Match": '"99"'},
    )

    assert refusal(answer, 412, "stale_version")["current_version"] == 1


@pytest.mark.parametrize("path", ["/api/v1/tournaments", "/auth/login", "/nowhere", "/a//b"])
def test_a_body_that_is_too_large_is_told_before_anything_else(path, stranger):
    answer = stranger.post(path, content=b" " * (256 * 1024 + 1))

    refusal(answer, 413, "body_too_large")


def test_a_stranger_may_not_make_the_server_hold_a_large_document(stranger):
    answer = stranger.post("/api/v1/graphics", content=b" " * (256 * 1024 + 1), headers=JSON)

    refusal(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_only_a_token_that_we_signed_opens_the_way_for_a_large_document(api, viewer, stranger):
    body = b" " * (256 * 1024 + 1)
    header, claims, _ = api.tokens["access_token"].split(".")
    for token in ("nonsense", f"{header}.{claims}.", api.tokens["refresh_token"]):
        bad = {**JSON, "Authorization": f"Bearer {token}"}
        answer = stranger.post("/api/v1/graphics", content=body, headers=bad)
        refusal(answer, 401, "not_authenticated")

    refusal(viewer.post("/api/v1/graphics", content=body, headers=JSON), 403)
    refusal(api.post("/api/v1/graphics", content=body, headers=JSON), 400, "validation_failed")


@pytest.mark.parametrize(("method", "route"), writing_calls(), ids=ids(writing_calls()))
def test_a_method_that_is_not_there_is_told_before_401(method, route, stranger):
    absent = next(name for name in ("DELETE", "PATCH", "PUT", "POST") if name not in route.actions)

    answer = stranger.request(absent, unknown(route), content=BROKEN, headers=JSON)

    refusal(answer, 405, "method_not_allowed")
