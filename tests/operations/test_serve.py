"""``manage.py serve`` as a person starts it."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from gal_dashboard.operations.server import bind
from tests.operations.servers import ServerProcess, free_port, python, server_process

KIB = 1024
REDIS_URL = "redis://127.0.0.1:6379/15"

StartServe = Callable[..., ServerProcess]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation of its own, with a migrated database."""
    folder: Path = tmp_path_factory.mktemp("serve")
    environment = {
        "DJANGO_SETTINGS_MODULE": "gal_dashboard.settings",
        "ENV_FILE": "",
        "APP_ENV": "local",
        "DATABASE_URL": f"sqlite:///{folder / 'dashboard.sqlite3'}",
        "REDIS_URL": "",
        "SECRET_KEY": "a secret of these tests and of nothing else",
        "DASHBOARD_MASTER_PASSWORD": "a password of these tests",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
    }
    with server_process(python("manage.py", "migrate", "--verbosity=0"), environment) as migration:
        assert migration.wait(within=60) == 0, migration.stderr
    return environment


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[StartServe]:
    with ExitStack() as servers:

        def start(*arguments: str, **variables: str) -> ServerProcess:
            command = python("manage.py", "serve", *arguments)
            return servers.enter_context(server_process(command, environment | variables))

        yield start


@pytest.fixture(scope="module")
def port(environment: dict[str, str]) -> Iterator[int]:
    """A server that all tests share which only ask it."""
    with server_process(python("manage.py", "serve", "--port", "0"), environment) as server:
        yield server.port()


def is_healthy(port: int) -> bool:
    answer = httpx.get(f"http://127.0.0.1:{port}/health")
    return answer.json()["status"] == "healthy"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_until_a_signal_and_ends_with_code_0(serve, signum):
    server = serve()
    port = server.port()
    assert is_healthy(port)

    server.send(signum)

    assert server.wait() == 0
    assert server.stderr == ""


@pytest.mark.redis
def test_serve_runs_several_workers_with_redis(serve):
    server = serve("--workers", "2", REDIS_URL=REDIS_URL)
    port = server.port()
    assert is_healthy(port)

    server.send(signal.SIGTERM)

    assert server.wait() == 0
    assert server.stderr == ""


def test_serve_listens_where_the_environment_says(serve):
    port = free_port()

    server = serve(PORT=str(port), HOST="127.0.0.1")

    assert server.read_line("Serving on") == f"Serving on http://127.0.0.1:{port}"


def test_serve_listens_where_its_arguments_say(serve):
    port = free_port()

    server = serve("--host", "localhost", "--port", str(port), HOST="192.0.2.1", PORT="1")

    assert server.read_line("Serving on") == f"Serving on http://127.0.0.1:{port}"


def test_serve_refuses_several_workers_without_redis(serve):
    server = serve("--workers", "2")

    assert server.wait() == 1
    assert server.stderr == (
        "CommandError: 2 workers need a Redis between them: set REDIS_URL, or take --workers 1.\n"
    )


def test_serve_says_in_one_line_that_the_port_is_taken(serve):
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        server = serve("--port", str(port))

        assert server.wait() == 1
    assert (
        server.stderr == f"CommandError: Port {port} of 127.0.0.1 is in use by another program.\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [("--port", "65536"), ("--port", "http"), ("--port", "-1"), ("--workers", "0")],
)
def test_serve_refuses_numbers_that_make_no_sense(serve, arguments):
    server = serve(*arguments)

    assert server.wait() == 2
    assert f"error: argument {arguments[0]}" in server.stderr


# --- The gate before Django: what it refuses is answered as all refusals are ---------------------


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/auth/login", b"x" * 257 * KIB, 413, "body_too_large"),
        ("/api/v1/graphics", b"x" * 257 * KIB, 401, "not_authenticated"),
        ("/api//v1/graphics", b"{}", 404, "not_found"),
        ("/auth/login?" + "q" * 33 * KIB, b"{}", 431, "head_too_large"),
    ],
)
def test_what_the_gate_refuses_is_answered_in_json(port, path, body, status, code):
    answer = httpx.post(f"http://127.0.0.1:{port}{path}", content=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_body_in_chunks_reaches_the_view(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"POST /auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"15\r\n" + b'{"master_password":"a' + b"\r\n"
            b"19\r\n" + b' password of these tests"' + b"\r\n1\r\n}\r\n0\r\n\r\n"
        )
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 200")
            assert b'"access_token"' in answer.read()
