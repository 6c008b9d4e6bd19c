"""Which pages of the web may read an answer: any page what is public, the listed ones all else."""

import pytest

from tests.support.routes import calls

LISTED = "http://localhost:3000"
FOREIGN = ["https://evil.example", "http://localhost:3001", "https://localhost:3000", "null"]
CALLS = calls()
each_call = pytest.mark.parametrize(
    ("method", "route"), CALLS, ids=[f"{method} {route.template}" for method, route in CALLS]
)


@each_call
def test_a_preflight_is_answered_as_the_endpoint_will_be(method, route, stranger, world):
    for origin in (LISTED, *FOREIGN):
        answer = stranger.options(
            world.address(route),
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type, if-match",
            },
        )

        assert answer.status_code == 200
        expected = "*" if route.is_public(method) else origin if origin == LISTED else None
        assert answer.headers.get("Access-Control-Allow-Origin") == expected
        assert "Access-Control-Allow-Credentials" not in answer.headers
        if expected is not None:
            allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
            assert {"authorization", "content-type", "if-match", "idempotency-key"} <= {*allowed}
            assert method in answer.headers["Access-Control-Allow-Methods"]


@each_call
def test_errors_carry_the_same_headers_as_answers(method, route, stranger, world):
    """A 401, a 400 or a 200: what the status is must not decide who may read it."""
    for origin in (LISTED, *FOREIGN):
        answer = stranger.request(
            method, world.address(route), headers={"Origin": origin}, content=b"{"
        )

        expected = "*" if route.is_public(method) else origin if origin == LISTED else None
        assert answer.headers.get("Access-Control-Allow-Origin") == expected
        assert "Access-Control-Allow-Credentials" not in answer.headers
        if expected is not None:
            exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
            assert {"etag", "retry-after", "x-request-id"} <= {*exposed}


def test_public_answers_do_not_depend_on_an_origin(stranger, world):
    answer = stranger.get(f"/api/v1/graphics/{world.ids['graphics']}/view")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/api//v1", 404), ("/api/v1/graphics/0", 404), ("/auth/login/more", 404)],
)
def test_errors_of_no_endpoint_are_for_the_listed_pages(path, status, stranger):
    listed = stranger.get(path, headers={"Origin": LISTED})
    foreign = stranger.get(path, headers={"Origin": FOREIGN[0]})

    assert listed.status_code == foreign.status_code == status
    assert listed.headers["Access-Control-Allow-Origin"] == LISTED
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_what_the_gate_refuses_can_be_read_by_the_page_that_asked(stranger):
    large = b" " * 300 * 1024

    guarded = stranger.post("/api/v1/tournaments", content=large, headers={"Origin": LISTED})
    public = stranger.post("/auth/login", content=large, headers={"Origin": FOREIGN[0]})
    head = stranger.get("/health", headers={"Origin": FOREIGN[0], "X-Long": "x" * 40_000})

    assert guarded.status_code == public.status_code == 413
    assert guarded.headers["Access-Control-Allow-Origin"] == LISTED
    assert public.headers["Access-Control-Allow-Origin"] == "*"
    assert head.status_code == 431
    assert head.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/overlay/1", "/static/operations/swagger.js"])
def test_the_overlay_page_and_its_files_are_for_everybody(path, stranger):
    answer = stranger.get(path, headers={"Origin": FOREIGN[0]})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
