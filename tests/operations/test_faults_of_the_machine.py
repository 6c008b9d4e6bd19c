"""A stopped process, a clock that jumps: what goes on meanwhile and afterwards."""

import asyncio
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import NewServer
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

SECONDS = 60
REDIS = "redis://127.0.0.1:6379/12"

pytestmark = pytest.mark.timeout(240)


# --- A stopped process ----------------------------------------------------------------------------
@contextmanager
def stopped(server: RunningServer) -> Iterator[None]:
    """SIGSTOP, as by a host that is short of everything; then it goes on."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


async def test_who_asks_a_stopped_server_is_answered_when_it_goes_on(new_server: NewServer):
    server = new_server()
    with Api(server, timeout=SECONDS) as api:
        graphic = api.login().new_graphic()["id"]
        async with StreamClient.overlay(server.http_url, graphic) as overlay:
            await overlay.until_connected()
            with stopped(server):
                body = {"title": "Asked while it was stopped"}
                save = asyncio.create_task(
                    asyncio.to_thread(api.put, f"/api/v1/graphics/{graphic}", json=body)
                )
                await asyncio.sleep(1)
                assert not save.done()
            assert (await save).status_code == 200
            await overlay.until(lambda client: client.fold.graphic["title"] == body["title"])
    assert overlay.endings == []


@pytest.mark.postgresql
@pytest.mark.redis
async def test_one_stopped_process_stops_no_other(databases: dict[str, Databases], tmp_path: Path):
    options = {"environment": {"REDIS_URL": REDIS}}
    with (
        processes(databases["postgresql"], tmp_path, count=2, **options) as (here, there),
        Api(here) as api,
    ):
        graphic = api.login().new_graphic()["id"]
        async with (
            StreamClient.overlay(here.http_url, graphic) as overlay,
            StreamClient.overlay(there.http_url, graphic) as stranded,
        ):
            await overlay.until_connected()
            await stranded.until_connected()
            first = overlay.seq or 0
            with stopped(there):
                for number in range(10):
                    body = {"title": f"Title {number}"}
                    answer = api.put(f"/api/v1/graphics/{graphic}", json=body)
                    assert answer.status_code == 200
                await overlay.until_seq(first + 10)
                assert stranded.seq == first
            await stranded.until_seq(first + 10)
    assert stranded.seqs == overlay.seqs == list(range(first + 1, first + 11))


# --- A clock that jumps ---------------------------------------------------------------------------
class Clock:
    """What a server takes for the time of the day; how time passes stays as it is."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "offset"
        self.turn(0)
        said = subprocess.run(
            ["faketime", "-f", "+1s", "printenv", "LD_PRELOAD"],
            capture_output=True,
            text=True,
            check=True,
        )
        self.environment = {
            "LD_PRELOAD": re.split(r"[ :]", said.stdout.strip())[-1],
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def turn(self, seconds: int) -> None:
        """So far from the true time."""
        new = self._offset.with_suffix(".new")
        new.write_text(f"{seconds:+d}s")
        new.rename(self._offset)


@pytest.mark.faketime
async def test_a_clock_that_jumps_takes_nothing_from_anybody(new_server: NewServer, tmp_path: Path):
    clock = Clock(tmp_path)
    server = new_server(environment=clock.environment)
    with Api(server) as api:
        graphic = api.login().new_graphic()["id"]
        address, fences = f"/api/v1/graphics/{graphic}", []
        async with StreamClient.overlay(server.http_url, graphic) as overlay:
            await overlay.until_connected()
            for jump in (0, -3600, 0, 3600, 0):
                clock.turn(jump)
                lock = api.post(f"/api/v1/lock/{graphic}", json={}).json()
                fences.append(lock["lock_fence"])
                body = {"title": f"Clock {jump:+d}", "lock_fence": lock["lock_fence"]}
                assert api.put(address, json=body).status_code == 200
                assert api.delete(f"/api/v1/lock/{graphic}").json()["released"]
                await overlay.until(lambda client, body=body: is_shown(client, body["title"]))
                renewed = api.post(
                    "/auth/refresh", json={"refresh_token": api.tokens["refresh_token"]}
                )
                assert renewed.status_code == 200, (jump, renewed.text)
                api.tokens = renewed.json()
                assert api.post("/auth/ws-ticket").status_code == 200
            clock.turn(-3600)
            server.stop()
            server.start()  # remembers nothing of what it has signed
            assert api.get(address).status_code == 200
            await overlay.until(lambda client: len(client.established) == 2)
    assert fences == sorted(set(fences))
    assert overlay.seqs == sorted(set(overlay.seqs))


def is_shown(client: StreamClient, title: str) -> bool:
    return client.fold.graphic["title"] == title
