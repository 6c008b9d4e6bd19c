"""The bus by itself: two ends in one process, with a Redis that lives and dies as tests want."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from gal_dashboard.events import streams
from gal_dashboard.events.recording import emit_internal, recording, stream_advanced
from gal_dashboard.realtime.bus import MOST_WAITING, Bus, advanced_elsewhere
from gal_dashboard.realtime.hub import Hub
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import Studio
from tests.realtime.writing import change_often, on_thread
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.redis_server

SECONDS = 20
ORDERS = streams.internal("orders")


class End:
    """One end of the bus; remembers what it hears and how often it has joined."""

    def __init__(self, url: str, *, channel: str = "pokes") -> None:
        self.bus = Bus(url, channel)
        self.heard: list[Mapping[str, int]] = []
        self.joined = 0

    def start(self, epoch: str | None = "life") -> None:
        self.bus.start(hear=self._hear, on_joined=self._join)
        if epoch is not None:
            self.bus.meet_epoch(epoch)

    def _hear(self, heads: Mapping[str, int]) -> None:
        self.heard.append(heads)

    def _join(self) -> None:
        self.joined += 1

    async def until_joined(self, times: int = 1) -> None:
        await until(lambda: self.joined >= times)

    async def until_heard(self, stream: str, head: int) -> None:
        await until(lambda: any(heads.get(stream) == head for heads in self.heard))


async def until(is_so: Any) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 - looks at what no event tells of
            await asyncio.sleep(0.01)


@asynccontextmanager
async def ends(*several: End, epoch: str | None = "life") -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for end in several:
            end.start(epoch)
            stack.push_async_callback(end.bus.stop)
        for end in several:
            await end.until_joined()
        yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert [task for task in left if "Bus" in repr(task)] == []


async def test_others_hear_and_the_sender_does_not(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)

    async with ends(here, there):
        here.bus.tell({"staff": 3, "overlay.1": 7})
        await there.until_heard("staff", 3)
        there.bus.tell({"staff": 4})
        await here.until_heard("staff", 4)

    assert there.heard == [{"staff": 3, "overlay.1": 7}]
    assert here.heard == [{"staff": 4}]


async def test_a_burst_is_merged_and_its_newest_number_arrives(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)

    async with ends(here, there):
        for number in range(1, 5001):
            here.bus.tell({"staff": number})
            if number % 100 == 0:
                await asyncio.sleep(0)
        here.bus.tell({"staff": 4999})
        await there.until_heard("staff", 5000)

    assert len(there.heard) < 100


async def test_databases_that_share_a_redis_do_not_hear_each_other(redis: RedisServer):
    here, copy, beside = End(redis.url), End(redis.url), End(redis.url, channel="other.pokes")
    there = End(redis.url)

    async with ends(here, copy, beside, there):
        copy.bus.meet_epoch("another life")
        here.bus.tell({"staff": 3})
        await there.until_heard("staff", 3)
        copy.bus.tell({"staff": 9})
        beside.bus.tell({"staff": 9})
        here.bus.tell({"staff": 4})
        await there.until_heard("staff", 4)

    assert copy.heard == beside.heard == here.heard == []
    assert there.heard == [{"staff": 3}, {"staff": 4}]


async def test_nothing_is_said_before_the_epoch_is_known(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)

    async with ends(here, there, epoch=None):
        there.bus.meet_epoch("life")
        here.bus.tell({"staff": 3})
        await asyncio.sleep(0.2)
        early = list(there.heard)
        here.bus.meet_epoch("life")
        await there.until_heard("staff", 3)

    assert early == []


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\x00",
        b"null",
        b"[]",
        b'{"sender": "x", "epoch": "life"}',
        b'{"sender": "x", "epoch": "life", "heads": {"staff": "9"}}',
        b'{"sender": "x", "epoch": "life", "heads": {"staff": 9.5}}',
        b'{"sender": "x", "epoch": "life", "heads": ["staff"]}',
    ],
)
async def test_garbage_on_the_channel_harms_nobody(redis: RedisServer, garbage: bytes):
    here, there = End(redis.url), End(redis.url)

    async with ends(here, there), Redis.from_url(redis.url) as somebody:
        await somebody.publish("pokes", garbage)
        here.bus.tell({"staff": 3})
        await there.until_heard("staff", 3)

        assert there.heard == [{"staff": 3}]
        assert there.joined == 1


async def test_it_comes_back_by_itself_and_says_what_waited(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)
    async with ends(here, there):
        redis.kill()
        await until(lambda: not here.bus.is_up and not there.bus.is_up)
        for number in range(1, 100):
            here.bus.tell({"staff": number, f"overlay.{number}": number})
            await asyncio.sleep(0.001)

        redis.start()
        await here.until_joined(2)
        await there.until_joined(2)
        here.bus.tell({"staff": 100})
        await there.until_heard("staff", 100)

        assert here.bus.is_up
        assert here.joined == there.joined == 2


async def test_a_redis_that_hangs_is_found_out(redis: RedisServer, caplog: Any):
    here, there = End(redis.url), End(redis.url)
    async with ends(here, there):
        redis.hang()
        here.bus.tell({"staff": 1})
        await until(lambda: not here.bus.is_up and not there.bus.is_up)
        redis.go_on()
        await there.until_joined(2)
        here.bus.tell({"staff": 2})
        await there.until_heard("staff", 2)

    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if line.startswith("The bus is down")]) == 2
    assert said.count("The bus is up again") == 2


async def test_it_begins_without_redis_and_ends_without_it(redis: RedisServer, caplog: Any):
    redis.kill()
    here, there = End(redis.url), End(redis.url)
    here.start()
    there.start()
    here.bus.tell({"staff": 1})
    await until(lambda: len(caplog.records) == 2)
    await there.bus.stop()

    redis.start()
    await here.until_joined()
    redis.kill()
    await here.bus.stop()

    assert not here.bus.is_up
    assert there.joined == 0


async def test_what_waits_for_redis_has_a_bound(redis: RedisServer):
    redis.kill()
    here = End(redis.url)
    here.start()

    for number in range(MOST_WAITING + 500):
        here.bus.tell({f"overlay.{number}": 1})

    assert len(here.bus._waiting) == MOST_WAITING
    assert f"overlay.{MOST_WAITING + 499}" in here.bus._waiting
    await here.bus.stop()


async def test_the_last_word_is_said_before_the_end(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)

    async with ends(here, there):
        here.bus.tell({"staff": 8})
        await here.bus.stop()
        await there.until_heard("staff", 8)


async def test_it_may_be_stopped_and_started_again(redis: RedisServer):
    here, there = End(redis.url), End(redis.url)
    async with ends(there):
        here.start()
        await here.until_joined()
        await here.bus.stop()
        await here.bus.stop()

        here.start()
        await here.until_joined(2)
        here.bus.tell({"staff": 1})
        await there.until_heard("staff", 1)
        await here.bus.stop()


# --- Hubs on the bus: only one of them hears of commits as the process does that makes them -------


@pytest_asyncio.fixture
async def studios(redis: RedisServer, log: None) -> AsyncIterator[tuple[Studio, Studio]]:
    """Two hubs that never poll but when they have joined the bus."""
    channel = secrets.token_hex(8)
    writing, reading = (
        Studio(Hub(Limits(poll_seconds=600), bus=Bus(redis.url, channel))) for _ in range(2)
    )

    def tell(**signal: Any) -> None:
        writing.hub.poke_all(signal["heads"])

    stream_advanced.connect(tell)
    for studio in (writing, reading):
        await studio.hub.start()
    yield writing, reading
    stream_advanced.disconnect(tell)
    for studio in (writing, reading):
        await studio.close()


async def until_up(studios: tuple[Studio, Studio]) -> None:
    """Until both hubs have joined and know their epoch."""
    await until(lambda: all(s.hub.bus.is_up and s.hub.bus._epoch for s in studios))


async def test_sockets_in_another_process_get_changes_by_the_bus(
    studios: tuple[Studio, Studio], graphic_id: int
):
    _, reading = studios
    await until_up(studios)
    client = await reading.overlay(graphic_id)

    await on_thread(change_often, graphic_id, 20)
    await client.until_seq(20)

    assert client.seqs == list(range(21))


async def test_what_was_said_while_redis_was_away_is_found_on_the_way_back(
    studios: tuple[Studio, Studio], graphic_id: int, redis: RedisServer
):
    _, reading = studios
    await until_up(studios)
    client = await reading.overlay(graphic_id)
    redis.kill()
    await until(lambda: not any(studio.hub.bus.is_up for studio in studios))

    await on_thread(change_often, graphic_id, 20)
    withheld = client.seqs
    redis.start()
    await client.until_seq(20)

    assert withheld == [0]
    assert client.seqs == list(range(21))


async def test_processes_hear_internal_words_by_the_bus(
    redis: RedisServer, studios: tuple[Studio, Studio]
):
    heard: list[Mapping[str, Any] | None] = []

    async def hear(payload: Mapping[str, Any] | None) -> None:
        heard.append(payload)

    def order() -> None:
        with recording():
            emit_internal(ORDERS, name="thing.ordered", payload={"number": 1})

    _, reading = studios
    await until_up(studios)
    await reading.hub.stop()
    reading.hub.listen(ORDERS, hear)
    await reading.hub.start()
    await until_up(studios)
    await until(lambda: heard == [None])

    await on_thread(order)
    await until(lambda: len(heard) == 2)

    assert heard == [None, {"number": 1}]


async def test_commits_of_other_processes_are_told_in_this_one(
    studios: tuple[Studio, Studio], graphic_id: int
):
    told: list[Mapping[str, int]] = []

    def hear(*, heads: Mapping[str, int], **_: Any) -> None:
        told.append(heads)

    advanced_elsewhere.connect(hear)
    await until_up(studios)

    await on_thread(change_often, graphic_id, 1)
    await until(lambda: told)

    advanced_elsewhere.disconnect(hear)
    assert told == [{"staff": 1, f"overlay.{graphic_id}": 1}]
