"""Real servers for tests: in a thread of ours, or as a process that can be signalled and killed."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gal_dashboard.operations.gate import ASGIApp
from gal_dashboard.operations.server import Server, bind, make_config

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60
SECONDS_TO_END = 12


@contextlib.contextmanager
def server_in_thread(app: ASGIApp, **changes: object) -> Iterator[int]:
    """The production server with ``app`` and ``changes`` of its configuration; gives the port."""
    ready = threading.Event()
    config = make_config(app)
    for name, value in changes.items():
        setattr(config, name, value)
    server = Server(config, on_ready=ready.set)
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(SECONDS_TO_START)
            yield port
        finally:
            server.stop()
            thread.join(SECONDS_TO_END)
            assert not thread.is_alive()


class ServerProcess:
    """A server that was started by a command; ``stderr`` is what it has complained of so far."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,  # signals to its group shall not reach the tests
        )
        self._lines: list[str] = []

    @property
    def stderr(self) -> str:
        return os.pread(self._stderr.fileno(), 1 << 20, 0).decode()

    def read_line(self, start: str, *, within: float = SECONDS_TO_START) -> str:
        """The next line on stdout that starts so; fails if the server ends or stays silent."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + within
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while selector.select(max(0, deadline - time.monotonic())):
                line = self.process.stdout.readline().decode()
                assert line, f"the server ended:\n{self.stderr}"
                if line.startswith(start):
                    return line.strip()
        raise AssertionError(f"no line {start!r} within {within} s:\n{self.stderr}")

    def port(self) -> int:
        """Waits until the server says that it is ready."""
        return int(self.read_line("Serving on http://").rpartition(":")[2])

    def await_stderr(self, words: str, *, within: float = 10) -> None:
        deadline = time.monotonic() + within
        while words not in self.stderr:
            assert time.monotonic() < deadline, f"no {words!r} within {within} s:\n{self.stderr}"
            time.sleep(0.05)

    def send(self, signum: signal.Signals) -> None:
        self.process.send_signal(signum)

    def send_to_group(self, signum: signal.Signals) -> None:
        os.killpg(self.process.pid, signum)

    def wait(self, within: float = SECONDS_TO_END) -> int:
        return self.process.wait(within)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.send_to_group(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._stderr.close()


@contextlib.contextmanager
def server_process(
    command: Sequence[str], env: Mapping[str, str] | None = None
) -> Iterator[ServerProcess]:
    server = ServerProcess(command, env or {})
    try:
        yield server
    finally:
        server.end()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def await_listening(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")
