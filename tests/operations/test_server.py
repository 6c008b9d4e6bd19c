"""The production server and its end, with a small app in place of Django."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from gal_dashboard.operations.protocols import HttpProtocol
from gal_dashboard.operations.server import CannotServeError, bind
from tests.operations.gated_echo import echo
from tests.operations.servers import (
    ServerProcess,
    python,
    server_in_thread,
    server_process,
)

APP = "tests.operations.gated_echo:application"
SERVE = """
import sys
from gal_dashboard.operations.server import serve
from gal_dashboard.operations.supervisor import serve_many

def announce(url):
    print("Serving on", url, flush=True)

if sys.argv[2] == "1":
    serve(app=sys.argv[1], host="127.0.0.1", port=0, announce=announce)
else:
    serve_many(
        app=sys.argv[1], host="127.0.0.1", port=0, workers=int(sys.argv[2]), announce=announce
    )
"""

StartServer = Callable[..., ServerProcess]


@pytest.fixture
def start() -> Iterator[StartServer]:
    with contextlib.ExitStack() as servers:

        def start(workers: int = 1, app: str = APP) -> ServerProcess:
            command = python("-c", SERVE, app, str(workers))
            return servers.enter_context(server_process(command))

        yield start


def get(port: int, path: str = "/") -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def ask(port: int, path: str) -> socket.socket:
    """Send a request and do not wait for the answer."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    time.sleep(0.3)  # until it is under way
    return connection


