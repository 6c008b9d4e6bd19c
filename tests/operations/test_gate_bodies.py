"""The gate as an ASGI app: the bodies that it takes in, and those that it refuses."""

import asyncio
import time

import pytest

from gal_dashboard.operations.gate import Gate, GateLimits, Message, Receive, Scope, Send
from tests.operations.asgi import CHUNKED, KIB, MIB, SIGNED_IN, Client, http_scope, length


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("framing", [length(7), CHUNKED], ids=["length", "chunked"])
async def test_a_body_reaches_the_app_whole_and_with_its_length(gate, app, method, framing):
    scope = http_scope(method=method, headers=[framing, (b"content-type", b"application/json")])

    await gate(scope, Client([b'{"a', b"", b'":1}']).receive, Client().send)

    assert app.body == b'{"a":1}'
    assert app.scope["headers"] == [(b"content-type", b"application/json"), length(7)]


@pytest.mark.parametrize("headers", [[], [length(0)]], ids=["no length", "length 0"])
async def test_a_request_that_announces_no_body_is_not_read(gate, app, headers):
    client = Client([b""])

    async def read_by_the_app_only() -> Message:
        assert app.scopes
        return await client.receive()

    await gate(http_scope(headers=headers), read_by_the_app_only, client.send)

    assert app.body == b""


async def test_an_empty_chunked_body_has_length_0(gate, app):
    await gate(http_scope(headers=[CHUNKED]), Client([b""]).receive, Client().send)

    assert (app.body, app.scope["headers"]) == (b"", [length(0)])


async def test_an_http_2_body_needs_no_announcement(gate, app):
    scope = http_scope() | {"http_version": "2"}

    await gate(scope, Client([b"{", b"}"]).receive, Client().send)

    assert (app.body, app.scope["headers"]) == (b"{}", [length(2)])


async def test_after_the_body_the_app_hears_of_nothing_but_the_end_of_the_connection(hurried):
    heard = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive()])

    client = Client([b"{}"])
    client.hangs_up = True

    await Gate(app, limits=hurried, may_send_large=lambda *_: False)(
        http_scope(headers=[length(2)]), client.receive, client.send
    )

    assert [message["type"] for message in heard] == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"-1")],
        [(b"content-length", b"+1")],
        [(b"content-length", b"1_0")],
        [(b"content-length", b"ten")],
        [(b"content-length", b"")],
        [(b"content-length", b"1, 1")],
        [(b"content-length", b"\xd9\xa1")],  # a digit in Arabic
        [(b"content-length", b"9" * 5000)],
        [length(1), length(1)],
        [length(1), CHUNKED],
        [(b"transfer-encoding", b"gzip")],
        [(b"transfer-encoding", b"gzip, chunked")],
        [CHUNKED, CHUNKED],
    ],
)
async def test_an_unclear_length_is_refused(gate, app, headers):
    await gate(http_scope(headers=headers), Client([b"1"]).receive, Client().send)

    assert (app.scope["gal.refusal"].status, app.refusal_code) == (400, "invalid_body_length")
    assert app.scope["headers"] == [length(0)]


@pytest.mark.parametrize("chunks", [[b"12"], [b"1234"]], ids=["short", "long"])
async def test_a_body_of_another_length_than_declared_is_refused(gate, app, chunks):
    await gate(http_scope(headers=[length(3)]), Client(chunks).receive, Client().send)

    assert app.refusal_code == "invalid_body_length"


LIMITS_BY_PATH = [
    ("/api/v1/graphics", 25 * MIB),
    ("/api/v1/graphics/", 25 * MIB),
    ("/api/v1/graphics/7", 25 * MIB),
    ("/admin/graphics/graphic/7/change/", 25 * MIB),
    ("/admin/", 10 * MIB),
    ("/admin/tournaments/tournament/import/", 10 * MIB),
    ("/api/v1/graphics-of-others", 256 * KIB),
    ("/api/v1/tournaments", 256 * KIB),
    ("/auth/login", 256 * KIB),
    ("/nowhere", 256 * KIB),
    ("/nowhere//", 256 * KIB),
]


@pytest.mark.parametrize(("path", "limit"), LIMITS_BY_PATH)
async def test_a_declared_body_over_the_limit_is_refused_unread(gate, app, path, limit):
    unread = Client([b"x"])
    scope = http_scope(path, headers=[length(limit + 1), SIGNED_IN])

    await gate(scope, unread.receive, Client().send)

    refusal = app.scope["gal.refusal"]
    assert (refusal.status, refusal.code) == (413, "body_too_large")
    assert refusal.facts == {"limit": limit}
    assert app.body == b""


@pytest.mark.parametrize(("path", "limit"), LIMITS_BY_PATH[:-1])
async def test_a_body_of_exactly_the_limit_passes(gate, app, path, limit):
    scope = http_scope(path, headers=[length(limit), SIGNED_IN])

    await gate(scope, Client([b"x" * limit]).receive, Client().send)

    assert (app.refusal_code, len(app.body)) == (None, limit)


