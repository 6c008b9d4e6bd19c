"""Bodies that a well-made client cannot send: they never come, or lie about their length."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.api import Api
from tests.support.routes import Route, writing_calls
from tests.support.server import RunningServer

BODY = b'{"name": "Half", "max_participants": 8}'

# What is tried here ends before any database is asked.
pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def exchange(
    server: RunningServer, request: bytes, *, until: bytes, hang_up: bool = False
) -> bytes:
    """What the server says to ``request``, until it has said ``until`` or closes."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request)
        if hang_up:
            return answer
        while until not in answer and (part := connection.recv(65536)):
            answer += part
    return answer


def head(api: Api, method: str, address: str, *lines: str) -> bytes:
    first = f"{method} {address} HTTP/1.1"
    always = ["Host: 127.0.0.1", f"Authorization: {api.headers['Authorization']}"]
    text = "\r\n".join([first, *always, "Content-Type: application/json", *lines])
    return f"{text}\r\n\r\n".encode()


def test_26_mib_are_refused_everywhere_before_they_are_sent(server, api, world):
    def announce(method: str, route: Route) -> bytes:
        length = f"Content-Length: {26 * 1024 * 1024}"
        request = head(api, method, world.address(route), length)
        return exchange(server, request, until=b"}")

    answers = {route.template: announce(method, route) for method, route in writing_calls()}

    assert {answer.split(b"\r\n")[0] for answer in answers.values()} == {
        b"HTTP/1.1 413 Request Entity Too Large"
    }
    assert all(b'"code":"body_too_large"' in answer for answer in answers.values())


def test_a_body_that_stops_coming_is_refused_everywhere(server, api, world):
    """All endpoints at once: the gate is patient for five seconds."""

    def stall(method: str, route: Route) -> bytes:
        request = head(api, method, world.address(route), "Content-Length: 100")
        return exchange(server, request + b"{", until=b"}")

    started = time.monotonic()
    with ThreadPoolExecutor(len(writing_calls())) as threads:
        answers = list(threads.map(lambda call: stall(*call), writing_calls()))

    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert all(b'"code":"body_too_slow"' in answer for answer in answers)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: -1"],
        ["Content-Length: x"],
        ["Content-Length: 39", "Content-Length: 40"],
        ["Content-Length: 39", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: gzip"],
    ],
    ids=", ".join,
)
def test_an_unclear_length_is_refused(lines, server, api):
    request = head(api, "POST", "/api/v1/tournaments", *lines) + BODY

    answer = exchange(server, request, until=b"}")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/json" in answer
    assert b'"code":' in answer
    assert api.get("/api/v1/tournaments?search=Half").json()["total"] == 0


def test_a_body_shorter_than_its_length_stores_nothing(server, api):
    request = head(api, "POST", "/api/v1/tournaments", f"Content-Length: {len(BODY) + 1}") + BODY

    exchange(server, request, until=b"}", hang_up=True)

    assert api.get("/api/v1/tournaments?search=Half").json()["total"] == 0


def test_what_follows_a_body_is_no_part_of_it(server, api, playground):
    address = f"/api/v1/graphics/{playground.ids['graphics']}"
    request = head(api, "PUT", address, "Content-Length: 2") + b'{}{"title": "smuggled"}'

    answer = exchange(server, request, until=b"invalid_http")

    assert b"HTTP/1.1 400 " in answer
    assert api.get(address).json()["title"] != "smuggled"