def read_to_the_end(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as answer:
        return answer.read()


def open_websocket(port: int) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{port}/ws", compression=None, open_timeout=10)


def begin_websocket(port: int, path: str) -> socket.socket:
    """A client that asks for a WebSocket and then reads nothing."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return connection


def bind_again(port: int) -> None:
    """Fails if ``port`` is not free within five seconds."""
    deadline = time.monotonic() + 5
    while True:
        try:
            bind("127.0.0.1", port).close()
        except CannotServeError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def processes_that_answer(
    port: int, *, count: int, besides: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Ask until ``count`` processes have answered. Fails after ten seconds."""
    seen: set[int] = set()
    deadline = time.monotonic() + 10
    while len(seen) < count:
        assert time.monotonic() < deadline, f"only {seen} answer, of {count} besides {besides}"
        with contextlib.suppress(OSError):
            seen |= {get(port)["process"]} - besides
    return frozenset(seen)


# --- The end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_with_code_0(start, workers, signum):
    server = start(workers)
    port = server.port()
    assert get(port)["path"] == "/"

    server.send(signum)

    assert server.wait() == 0
    assert server.stderr == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_is_one_wish_to_end(start, workers, signum):
    """Ctrl-C in a terminal, and service managers, signal every process of the server."""
    server = start(workers)
    with contextlib.closing(ask(server.port(), "/slow")) as request:
        server.send_to_group(signum)

        assert b'"path": "/slow"' in read_to_the_end(request)
    assert server.wait() == 0
    assert server.stderr == ""


@pytest.mark.parametrize("workers", [1, 2])
def test_sockets_are_closed_with_1012(start, workers):
    server = start(workers)
    with open_websocket(server.port()) as websocket:
        websocket.send("hello")
        assert websocket.recv(timeout=5) == "hello"

        server.send(signal.SIGTERM)

        with pytest.raises(ConnectionClosed) as closed:
            websocket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert server.read_line("closed with") == "closed with 1012"
    assert server.wait() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_under_way_is_finished(start, workers):
    server = start(workers)
    with contextlib.closing(ask(server.port(), "/slow")) as request:
        server.send(signal.SIGTERM)

        answer = read_to_the_end(request)

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"path": "/slow"' in answer
    assert server.wait() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_signal_ends_the_server_at_once(start, workers):
    server = start(workers)
    with contextlib.closing(ask(server.port(), "/stuck")):
        server.send(signal.SIGTERM)
        time.sleep(0.5)
        assert server.process.poll() is None

        server.send(signal.SIGTERM)

        assert server.wait(within=1) == 1


@pytest.mark.slow
def test_a_request_that_never_ends_cannot_stop_the_end(start):
    servers = [start(workers=1), start(workers=2)]  # together: this takes nine seconds
    with contextlib.ExitStack() as requests:
        for server in servers:
            requests.enter_context(contextlib.closing(ask(server.port(), "/stuck")))
        for server in servers:
            server.send(signal.SIGTERM)

        assert [server.wait(within=10) for server in servers] == [0, 0]


def test_clients_that_do_not_read_cannot_stop_the_end(start):
    server = start()
    port = server.port()
    stalled, half_closed = (begin_websocket(port, "/flood") for _ in range(2))
    with stalled, half_closed, open_websocket(port) as listening:
        time.sleep(0.5)  # until the kernel's buffers are full
        half_closed.sendall(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        time.sleep(0.2)

        server.send(signal.SIGTERM)

        with pytest.raises(ConnectionClosed, match="1012"):
            listening.recv(timeout=5)
        assert server.wait(within=6) == 0
        assert server.stderr == ""


# --- Workers -------------------------------------------------------------------------------------


def test_all_workers_serve_one_port(start):
    port = start(workers=2).port()

    processes_that_answer(port, count=2)


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_dies_is_replaced(start, signum):
    server = start(workers=2)
    port = server.port()
    first_ones = processes_that_answer(port, count=2)

    os.kill(min(first_ones), signum)
    server.await_stderr("starting another")

    processes_that_answer(port, count=1, besides=first_ones)
    server.send(signal.SIGTERM)
    assert server.wait() == 0


def test_workers_end_when_their_supervisor_is_killed(start):
    server = start(workers=2)
    port = server.port()

    server.send(signal.SIGKILL)
    server.wait()

    bind_again(port)


def test_workers_that_cannot_start_end_the_supervisor(start):
    server = start(workers=2, app="tests.operations.gated_echo:never_starts")

    assert server.wait(within=30) == 1
    assert "the reason why" in server.stderr
    assert "CannotServeError: The application did not start; the log says why." in server.stderr


# --- The beginning -------------------------------------------------------------------------------


def test_an_app_that_cannot_start_ends_the_server(start):
    server = start(app="tests.operations.gated_echo:never_starts")

    assert server.wait(within=30) == 1
    assert "CannotServeError: The application did not start; the log says why." in server.stderr


def test_bind_says_in_one_sentence_that_a_port_is_taken():
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotServeError, match=rf"^Port {port} of 127.0.0.1 is in use .*\.$"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_bind_says_in_one_sentence_that_a_host_is_not_here(host):
    with pytest.raises(CannotServeError) as error:
        bind(host, 0)

    assert host in str(error.value)
    assert "\n" not in str(error.value)


def test_bind_takes_localhost_for_127_0_0_1():
    with bind("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


# --- Heads that the server itself has to bear ----------------------------------------------------


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits 0.3 s for the end of a head."""
    monkeypatch.setattr(HttpProtocol, "head_seconds", 0.3)
    with server_in_thread(echo) as port:
        yield port


@pytest.mark.parametrize(
    "start_of_head", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"\r\n"], ids=["nothing", "half", "line"]
)
def test_a_connection_whose_head_does_not_end_is_closed(port, start_of_head):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(start_of_head)

        assert read_to_the_end(connection) == b""


def test_a_second_head_that_does_not_end_is_closed_too(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP")
        started = time.monotonic()

        assert read_to_the_end(connection).count(b"HTTP/1.1 200") == 1
    assert time.monotonic() - started < 2


def test_a_head_that_grows_without_end_is_refused(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nCookie: " + b"c" * 200_000)

        head, _, body = read_to_the_end(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431")
    assert json.loads(body)["code"] == "head_too_large"


def test_what_is_no_http_is_answered_in_json(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")

        head, _, body = read_to_the_end(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["code"] == "invalid_http"


def test_a_slow_answer_and_a_quiet_socket_outlive_the_time_for_heads(port):
    with open_websocket(port) as websocket:
        assert get(port, "/slow")["path"] == "/slow"

        websocket.send("still here")
        assert websocket.recv(timeout=5) == "still here"


def test_an_idle_connection_is_kept_for_its_next_request(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for _ in range(2):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.5)


def test_a_handshake_with_too_large_a_head_is_answered(port):
    with pytest.raises(InvalidStatus, match="431"):
        connect(f"ws://127.0.0.1:{port}/ws", additional_headers={"Cookie": "c" * 9000})


def test_a_dead_client_is_given_up_whatever_waits_for_it():
    given_up = threading.Event()

    async def pour(scope, receive, send) -> None:
        if scope["type"] != "websocket":
            await echo(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.accept"})
        try:
            for _ in range(300):  # more than the kernel holds
                await send({"type": "websocket.send", "text": "x" * 60_000})
        finally:
            given_up.set()

    hasty = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.3}
    # it neither reads nor answers a ping, as after its cable was pulled
    with server_in_thread(pour, **hasty) as port, begin_websocket(port, "/"):
        assert given_up.wait(30)


def test_compression_is_not_agreed_on(port):
    with connect(f"ws://127.0.0.1:{port}/ws", compression="deflate") as websocket:
        assert websocket.protocol.extensions == []


def test_a_message_over_64_kib_closes_with_1009(port):
    with open_websocket(port) as websocket:
        websocket.send("x" * 65_537)

        with pytest.raises(ConnectionClosed, match="1009"):
            websocket.recv(timeout=5)


def test_answers_name_the_time_and_not_the_server(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        names = {name.lower() for name in answer.headers}

    assert "date" in names
    assert "server" not in names
