"""Several server processes on one database and one Redis, and a Redis that dies."""

import asyncio
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewServer
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.manage_without_poll import PROGRAM as WITHOUT_POLL
from tests.support.redis_server import RedisServer
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

pytestmark = [pytest.mark.redis_server, pytest.mark.timeout(300)]

SECONDS = 60
CHANGES = 20
STORM = 25  # writes before, during and after the outage

MakeServers = Callable[..., list[RunningServer]]


@pytest.fixture
def servers(
    databases: dict[str, Databases], redis: RedisServer, tmp_path: Path
) -> Iterator[MakeServers]:
    """Makes servers that share a new database and the Redis, one for each command."""
    with ExitStack() as running:

        def make(engine: str, *commands: str, **options: Any) -> list[RunningServer]:
            url = databases[engine].new()
            made = [
                RunningServer(
                    database_url=url,
                    log=tmp_path / f"{number}.log",
                    command=command,
                    environment={"REDIS_URL": redis.url},
                    **options,
                )
                for number, command in enumerate(commands)
            ]
            for server in made:
                running.callback(server.close)
                server.start()
            return made

        yield make


def rename(client: Api, graphic_id: int, title: str) -> float:
    """When it was answered."""
    answer = client.put(f"/api/v1/graphics/{graphic_id}", json={"title": title})
    assert answer.status_code == 200, answer.text
    return time.monotonic()


def is_bus_up(client: Api) -> bool:
    return client.get("/health/ready").json()["parts"]["bus"]


def await_bus(*clients: Api, is_up: bool = True) -> None:
    deadline = time.monotonic() + SECONDS
    while any(is_bus_up(client) is not is_up for client in clients):
        assert time.monotonic() < deadline, f"the bus is not {'up' if is_up else 'down'}"
        time.sleep(0.05)


# --- Two processes, one Redis ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "writer"),
    [("sqlite", "runserver"), pytest.param("postgresql", "serve", marks=pytest.mark.postgresql)],
)
async def test_changes_reach_the_sockets_of_another_process_by_the_bus(
    servers: MakeServers, engine: str, writer: str, tell: Callable[[str], None]
):
    here, there = servers(engine, writer, "serve", program=WITHOUT_POLL)
    with Api(here) as api, Api(there) as other:
        graphic_id = api.login().new_graphic()["id"]
        await_bus(api, other.login())
        token = api.tokens["access_token"]
        async with (
            StreamClient.overlay(there.http_url, graphic_id) as screen,
            StreamClient.staff(there.http_url, token=token) as crew,
        ):
            await screen.until_connected()
            await crew.until_connected()
            first = screen.seq
            answered = []
            for number in range(CHANGES):
                answered.append(await asyncio.to_thread(rename, api, graphic_id, f"Title {number}"))
                await screen.until_seq(first + number + 1)
            await crew.until(lambda client: len(client.events) == CHANGES)

    assert screen.seqs == list(range(first + 1, first + CHANGES + 1))
    delays = [one.at - at for one, at in zip(screen.received[-CHANGES:], answered, strict=True)]
    tell(f"{statistics.median(delays) * 1000:.1f} ms from answer to frame")


@pytest.mark.postgresql
async def test_every_worker_tells_all_others(new_server: NewServer, redis: RedisServer):
    server = new_server(engine="postgresql", workers=2, environment={"REDIS_URL": redis.url})
    with Api(server) as api:
        graphic_id = api.login().new_graphic()["id"]
        async with AsyncExitStack() as stack:
            screens = [
                await stack.enter_async_context(StreamClient.overlay(server.http_url, graphic_id))
                for _ in range(12)
            ]
            for screen in screens:
                await screen.until_connected()
            first = screens[0].seq
            for number in range(CHANGES):
                with Api(server) as writer:  # a connection of its own goes to any worker
                    writer.headers["Authorization"] = api.headers["Authorization"]
                    rename(writer, graphic_id, f"Title {number}")
            for screen in screens:
                await screen.until_seq(first + CHANGES)

    numbers = list(range(first + 1, first + CHANGES + 1))
    assert all(screen.seqs == numbers for screen in screens)


