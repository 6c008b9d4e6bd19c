"""Servers under measurement: each a process of its own, on the core that is kept for servers."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.plan import keep_to, spread_over_cores

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 60
SECONDS_TO_END = 15
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``command`` gets the port; ``start`` again takes the same port, environment and log.

    The server is there when ``/health`` answers 200.
    """

    def __init__(
        self, command: Callable[[int], Sequence[str]], environment: Mapping[str, str], log: Path
    ) -> None:
        self.port = free_port()
        self._command = command
        self._environment = dict(environment)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, until: str = "") -> None:
        """Start, and wait for health or, where nobody may have asked before, for these words."""
        seen = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, *self._command(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the bench, which then ends this one
            )
        keep_to(spread_over_cores()[0], self._process.pid)
        self._await(self._is_healthy if not until else lambda: until in self._said_since(seen))

    def cpu_seconds(self) -> float:
        """What the process and its ended children have used of the processor so far.

        Unlike a rate it hardly depends on what else runs on the machine.
        """
        if self._process is None:
            return 0.0
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces
        return sum(map(int, fields[11:15])) / TICKS_A_SECOND

    def end(self) -> None:
        """SIGTERM, and SIGKILL to what does not end by it: a server may hang, as some here do."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def start_anew(self) -> None:
        """After it was found hanging."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self.start()

    def _await(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if is_ready():
                return
            time.sleep(0.02)
        self.end()
        raise RuntimeError(f"A server did not start:\n{self._log.read_text()[-3000:]}")

    def _said_since(self, position: int) -> str:
        return self._log.read_bytes()[position:].decode(errors="replace")

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.end()
