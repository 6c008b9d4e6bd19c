"""The gate behind real servers: what only shows when bytes travel."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator

import pytest

from gal_dashboard.operations.gate import GateLimits
from tests.operations.gated_echo import LIMITS_VARIABLE, gated
from tests.operations.servers import (
    await_listening,
    free_port,
    python,
    server_in_thread,
    server_process,
)

KIB = 1024
MIB = 1024 * KIB
LIMITS = {"body_deadline": 1.0, "progress_window": 0.3, "linger_deadline": 1.0}


@pytest.fixture(scope="module")
def uvicorn_port() -> Iterator[int]:
    with server_in_thread(gated(GateLimits(**LIMITS))) as port:
        yield port


@pytest.fixture(scope="module")
def daphne_port() -> Iterator[int]:
    port = free_port()
    command = python("-m", "daphne", "-p", str(port), "tests.operations.gated_echo:application")
    with server_process(command, {LIMITS_VARIABLE: json.dumps(LIMITS)}):
        await_listening(port)
        yield port


@pytest.fixture(params=["uvicorn", "daphne"])
def port(request: pytest.FixtureRequest) -> int:
    return request.getfixturevalue(f"{request.param}_port")


class Connection:
    """A client that writes bytes of its own making, and reads answers."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_head(self, line: str, *headers: str) -> None:
        self.send("\r\n".join([f"{line} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode())

    def read_answer(self) -> tuple[int, dict[str, str], dict]:
        status = int(self.received.readline().split()[1])
        headers = {}
        while line := self.received.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, json.loads(self.received.read(int(headers["content-length"])))

    def is_closed(self) -> bool:
        return self.received.read(1) == b""


@pytest.fixture
def client(port: int) -> Iterator[Connection]:
    connection = Connection(port)
    with contextlib.closing(connection.socket), connection.received:
        yield connection


def test_a_body_in_chunks_arrives_whole_with_its_length(client):
    client.send_head("PUT /api/v1/graphics/7/?a=b", "Transfer-Encoding: chunked")
    client.send(b'4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n')

    status, _, seen = client.read_answer()

    assert (status, seen["path"], seen["query"]) == (200, "/api/v1/graphics/7", "a=b")
    assert (seen["length"], seen["headers"]["content-length"]) == (7, "7")
    assert "transfer-encoding" not in seen["headers"]


def test_headers_with_an_underscore_stop_at_the_gate(client):
    client.send_head("GET /", "X_Forwarded_For: 10.9.8.7", "X-Gal-User: 1", "Daphne-Root-Path: /x")

    _, _, seen = client.read_answer()

    assert seen["headers"] == {"host": "localhost"}
    assert seen["path"] == "/"


def test_a_connection_serves_many_requests(client):
    for number in range(3):
        client.send_head("POST /", "Content-Length: 2")
        client.send(b"{}")
        client.send_head(f"GET /{number}")

        assert client.read_answer()[2]["length"] == 2
        assert client.read_answer()[2]["path"] == f"/{number}"


def test_two_slashes_are_refused(client):
    client.send_head("GET //api//v1")

    status, _, seen = client.read_answer()

    assert (status, seen["refusal"]) == (404, "not_found")


def test_a_client_that_sends_26_mib_gets_413(client):
    client.send_head("POST /api/v1/graphics", f"Content-Length: {26 * MIB}", "Authorization: yes")
    client.send(b"x" * 26 * MIB)

    status, headers, seen = client.read_answer()

    assert (status, seen["refusal"], seen["length"]) == (413, "body_too_large", 0)
    assert headers["connection"] == "close"


def test_a_body_of_20_mib_passes_where_it_may(client):
    client.send_head("POST /api/v1/graphics", f"Content-Length: {20 * MIB}", "Authorization: yes")
    client.send(b"x" * 20 * MIB)

    status, _, seen = client.read_answer()

    assert (status, seen["length"]) == (200, 20 * MIB)


def test_a_stranger_who_sends_20_mib_gets_401(client):
    client.send_head("POST /api/v1/graphics", f"Content-Length: {20 * MIB}")
    client.send(b"x" * 20 * MIB)

    status, _, seen = client.read_answer()

    assert (status, seen["refusal"]) == (401, "not_authenticated")


def test_an_endless_body_in_chunks_is_answered_while_it_is_sent(uvicorn_port):
    chunk = b"10000\r\n" + b"x" * 64 * KIB + b"\r\n"
    client = Connection(uvicorn_port)
    with contextlib.closing(client.socket), client.received:
        client.send_head("POST /api/v1/tournaments", "Transfer-Encoding: chunked")
        for _ in range(10):
            client.send(chunk)

        status, _, seen = client.read_answer()

        assert (status, seen["refusal"]) == (413, "body_too_large")
        with contextlib.suppress(ConnectionError):
            while True:  # until the server has had enough
                client.send(chunk)


def test_a_client_that_asks_first_is_refused_without_being_asked_to_send(uvicorn_port):
    client = Connection(uvicorn_port)
    with contextlib.closing(client.socket), client.received:
        client.send_head("POST /", f"Content-Length: {MIB}", "Expect: 100-continue")

        assert client.read_answer()[0] == 413


def test_a_client_that_asks_first_is_told_to_send(client):
    client.send_head("POST /", "Content-Length: 2", "Expect: 100-continue")

    assert client.received.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert client.received.readline() == b"\r\n"
    client.send(b"{}")

    status, _, seen = client.read_answer()
    assert (status, seen["length"]) == (200, 2)
    assert "expect" not in seen["headers"]


# Daphne reads whole bodies before any app hears of them: only a proxy can hurry its clients.


def test_a_client_that_stops_sending_gets_408_and_is_closed(uvicorn_port):
    client = Connection(uvicorn_port)
    with contextlib.closing(client.socket), client.received:
        client.send_head("POST /", "Content-Length: 100")
        client.send(b"{")

        status, _, seen = client.read_answer()

        assert (status, seen["refusal"]) == (408, "body_too_slow")
        assert client.is_closed()


def test_a_client_that_drips_gets_408(uvicorn_port):
    client = Connection(uvicorn_port)
    with contextlib.closing(client.socket), client.received:
        client.send_head("POST /", "Content-Length: 100")
        for _ in range(8):
            client.send(b"x")
            time.sleep(0.05)

        status, _, seen = client.read_answer()

        assert (status, seen["refusal"]) == (408, "body_too_slow")


def test_a_client_that_hangs_up_while_sending_harms_nobody(port, client):
    gone = Connection(port)
    gone.send_head("POST /", "Content-Length: 100")
    gone.send(b"{")
    gone.received.close()
    gone.socket.close()

    client.send_head("GET /still-there")

    assert client.read_answer()[0] == 200
