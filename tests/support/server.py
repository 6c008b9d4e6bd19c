"""A real server in a process of its own, as users run it."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from tests.support.canaries import canaries
from tests.support.databases import ROOT, base_environment, run_manage

START_SECONDS = 60
MASTER_PASSWORD = base_environment()["DASHBOARD_MASTER_PASSWORD"]
VIEWER_PASSWORD = base_environment()["DASHBOARD_VIEWER_PASSWORD"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RunningServer:
    """``manage.py serve`` or ``runserver`` on a port of its own, with a migrated database.

    ``kill`` is kill -9, ``stop`` is SIGTERM; ``start`` again uses the same port and database.
    """

    def __init__(
        self,
        *,
        database_url: str,
        log: Path,
        command: str = "serve",
        environment: Mapping[str, str] | None = None,
        workers: int = 1,
        program: Sequence[str] = ("manage.py",),
    ) -> None:
        self.port = free_port()
        self.log = log
        self.command = command
        self.workers = workers
        self.program = program
        self.environment = {
            **base_environment(),
            "DATABASE_URL": database_url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            **(environment or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        canaries.watch(environment=self.environment, log=log)

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> "RunningServer":
        arguments = {
            "serve": ["serve", "--port", str(self.port), "--workers", str(self.workers)],
            "runserver": ["runserver", "--noreload", f"127.0.0.1:{self.port}"],
        }[self.command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._await_health()
        return self

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)

    def close(self) -> None:
        """End it somehow: for the end of a test."""
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.stop()
            return
        self.kill()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of manage.py on this server's database."""
        return run_manage(self.environment, *arguments)

    def _await_health(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.http_url}/health", timeout=2).status_code == httpx.codes.OK:
                    return
            time.sleep(0.05)
        raise AssertionError(f"The server did not start:\n{self.log.read_text()[-5000:]}")
