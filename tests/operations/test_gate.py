"""The gate as an ASGI app: what it lets through, and what it hands on as refused."""

import asyncio
import time
from collections.abc import Iterable

import pytest

from gal_dashboard.operations.gate import Gate, GateLimits, Message, Receive, Scope, Send

KIB = 1024
MIB = 1024 * KIB
HURRIED = GateLimits(body_deadline=0.3, progress_window=0.1, linger_deadline=0.1)


class Recorder:
    """The app behind the gate: keeps the scope and the body that reached it, answers 200."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        message = await receive()
        self.bodies.append(message["body"])
        assert not message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    @property
    def scope(self) -> Scope:
        (scope,) = self.scopes
        return scope

    @property
    def body(self) -> bytes:
        (body,) = self.bodies
        return body

    @property
    def refusal_code(self) -> str | None:
        refusal = self.scope.get("gal.refusal")
        return refusal.code if refusal else None


class Client:
    """The server's side of one request: gives the chunks, then waits for ever or hangs up."""

    def __init__(
        self, chunks: Iterable[bytes] = (), *, ends: bool = True, pause: float = 0
    ) -> None:
        self.chunks = list(chunks)
        self.ends = ends
        self.pause = pause
        self.hangs_up = False
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.chunks:
            chunk = self.chunks.pop(0)
            return {
                "type": "http.request",
                "body": chunk,
                "more_body": bool(self.chunks) or not self.ends,
            }
        if self.hangs_up:
            return {"type": "http.disconnect"}
        return await asyncio.get_running_loop().create_future()

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def http_scope(
    path: str = "/api/v1/tournaments",
    *,
    method: str = "POST",
    headers: Iterable[tuple[bytes, bytes]] = (),
    query: bytes = b"",
    raw_path: bytes | None = None,
) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": raw_path or path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
    }


def length(count: int) -> tuple[bytes, bytes]:
    return (b"content-length", b"%d" % count)


CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.fixture
def app() -> Recorder:
    return Recorder()


@pytest.fixture
def gate(app: Recorder) -> Gate:
    return Gate(
        app,
        limits=HURRIED,
        may_send_large=lambda headers, path: (
            b"authorization" in headers or (path.startswith("/admin/") and b"cookie" in headers)
        ),
    )


SIGNED_IN = (b"authorization", b"Bearer token")


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


# --- Bodies --------------------------------------------------------------------------------------


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


async def test_after_the_body_the_app_hears_of_nothing_but_the_end_of_the_connection():
    heard = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive()])

    client = Client([b"{}"])
    client.hangs_up = True

    await Gate(app, limits=HURRIED, may_send_large=lambda *_: False)(
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


async def test_a_stranger_may_send_what_fits_everywhere(app):
    def never(headers: object, path: str) -> bool:
        raise AssertionError("nobody needs to be asked")

    gate = Gate(app, limits=HURRIED, may_send_large=never)
    client = Client([b"x" * 256 * KIB])

    await gate(http_scope("/api/v1/graphics", headers=[CHUNKED]), client.receive, client.send)

    assert app.refusal_code is None


async def test_a_client_that_stops_sending_is_refused_after_one_window(gate, app):
    started = time.monotonic()
    client = Client([b"{"], ends=False)

    await gate(http_scope(headers=[length(100)]), client.receive, client.send)

    assert (app.scope["gal.refusal"].status, app.refusal_code) == (408, "body_too_slow")
    assert time.monotonic() - started < HURRIED.body_deadline
    assert gate.bodies_in_flight == 0


async def test_a_client_that_drips_is_refused_after_one_window(gate, app):
    started = time.monotonic()
    client = Client([b"x"] * 100, pause=0.02)

    await gate(http_scope(headers=[length(100)]), client.receive, client.send)

    assert app.refusal_code == "body_too_slow"
    assert time.monotonic() - started < HURRIED.body_deadline


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


async def test_bodies_in_flight_are_counted_until_the_app_has_answered():
    counts = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        counts.append(gate.bodies_in_flight)

    gate = Gate(app, limits=HURRIED, may_send_large=lambda *_: True)
    client = Client([b"x" * KIB])

    await gate(http_scope(headers=[CHUNKED]), client.receive, client.send)

    assert counts == [KIB]
    assert gate.bodies_in_flight == 0


async def test_bodies_of_an_app_that_fails_are_in_flight_no_more():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    gate = Gate(app, limits=HURRIED, may_send_large=lambda *_: True)
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
