"""The gate as an ASGI app: heads, and answers to clients that it refuses."""

import asyncio
import time

import pytest

from gal_dashboard.operations.gate import Gate, GateLimits, Message
from tests.operations.asgi import CHUNKED, KIB, MIB, Client, http_scope, length

# --- Heads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [b"x_forwarded_for", b"content_length", b"daphne-root-path", b"x-gal-user", b"expect"],
)
async def test_headers_that_could_pass_for_others_do_not_get_through(gate, app, name):
    headers = [(b"host", b"gal"), (name, b"evil"), (b"x-forwarded-for", b"10.0.0.1")]

    await gate(http_scope(headers=headers), Client([b""]).receive, Client().send)

    assert app.scope["headers"] == [(b"host", b"gal"), (b"x-forwarded-for", b"10.0.0.1")]


async def test_a_root_path_that_a_client_gave_daphne_does_not_get_through(gate, app):
    scope = http_scope() | {"root_path": "/evil"}

    await gate(scope, Client([b""]).receive, Client().send)

    assert app.scope["root_path"] == ""


async def test_the_scope_of_the_server_is_left_as_it_was(gate):
    scope = http_scope("/api/v1/tournaments/", headers=[CHUNKED, (b"x_y", b"z")])
    before = dict(scope, headers=list(scope["headers"]))

    await gate(scope, Client([b"{}"]).receive, Client().send)

    assert scope == before


async def test_the_time_of_arrival_is_when_the_head_was_there(gate, app):
    before = time.time()

    await gate(
        http_scope(headers=[CHUNKED]), Client([b"a", b"b"], pause=0.05).receive, Client().send
    )

    assert before <= app.scope["gal.arrived"] < before + 0.05


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/", "/"),
        ("/api/v1/graphics/7/", "/api/v1/graphics/7"),
        ("/api/v1/graphics/7", "/api/v1/graphics/7"),
        ("/administrators/", "/administrators"),
        ("/admin/", "/admin/"),
        ("/admin/graphics/graphic/", "/admin/graphics/graphic/"),
        ("/static/admin/", "/static/admin/"),
    ],
)
async def test_one_trailing_slash_is_taken_off_outside_admin_and_static(gate, app, path, seen):
    await gate(http_scope(path), Client([b""]).receive, Client().send)

    assert (app.scope["path"], app.scope["raw_path"]) == (seen, seen.encode())
    assert app.refusal_code is None


async def test_an_encoded_slash_at_the_end_is_no_trailing_slash(gate, app):
    scope = http_scope("/api/v1/graphics/7/", raw_path=b"/api/v1/graphics/7%2F")

    await gate(scope, Client([b""]).receive, Client().send)

    assert app.scope["path"] == "/api/v1/graphics/7/"


@pytest.mark.parametrize(
    "path", ["//", "//api/v1/graphics", "/api//v1", "/api/v1/graphics//", "/admin//"]
)
async def test_two_slashes_in_a_row_are_not_found(gate, app, path):
    await gate(http_scope(path), Client([b""]).receive, Client().send)

    assert (app.scope["gal.refusal"].status, app.refusal_code) == (404, "not_found")


async def test_a_query_string_beyond_ascii_is_percent_encoded(gate, app):
    query = b"search=caf\xc3\xa9&x=%20+\xff"

    await gate(http_scope(query=query), Client([b""]).receive, Client().send)

    assert app.scope["query_string"] == b"search=caf%C3%A9&x=%20+%FF"


@pytest.mark.parametrize(
    "scope",
    [
        http_scope(headers=[(b"cookie", b"c" * 33 * KIB)]),
        http_scope(headers=[(b"x-%d" % number, b"v" * 60) for number in range(600)]),
        http_scope("/" + "p" * 33 * KIB),
        http_scope(query=b"q" * 33 * KIB),
    ],
    ids=["one header", "many headers", "path", "query string"],
)
async def test_a_head_over_32_kib_is_refused_and_goes_no_further(gate, app, scope):
    scope["headers"] += [(b"host", b"gal"), (b"origin", b"http://dashboard")]

    await gate(scope, Client([b""]).receive, Client().send)

    assert (app.scope["gal.refusal"].status, app.refusal_code) == (431, "head_too_large")
    assert set(app.scope["headers"]) == {
        (b"host", b"gal"),
        (b"origin", b"http://dashboard"),
        length(0),
    }
    assert len(app.scope["path"]) + len(app.scope["query_string"]) <= KIB


async def test_a_head_of_31_kib_passes(gate, app):
    await gate(
        http_scope(headers=[(b"cookie", b"c" * 31 * KIB)]), Client([b""]).receive, Client().send
    )

    assert app.refusal_code is None


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_not_http_passes_untouched(gate, kind):
    seen = []

    async def app(*arguments: object) -> None:
        seen.append(arguments)

    gate.app = app
    scope = {"type": kind, "path": "//x/", "headers": [(b"x_y", b"z")]}
    client = Client()

    await gate(scope, client.receive, client.send)

    assert seen == [(scope, client.receive, client.send)]
    assert scope == {"type": kind, "path": "//x/", "headers": [(b"x_y", b"z")]}


# --- Answers to clients that are still sending ---------------------------------------------------


async def test_the_answer_goes_out_before_the_rest_of_the_body_is_thrown_away(gate):
    client = Client([b"x" * 100 * KIB] * 4)
    chunks_left = []

    async def send(message: Message) -> None:
        await client.send(message)
        chunks_left.append(len(client.chunks))

    await gate(http_scope(headers=[length(400 * KIB)]), client.receive, send)

    start, answer, end = client.sent
    assert start["headers"] == [(b"content-length", b"8"), (b"connection", b"close")]
    assert (answer["body"], answer["more_body"]) == (b"answered", True)
    assert (end["body"], end["more_body"]) == (b"", False)
    assert chunks_left == [4, 4, 0]


async def test_a_refused_client_that_sends_for_ever_is_cut_off(app):
    limits = GateLimits(linger=MIB, linger_deadline=30)
    gate = Gate(app, limits=limits, may_send_large=lambda *_: False)
    client = Client([b"x" * 256 * KIB] * 100)

    await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)

    assert client.sent[-1]["more_body"] is False
    assert len(client.chunks) == 100 - 2 - 4


async def test_a_refused_client_that_falls_silent_is_cut_off(gate):
    client = Client([b"x"], ends=False)

    await asyncio.wait_for(
        gate(http_scope(headers=[length(400 * KIB)]), client.receive, client.send), timeout=5
    )

    assert client.sent[-1]["more_body"] is False


async def test_a_connection_is_kept_when_nothing_was_left_unread(gate, app):
    client = Client([b"12"])

    await gate(http_scope(headers=[length(3)]), client.receive, client.send)

    assert app.refusal_code == "invalid_body_length"
    assert client.sent[0]["headers"] == []
