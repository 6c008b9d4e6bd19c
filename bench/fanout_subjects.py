"""Who is measured by the fan-out: servers, each in a process of its own on the server's core.

All are ordered about by lines ``publish <stream> <count>`` on their standard input, answer each by
the last number and by the moment before the first broadcast, and greet a client with a snapshot.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Set
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from bench.figures import OURS
from bench.place import Place
from bench.plan import keep_to
from bench.puts import put_request
from bench.sockets import Crowd, Dialect
from tests.support.databases import ROOT

RAW: Final = "raw websockets"
RAW_DEFLATE: Final = "raw websockets, deflate"
SOCKET_IO: Final = "socket.io"

SECONDS_TO_ANSWER: Final = 60.0
EVENT_PADDING: Final = "x" * 650  # the frame is about 1 KB then, as those of the baselines are
_ANNOUNCED: Final = b"Serving on http://127.0.0.1:"

_SNAPSHOT: Final = b'{"type":"snapshot"'
_EVENT: Final = b'{"type":"graphic_update"'
RAW_DIALECT: Final = Dialect(path="/", snapshot=_SNAPSHOT, event=_EVENT)
SOCKET_IO_DIALECT: Final = Dialect(
    path="/socket.io/?EIO=4&transport=websocket",
    snapshot=b'42["snapshot"',
    event=b'42["graphic_update"',
    answers={b"0": b"40", b"2": b"3"},  # open: connect; ping: pong
)


@dataclass(frozen=True, slots=True)
class Published:
    seq: int
    at: float


class Running:
    """A server that has started."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.port = port
        self.dialect = RAW_DIALECT
        self.graphic_id = 1
        self.token = ""
        self._process = process
        self._answers = asyncio.Lock()
        self._documents = 0

    async def publish(self, count: int = 1) -> Published:
        """Order so many broadcasts; the last number, and the moment before the first."""
        orders, answers = self._process.stdin, self._process.stdout
        assert orders is not None  # noqa: S101 - it was started with pipes
        assert answers is not None  # noqa: S101
        orders.write(f"publish {self.graphic_id} {count}\n".encode())
        async with self._answers, asyncio.timeout(SECONDS_TO_ANSWER):  # first come, first served
            return Published(**json.loads(await answers.readline()))

    def crowd(self) -> Crowd:
        return Crowd(self.dialect, self.port)

    @property
    def can_put(self) -> bool:
        return bool(self.token)

    def put_request(self, size: int) -> bytes:
        """The next request that saves a document of about ``size`` bytes."""
        self._documents += 1
        return put_request(
            graphic_id=self.graphic_id, token=self.token, number=self._documents, size=size
        )

    @property
    def memory(self) -> int:
        """Bytes of RAM that the process has now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    @property
    def cpu_seconds(self) -> float:
        """The processor time that the process has used, in all its threads."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Site:
    """Where servers run, and where they complain."""

    cores: Set[int]
    log: Path


@asynccontextmanager
async def running(*command: str, site: Site, environment: dict[str, str]) -> AsyncIterator[Running]:
    """Start a server on its cores, and end it afterwards."""
    mine = os.sched_getaffinity(0)
    with site.log.open("ab") as errors:
        keep_to(site.cores)  # the process gets the cores of this one
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        finally:
            keep_to(mine)
    try:
        yield Running(process, await _port_of(process, site.log))
    finally:
        process.terminate()
        try:
            async with asyncio.timeout(15):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _port_of(process: asyncio.subprocess.Process, log: Path) -> int:
    assert process.stdout is not None  # noqa: S101 - it was started with pipes
    async with asyncio.timeout(SECONDS_TO_ANSWER):
        async for line in process.stdout:
            if line.startswith(_ANNOUNCED):
                return int(line.removeprefix(_ANNOUNCED))
    raise RuntimeError(f"A server did not start:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text()[-3000:]


# --- The subjects ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    start: Callable[[], AbstractAsyncContextManager[Running]]


def ours(place: Place, site: Site) -> Subject:
    @asynccontextmanager
    async def start() -> AsyncIterator[Running]:
        environment = place.environment(place.migrated())
        serve = ("-m", "bench.launch_ours", "serve", "--host", "127.0.0.1", "--port", "0")
        async with running(sys.executable, *serve, site=site, environment=environment) as server:
            await _introduce(server, environment["DASHBOARD_MASTER_PASSWORD"])
            yield server

    return Subject(OURS, start)


async def _introduce(server: Running, password: str) -> None:
    """Sign in, and make the graphic whose overlays are measured."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as api:
        answer = await api.post("/auth/login", json={"master_password": password})
        server.token = answer.raise_for_status().json()["access_token"]
        api.headers["Authorization"] = f"Bearer {server.token}"
        graphic: dict[str, Any] = {"title": "Standings", "event_name": "Cup"}
        graphic["data_json"] = {"padding": EVENT_PADDING}
        answer = await api.post("/api/v1/graphics", json=graphic)
        server.graphic_id = answer.raise_for_status().json()["id"]
    server.dialect = Dialect(
        path=f"/ws/overlay/{server.graphic_id}", snapshot=_SNAPSHOT, event=_EVENT
    )


def raw_websockets(site: Site, *, deflates: bool = False) -> Subject:
    command = [sys.executable, "-m", "bench.baselines.raw_websockets"]
    if deflates:
        command.append("--deflate")
    name = RAW_DEFLATE if deflates else RAW
    return Subject(name, lambda: running(*command, site=site, environment=dict(os.environ)))


class NoNodeError(Exception):
    """Raised with one sentence why socket.io cannot be measured here."""


def socket_io(site: Site) -> Subject:
    """Raises ``NoNodeError``. The first time it installs the package into a cache of the user."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NoNodeError("no Node")
    program = _installed(npm) / "server.js"

    @asynccontextmanager
    async def start() -> AsyncIterator[Running]:
        async with running(node, str(program), site=site, environment=dict(os.environ)) as server:
            server.dialect = SOCKET_IO_DIALECT
            yield server

    return Subject(SOCKET_IO, start)


def _installed(npm: str) -> Path:
    source = Path(__file__).with_name("baselines") / "socketio"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "gal-dashboard-bench" / "socketio"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    if (folder / "node_modules" / ".package-lock.json").is_file():
        return folder
    options = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
    try:
        subprocess.run(  # noqa: S603 - a pinned list of packages
            [npm, *options], cwd=folder, check=True, capture_output=True, timeout=120
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NoNodeError("its packages could not be installed") from error
    return folder
