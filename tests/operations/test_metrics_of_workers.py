"""The numbers of several processes are told as one, whichever of them is asked."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.conftest import NewServer
from tests.realtime.wire import Socket, overlay
from tests.support.api import Api
from tests.support.numbers import SECONDS_TO_WAIT, Numbers, read, until
from tests.support.redis_server import redis_server
from tests.support.server import RunningServer

SOCKETS = 24
REQUESTS = 40
# Files of one place: counters, histograms, and gauges by how they are added.
FILES = 2 + 5
# A connection that is kept would end with its worker.
EACH_ANEW = httpx.Limits(max_keepalive_connections=0)
VERIFIED = {"route": "/auth/verify", "status": "200"}


def workers_of(server: RunningServer) -> list[int]:
    assert server.process is not None
    main = server.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def folder_of(pid: int) -> Path:
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    [folder] = [one for one in variables if one.startswith(b"PROMETHEUS_MULTIPROC_DIR=")]
    return Path(folder.partition(b"=")[2].decode())


def verified(numbers: Numbers) -> float:
    return numbers("gal_http_requests_total", **VERIFIED)


async def until_left(sockets: list[Socket], count: int) -> None:
    """Wait until so many of our ends are open."""
    async with asyncio.timeout(SECONDS_TO_WAIT):
        while sum(not one.transport.is_closing() for one in sockets) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.postgresql
@pytest.mark.redis_server
async def test_two_workers_are_told_as_one_and_the_dead_are_forgotten(
    new_server: NewServer, tmp_path: Path
):
    with redis_server(tmp_path) as redis:
        server = new_server(engine="postgresql", workers=2, environment={"REDIS_URL": redis.url})
        with Api(server, limits=EACH_ANEW) as api:
            graphic_id = api.login().new_graphic()["id"]
            async with AsyncExitStack() as stack:
                sockets = [
                    await stack.enter_async_context(overlay(server, graphic_id))
                    for _ in range(SOCKETS)
                ]
                for one in sockets:
                    await one.begin()
                folder = tell_together(server, api)
                survivors = await kill_one(server, api, sockets)
            until(api, lambda told: told("gal_sockets") == 0)

        assert survivors < SOCKETS
        assert folder.is_dir()
        assert len(list(folder.iterdir())) == 2 * FILES  # of two places, not of three processes
        assert server.stop() == 0
        assert not folder.exists()


def tell_together(server: RunningServer, api: Api) -> Path:
    """Requests and gauges of both are added; the folder in which they are."""
    before = read(api)
    for _ in range(REQUESTS):
        api.get("/auth/verify").raise_for_status()
    # the other one tells its gauges every few seconds
    after = until(api, lambda told: told("gal_web_threads") == 8 and told("gal_bus_up") == 1)
    assert verified(after) - verified(before) == REQUESTS
    assert after("gal_sockets", kind="overlay") == SOCKETS
    assert after("gal_sockets_opened_total", kind="overlay") == SOCKETS
    pids = [labels["pid"] for labels in after.series("gal_process_resident_bytes")]
    assert sorted(pids) == ["0", "1"]
    [folder] = {folder_of(pid) for pid in workers_of(server)}
    return folder


async def kill_one(server: RunningServer, api: Api, sockets: list[Socket]) -> int:
    """kill -9 the worker with more sockets; how many are left, which is what is told."""
    before = read(api)
    victim = max(workers_of(server), key=lambda pid: len(list(Path(f"/proc/{pid}/fd").iterdir())))

    os.kill(victim, signal.SIGKILL)

    until(api, lambda told: told("gal_sockets") < SOCKETS)
    after = until(api, lambda told: told("gal_web_threads") == 8)
    left = int(after("gal_sockets"))
    # what was counted stays counted, and goes on
    assert verified(after) >= verified(before)
    api.get("/auth/verify").raise_for_status()
    assert verified(read(api)) == verified(after) + 1
    assert sorted(x["pid"] for x in after.series("gal_process_resident_bytes")) == ["0", "1"]
    await until_left(sockets, left)
    return left