async def test_a_redis_that_hangs_slows_delivery_and_nothing_else(
    servers: MakeServers, redis: RedisServer
):
    here, there = servers("sqlite", "serve", "serve")
    with Api(here) as api, Api(there) as other:
        graphic_id = api.login().new_graphic()["id"]
        await_bus(api, other.login())
        async with StreamClient.overlay(there.http_url, graphic_id) as screen:
            await screen.until_connected()
            first = screen.seq
            redis.hang()
            took = []
            for number in range(CHANGES):
                began = time.monotonic()
                rename(api, graphic_id, f"Title {number}")
                took.append(time.monotonic() - began)
            await screen.until_seq(first + CHANGES)  # by the poll
            await_bus(api, other, is_up=False)
            redis.go_on()
            await_bus(api, other)
            rename(api, graphic_id, "Back")
            await screen.until_seq(first + CHANGES + 1)

    assert screen.seqs == list(range(first + 1, first + CHANGES + 2))
    assert statistics.median(took) < 1  # what one write would wait for Redis


# --- Redis dies in the middle of a storm ----------------------------------------------------------


class Storm:
    """Writers at several servers, who must never be refused."""

    def __init__(self, graphic_id: int, clients: list[Api]) -> None:
        self.written = 0
        self._graphic_id = graphic_id
        self._is_over = threading.Event()
        self._faults: list[BaseException] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(api,)) for api in clients]

    @contextmanager
    def blowing(self) -> Iterator["Storm"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            for thread in self._threads:
                thread.join(SECONDS)
        assert self._faults == []

    def await_more(self, count: int) -> None:
        """Until so many more writes were answered."""
        goal, deadline = self.written + count, time.monotonic() + SECONDS
        while self.written < goal:
            assert time.monotonic() < deadline, f"{self.written} of {goal}: {self._faults}"
            time.sleep(0.01)

    def _write(self, client: Api) -> None:
        try:
            while not self._is_over.is_set():
                rename(client, self._graphic_id, f"{threading.get_ident()} {time.monotonic()}")
                with self._lock:
                    self.written += 1
        except BaseException as fault:  # noqa: BLE001 - handed to the test
            self._faults.append(fault)


@pytest.mark.postgresql
async def test_redis_dies_and_comes_back_in_a_storm_and_nobody_loses_anything(
    servers: MakeServers, redis: RedisServer, tell: Callable[[str], None]
):
    # Without a poll, all that one process hears of the other comes by the bus.
    pair = servers("postgresql", "serve", "serve", program=WITHOUT_POLL)
    async with AsyncExitStack() as stack:
        clients = [stack.enter_context(Api(server)).login() for server in pair for _ in range(2)]
        graphic_id = clients[0].new_graphic()["id"]
        await_bus(*clients)
        token = clients[0].tokens["access_token"]
        screens, crews = [], []
        for server in pair:
            screens.append(StreamClient.overlay(server.http_url, graphic_id))
            crews.append(StreamClient.staff(server.http_url, token=token))
        for client in [*screens, *crews]:
            await (await stack.enter_async_context(client)).until_connected()
        first = screens[0].seq

        with Storm(graphic_id, clients).blowing() as storm:
            await asyncio.to_thread(storm.await_more, STORM)
            redis.kill()
            await asyncio.to_thread(await_bus, *clients, is_up=False)
            await asyncio.to_thread(storm.await_more, STORM)
            redis.start()
            back_at = time.monotonic()
            await asyncio.to_thread(await_bus, *clients)
            up_at = time.monotonic()
            await asyncio.to_thread(storm.await_more, STORM)
        for client in screens:
            await client.until_seq(first + storm.written)
        for client in crews:
            await client.until(lambda crew: len(crew.events) == storm.written)

    everything = list(range(first + 1, first + storm.written + 1))
    assert [client.seqs for client in screens] == [everything, everything]
    assert crews[0].seqs == crews[1].seqs
    assert all(len(client.established) == 1 for client in [*screens, *crews])
    tell(f"{storm.written} writes, bus back after {up_at - back_at:.2f} s")
