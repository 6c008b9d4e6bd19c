"""What stands in the head of every answer."""

import re

import pytest

from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.routes import calls
from tests.support.server import RunningServer

READING = [(method, route) for method, route in calls() if method == "GET"]
NEW_ID = re.compile(r"[0-9a-f]{32}\Z")
DOCS = ["/docs", "/redoc"]
PAGES = ["/overlay/1", "/canvas/view/abc", "/static/operations/swagger.js", *DOCS]
REFUSED = ["/nowhere", "/a//b", "/api/v1/graphics", "/api/v1/graphics/0", "/static/nothing"]


def policy_of(answer) -> dict[str, list[str]]:
    """The Content-Security-Policy as directives and their sources."""
    directives = answer.headers["Content-Security-Policy"].split(";")
    return {name: sources for name, *sources in map(str.split, directives)}


@pytest.mark.parametrize("path", ["/health", *PAGES, *REFUSED])
def test_a_request_id_comes_back(path, stranger):
    for sent in ("a", "req-1", "3F2504E0-4F89-41D3-9A0C-0305E82C3301", "a.b_c:d", "x" * 64):
        answer = stranger.get(path, headers={"X-Request-ID": sent})

        assert answer.headers.get_list("X-Request-ID") == [sent]


@pytest.mark.parametrize("path", ["/health", "/overlay/1", "/nowhere"])
def test_a_request_id_that_could_harm_a_log_is_replaced(path, stranger):
    bad = ["", "x" * 65, "a b", 'a"b', "<a>", "a\tb", "{}", "a;b", "-a", "a\xff", "٣"]

    new = {
        stranger.get(path, headers=[(b"X-Request-ID", text.encode())]).headers["X-Request-ID"]
        for text in bad
    }

    assert len(new) == len(bad)
    assert all(NEW_ID.match(name) for name in new)


def test_a_refusal_names_the_request(stranger):
    answer = stranger.get("/nowhere", headers={"X-Request-ID": "crew-desk-7"})

    assert refusal(answer, 404)["request_id"] == "crew-desk-7"


@pytest.mark.parametrize("path", ["/health", *PAGES, *REFUSED])
def test_an_answer_says_how_long_it_took_in_seconds(path, stranger):
    seconds = stranger.get(path).headers["X-Process-Time"]

    assert re.match(r"[0-9]+\.[0-9]{6}\Z", seconds)
    assert 0 <= float(seconds) < 10


@pytest.mark.parametrize(
    "path", [*(route.template for _, route in READING), *PAGES, *REFUSED, "/admin/login/"]
)
def test_every_answer_has_security_headers(path, api, world):
    route = next((route for _, route in READING if route.template == path), None)

    answer = api.get(world.address(route) if route else path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "frame-ancestors" in policy_of(answer)
    assert policy_of(answer)["default-src"] == ["'none'"]
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    assert "Date" in answer.headers


@pytest.mark.parametrize("path", ["/health", "/api/v1/graphics", "/nowhere", "/openapi.json"])
def test_an_answer_of_the_api_may_do_nothing_in_a_browser(path, stranger):
    answer = stranger.get(path)

    assert policy_of(answer) == {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/api/v1/graphics", "/auth/verify", "/health", "/nowhere"])
def test_answers_are_kept_by_nobody(path, api):
    assert api.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", DOCS)
def test_the_documentation_may_load_from_here_only(path, stranger):
    policy = policy_of(stranger.get(path))

    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["font-src"] == ["'self'", "data:"]
    assert policy["frame-ancestors"] == ["'none'"]


def test_the_admin_runs_scripts_and_styles_of_files_only(stranger):
    policy = policy_of(stranger.get("/admin/login/"))

    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("path", ["/overlay/1", "/overlay/x/y", "/canvas/view/1"])
def test_an_overlay_page_may_draw_and_listen(path, server: RunningServer, stranger):
    host = f"127.0.0.1:{server.port}"

    assert policy_of(stranger.get(path)) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "https:", "http:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'", f"ws://{host}", f"wss://{host}"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'", "http://localhost:3000", "http://127.0.0.1:3000"],
    }


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x'", "<x>", ""])
def test_a_strange_host_is_not_repeated_in_a_policy(host, stranger):
    answer = stranger.get("/overlay/1", headers={"Host": host})

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert policy_of(answer)["connect-src"] == ["'self'"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_the_api_answers_under_its_own_names_only(host, stranger):
    refusal(stranger.get("/health", headers={"Host": host}), 400, "unknown_host")


def test_a_head_that_is_too_large_is_refused(stranger):
    long_header = stranger.get("/health", headers={"X-Long": "x" * 33_000})
    long_address = stranger.get(f"/health?{'x' * 33_000}")

    refusal(long_header, 431, "head_too_large")
    refusal(long_address, 431, "head_too_large")


@pytest.mark.parametrize(("method", "route"), READING, ids=[r.template for _, r in READING])
def test_every_answer_says_how_long_it_is(method, route, api: Api, world):
    """So that connections live on, through proxies that speak no chunks too."""
    answer = api.get(world.address(route))

    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert "Transfer-Encoding" not in answer.headers


def test_an_answer_without_a_body_has_no_length(stranger, world):
    address = f"/api/v1/graphics/{world.ids['graphics']}/view"
    etag = stranger.get(address).headers["ETag"]

    answer = stranger.get(address, headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.content == b""
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers
    assert answer.headers["ETag"] == etag


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": '"0"'},
        {"If-Match": '"0", W/"1x"'},
        {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    ],
)
def test_a_read_whose_condition_fails_is_a_refusal_too(headers, stranger, world):
    answer = stranger.get(f"/api/v1/scoreboard/{world.ids['scoreboard']}", headers=headers)

    refusal(answer, 412, "precondition_failed")
