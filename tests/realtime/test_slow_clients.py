"""Clients that never read cost the others nothing, and the server no more than its bound."""

import asyncio
import contextlib
import socket
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gal_dashboard.operations.asyncapi import OVERLAY
from tests.conftest import NewServer
from tests.realtime.wire import overlay
from tests.support import frames
from tests.support.api import Api
from tests.support.place import Place
from tests.support.rounds import ROUNDS
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

# 50 of each kind and 42 MB by GAL_TEST_ROUNDS=50.
SOCKETS = min(50, ROUNDS)
EVENTS = 100 + 12 * SOCKETS
FILLER = "x" * 60_000
MIB = 1024 * 1024

SECONDS_TO_WAIT = 120
P99_SECONDS = 10.0  # a second on a machine that is idle; here others may be at work
GROWTH_BYTES = 64 * MIB

pytestmark = pytest.mark.timeout(300 + 10 * ROUNDS)


class Texts:
    """Holds what is sent against the description: each text once, however many clients get it."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def read(self, text: str | bytes) -> dict[str, Any]:
        if hash(text) in self._known:
            return orjson.loads(text)
        self._known.add(hash(text))
        return frames.received(text, OVERLAY)


texts = Texts()


class Reader:
    """Reads all, keeps nothing but when each number came, and checks that none is missing."""

    def __init__(self, server: RunningServer, graphic_id: int) -> None:
        self.came: dict[int, float] = {}
        self.place = Place()
        self._opening = connect(
            f"{server.ws_url}/ws/overlay/{graphic_id}",
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=SECONDS_TO_WAIT,
            ping_timeout=SECONDS_TO_WAIT,
        )

    async def follow(self, until: int, begun: asyncio.Semaphore) -> None:
        self.place.begin()
        async with self._opening as connection:
            while (self.place.seq or 0) < until:
                frame = texts.read(await connection.recv())
                if self.place.take(frame):
                    if not self.came:
                        begun.release()
                    self.came[self.place.seq or 0] = time.monotonic()


def small_socket(server: RunningServer) -> socket.socket:
    """A connection for which the kernel keeps little: all else waits in the server."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", server.port))
    small.setblocking(False)
    return small


async def stuck_socket(server: RunningServer, graphic_id: int) -> ClientConnection:
    """A client that takes the first two frames and then never reads again."""
    stuck = await connect(
        f"{server.ws_url}/ws/overlay/{graphic_id}",
        sock=small_socket(server),
        compression=None,
        max_size=None,
        max_queue=1,
        proxy=None,
        open_timeout=SECONDS_TO_WAIT,
        ping_interval=None,
        close_timeout=0.1,
    )
    for _ in range(2):
        texts.read(await stuck.recv())
    stuck.transport.pause_reading()
    return stuck


def resident_bytes(server: RunningServer) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


@contextlib.asynccontextmanager
async def watched_memory(server: RunningServer) -> Any:
    """A list that gets the server's memory every tenth of a second."""
    sizes = [resident_bytes(server)]

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.1)
            sizes.append(resident_bytes(server))

    watching = asyncio.create_task(watch())
    try:
        yield sizes
    finally:
        watching.cancel()


async def last_of(stuck: ClientConnection) -> tuple[list[int], int | None]:
    """The numbers that a stuck client finds when it reads at last, and its close code."""
    stuck.transport.resume_reading()
    seqs: list[int] = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            async with asyncio.timeout(SECONDS_TO_WAIT):
                seqs.append(texts.read(await stuck.recv())["seq"])
    return seqs, stuck.close_code


async def test_readers_and_memory_do_not_notice_those_who_never_read(new_server: NewServer):
    server = new_server()
    with Api(server) as api:
        graphic_id = api.login().new_graphic(data_json={"filler": FILLER})["id"]
        path = f"/api/v1/graphics/{graphic_id}"
        async with overlay(server, graphic_id) as first:
            start = await first.begin()
        head = start["seq"] + EVENTS
        begun = asyncio.Semaphore(0)
        readers = [Reader(server, graphic_id) for _ in range(SOCKETS)]
        reading = [asyncio.create_task(reader.follow(head, begun)) for reader in readers]
        stuck = [await stuck_socket(server, graphic_id) for _ in range(SOCKETS)]
        for _ in readers:
            await begun.acquire()

        written: list[float] = []
        async with watched_memory(server) as sizes:
            for number in range(EVENTS):
                written.append(time.monotonic())
                body = {"data_json": {"filler": FILLER, "number": number}}
                answer = await asyncio.to_thread(api.put, path, json=body)
                assert answer.status_code == 200
            await asyncio.wait_for(asyncio.gather(*reading), SECONDS_TO_WAIT)

        ends = [await last_of(one) for one in stuck]
        returning = StreamClient.overlay(server.http_url, graphic_id)
        returning.place.seq, returning.place.epoch = ends[0][0][-1], start["epoch"]
        async with returning:
            await returning.until_seq(head)
            assert returning.fold.graphic == api.get(f"{path}/view").json()

    delays = sorted(
        came - written[seq - start["seq"] - 1]
        for reader in readers
        for seq, came in reader.came.items()
        if seq > start["seq"]
    )
    p99, growth = delays[len(delays) * 99 // 100], max(sizes) - sizes[0]
    # shown by pytest -rP
    print(f"{SOCKETS} + {SOCKETS} sockets, {EVENTS} events: p99 {p99:.3f} s,", end=" ")  # noqa: T201
    codes = dict(Counter(int(code or 0) for _, code in ends))
    print(f"{growth / MIB:.1f} MiB more, closed by {codes}")  # noqa: T201
    assert len(delays) == SOCKETS * EVENTS
    assert p99 < P99_SECONDS
    assert growth < GROWTH_BYTES
    for seqs, code in ends:
        assert seqs == list(range(start["seq"] + 1, start["seq"] + 1 + len(seqs)))
        assert len(seqs) < EVENTS
        # one that does not even take its close frame within a minute is cut off
        assert code in {4408, 1006}
