"""One canonical address for each object, with and without a slash at its end."""

import pytest

from tests.api.refusals import refusal
from tests.support.routes import calls, routes
from tests.support.server import RunningServer

READING = [(method, route) for method, route in calls() if method == "GET"]
WITH_ID = [route for route in routes() if "{pk}" in route.template]
# No object: numbers out of range, and other spellings of numbers that are in it.
NO_IDS = [
    "0", "00", "01", "-1", "+1", "1.0", "1e0", "0x1", "1_000", " 1", "1 ", "%201", "1%20", "1%0A",
    "1%00", "%00", str(2**63), "99999999999999999999", "9" * 400, "%D9%A1", "%EF%BC%91", "%C2%B9",
    "a", "null", "None", "1;", "1%2F2", "%2E%2E",
]  # fmt: skip

UNKNOWN_PATHS = [
    "/nowhere", "/api", "/api/v1", "/api/v2/graphics", "/api/v1/nothing", "/auth", "/Health",
    "/administrator", "/static", "/static/nothing.css", "/.env", "/api/v1/graphics/1/view/more",
]  # fmt: skip


def ids(some: list) -> list[str]:
    return [route.template for route in some]


@pytest.mark.parametrize(("method", "route"), READING, ids=ids([route for _, route in READING]))
def test_both_slash_forms_answer_alike_and_without_a_redirect(method, route, api, world):
    address = world.address(route)

    plain = api.get(address)
    slashed = api.get(f"{address}/" if address != "/" else "/?")

    assert plain.status_code == slashed.status_code == 200
    assert plain.headers["Content-Type"] == slashed.headers["Content-Type"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_body_survives_both_slash_forms(slash, api, playground):
    address = f"/api/v1/graphics/{playground.ids['graphics']}{slash}"

    answer = api.put(address, json={"title": f"Saved with {slash!r}"})

    assert answer.json()["title"] == f"Saved with {slash!r}"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_query_survives_both_slash_forms(slash, api):
    assert api.get(f"/api/v1/tournaments{slash}?limit=1&skip=3").json()["page"] == 4


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "//health",
        "/health//",
        "/api//v1/graphics",
        "/api/v1/graphics//",
        "/api/v1//graphics/1/view",
    ],
)
def test_two_slashes_in_a_row_are_no_address(path, server: RunningServer, stranger):
    refusal(stranger.get(f"{server.http_url}{path}"), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_path_is_404_in_json(method, stranger):
    for path in UNKNOWN_PATHS:
        refusal(stranger.request(method, path), 404, "not_found")


@pytest.mark.parametrize("route", WITH_ID, ids=ids(WITH_ID))
def test_other_spellings_of_an_id_are_no_address(route, api):
    method = next(iter(route.actions))
    for spelling in NO_IDS:
        address = route.address(spelling)
        refusal(api.request(method, address, json={}), 404, "not_found")


@pytest.mark.parametrize(
    ("ref", "lobby"),
    [("1.0", 1), ("0.1", 1), ("01.1", 1), ("1.01", 1), ("1", 1), ("1.1.1", 1), ("-1.1", 1),
     ("%D9%A1.1", 1), ("99999.1", 1), ("1.1", 0), ("1.1", "01"), ("1.1", 1000), ("1.1", "+1")],
)  # fmt: skip
def test_other_spellings_of_a_game_or_a_lobby_are_no_address(ref, lobby, api, world):
    tournament = world.ids["tournaments"]

    answer = api.put(
        f"/api/v1/tournaments/{tournament}/games/{ref}/lobbies/{lobby}/placements",
        json={"placements": {"Player 1": 1}},
    )

    refusal(answer, 404, "not_found")


@pytest.mark.parametrize("spelling", NO_IDS)
def test_other_spellings_of_a_version_are_no_address(spelling, api, world):
    revisions = f"/api/v1/graphics/{world.ids['graphics']}/revisions"

    refusal(api.get(f"{revisions}/{spelling}"), 404, "not_found")
    refusal(api.post(f"{revisions}/{spelling}/restore"), 404, "not_found")


@pytest.mark.parametrize("version", [2, 2**31, 2**63 - 1])
def test_a_version_that_nobody_saved_is_not_there(version, api, world):
    revisions = f"/api/v1/graphics/{world.ids['graphics']}/revisions"

    refusal(api.get(f"{revisions}/{version}"), 404, "revision_not_found")
    refusal(api.post(f"{revisions}/{version}/restore"), 404, "revision_not_found")


@pytest.mark.parametrize("route", WITH_ID, ids=ids(WITH_ID))
def test_the_largest_id_is_an_address_of_nothing(route, api):
    method = next(iter(route.actions))
    address = route.address(2**63 - 1)

    body = refusal(api.request(method, address, json={}), 404)

    assert body["code"].endswith(("_not_found", "nothing_published"))


@pytest.mark.parametrize("route", routes(), ids=ids(routes()))
def test_a_method_that_is_not_there_is_405_and_names_those_that_are(route, stranger, world):
    there = {*route.actions, "OPTIONS"} | ({"HEAD"} if "GET" in route.actions else set())
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - there:
        answer = stranger.request(method, world.address(route))

        if method == "HEAD":
            assert answer.status_code == 405
        else:
            refusal(answer, 405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(", ")) == there


@pytest.mark.parametrize("route", routes(), ids=ids(routes()))
def test_options_names_the_methods(route, stranger, world):
    answer = stranger.options(world.address(route))

    assert answer.status_code == 204
    assert set(answer.headers["Allow"].split(", ")) >= {*route.actions, "OPTIONS"}


@pytest.mark.parametrize(("method", "route"), READING, ids=ids([route for _, route in READING]))
def test_head_answers_as_get_without_the_body(method, route, api, world):
    got = api.get(world.address(route))
    head = api.head(world.address(route))

    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.headers.get("ETag") == got.headers.get("ETag")
    assert abs(int(head.headers["Content-Length"]) - len(got.content)) <= 2  # a time may be shorter


@pytest.mark.parametrize("method", ["BREW", "CONNECT", "PROPFIND"])
def test_a_method_that_nobody_knows_is_refused_in_json(method, stranger):
    answer = stranger.request(method, "/health")

    assert answer.status_code in {400, 405}
    assert answer.json()["code"] in {"invalid_http", "method_not_allowed"}


@pytest.mark.parametrize("accept", ["text/html", "image/*", "nonsense", "*/*;q=0"])
def test_accept_is_ignored(accept, stranger):
    statuses = {
        path: stranger.get(path, headers={"Accept": accept}).status_code
        for path in ("/health", "/nowhere", "/api/v1/graphics", "/docs", "/openapi.json")
    }

    assert list(statuses.values()) == [200, 404, 401, 200, 200]