async def test_a_chunked_body_is_refused_as_soon_as_it_passes_the_limit(gate, app):
    client = Client([b"x" * 100 * KIB] * 10)

    await gate(http_scope(headers=[CHUNKED, SIGNED_IN]), client.receive, client.send)

    assert app.refusal_code == "body_too_large"
    assert gate.bodies_in_flight == 0


@pytest.mark.parametrize("framing", [length(300 * KIB), CHUNKED], ids=["length", "chunked"])
async def test_a_stranger_may_not_send_a_large_body(gate, app, framing):
    client = Client([b"x" * 100 * KIB] * 3)

    await gate(http_scope("/api/v1/graphics", headers=[framing]), client.receive, client.send)

    refusal = app.scope["gal.refusal"]
    assert (refusal.status, refusal.code) == (401, "not_authenticated")
    assert refusal.headers == (("WWW-Authenticate", "Bearer"),)


@pytest.mark.parametrize("framing", [length(300 * KIB), CHUNKED], ids=["length", "chunked"])
@pytest.mark.parametrize(
    ("path", "credential"),
    [
        ("/api/v1/graphics", SIGNED_IN),
        ("/admin/graphics/graphic/add/", (b"cookie", b"sessionid=abc")),
    ],
)
async def test_who_is_signed_in_may_send_a_large_body(gate, app, framing, path, credential):
    client = Client([b"x" * 100 * KIB] * 3)

    await gate(http_scope(path, headers=[framing, credential]), client.receive, client.send)

    assert (app.refusal_code, len(app.body)) == (None, 300 * KIB)


async def test_a_stranger_may_send_what_fits_everywhere(app, hurried):
    def never(headers: object, path: str) -> bool:
        raise AssertionError("nobody needs to be asked")

    gate = Gate(app, limits=hurried, may_send_large=never)
    client = Client([b"x" * 256 * KIB])

    await gate(http_scope("/api/v1/graphics", headers=[CHUNKED]), client.receive, client.send)

    assert app.refusal_code is None


async def test_a_client_that_stops_sending_is_refused_after_one_window(gate, app):
    started = time.monotonic()
    client = Client([b"{"], ends=False)

    await gate(http_scope(headers=[length(100)]), client.receive, client.send)

    assert (app.scope["gal.refusal"].status, app.refusal_code) == (408, "body_too_slow")
    assert time.monotonic() - started < gate.limits.body_deadline
    assert gate.bodies_in_flight == 0


async def test_a_client_that_drips_is_refused_after_one_window(gate, app):
    started = time.monotonic()
    client = Client([b"x"] * 100, pause=0.02)

    await gate(http_scope(headers=[length(100)]), client.receive, client.send)

    assert app.refusal_code == "body_too_slow"
    assert time.monotonic() - started < gate.limits.body_deadline


async def test_a_client_that_makes_progress_is_refused_at_the_deadline(gate, app):
    client = Client([b"x" * KIB] * 100, pause=0.02)

    await gate(http_scope(headers=[length(100 * KIB)]), client.receive, client.send)

    assert app.refusal_code == "body_too_slow"
    assert len(client.chunks) < 100 - 5


async def test_a_slow_client_that_makes_progress_in_every_window_is_served(gate, app):
    client = Client([b"x" * KIB] * 8, pause=0.025)

    await gate(http_scope(headers=[length(8 * KIB)]), client.receive, client.send)

    assert (app.refusal_code, len(app.body)) == (None, 8 * KIB)


async def test_a_client_that_hangs_up_while_sending_is_forgotten(gate, app):
    client = Client([b"{"], ends=False)
    client.hangs_up = True

    await gate(http_scope(headers=[length(100)]), client.receive, client.send)

    assert (app.scopes, client.sent, gate.bodies_in_flight) == ([], [], 0)


async def test_bodies_in_flight_are_counted_until_the_app_has_answered(hurried):
    counts = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        counts.append(gate.bodies_in_flight)

    gate = Gate(app, limits=hurried, may_send_large=lambda *_: True)
    client = Client([b"x" * KIB])

    await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)

    assert counts == [KIB]
    assert gate.bodies_in_flight == 0


async def test_bodies_of_an_app_that_fails_are_in_flight_no_more(hurried):
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    gate = Gate(app, limits=hurried, may_send_large=lambda *_: True)
    client = Client([b"x" * KIB])

    with pytest.raises(RuntimeError):
        await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)

    assert gate.bodies_in_flight == 0


async def test_too_many_bodies_in_flight_are_refused_until_one_is_answered(app):
    limits = GateLimits(bodies_in_flight=10 * KIB, linger_deadline=0.1)
    gate = Gate(app, limits=limits, may_send_large=lambda *_: True)
    half_sent = Client([b"x" * 8 * KIB], ends=False)
    waiting = asyncio.create_task(
        gate(http_scope(headers=[CHUNKED]), half_sent.receive, half_sent.send)
    )
    await asyncio.sleep(0)

    client = Client([b"x" * 4 * KIB])
    await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)

    refusal = app.scope["gal.refusal"]
    assert (refusal.status, refusal.code) == (503, "server_busy")
    assert (refusal.headers, refusal.facts) == ((("Retry-After", "1"),), {"retry_after": 1})

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    app.scopes.clear()
    client = Client([b"x" * 4 * KIB])
    await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)
    assert app.refusal_code is None
