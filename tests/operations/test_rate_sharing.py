"""Several processes' buckets on one real Redis, here in one event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis

from gal_dashboard.operations.rate_buckets import Buckets
from gal_dashboard.operations.rate_sharing import RateSharing
from tests.support.redis_server import RedisServer, redis_server

pytestmark = [pytest.mark.redis_server, pytest.mark.timeout(120)]

SECONDS = 30
PREFIX = "test.rates "


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Process:
    """What of one server process judges requests."""

    def __init__(self, redis: RedisServer, prefix: str) -> None:
        self.buckets = Buckets()
        self.sharing = RateSharing(self.buckets, url=redis.url, prefix=prefix)

    def pass_through(self, key: str, *, rate: float, burst: float, times: int = 1) -> int:
        """How many of ``times`` requests were let through."""
        now = asyncio.get_running_loop().time()
        waits = [self.buckets.take(key, rate=rate, burst=burst, now=now) for _ in range(times)]
        return waits.count(0)


@asynccontextmanager
async def running(
    redis: RedisServer, count: int, prefix: str = PREFIX
) -> AsyncIterator[list[Process]]:
    processes = [Process(redis, prefix) for _ in range(count)]
    tasks = [asyncio.create_task(one.sharing.run()) for one in processes]
    try:
        await until(lambda: all(one.sharing.is_up for one in processes))
        yield processes
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 - Redis wakes nobody
            await asyncio.sleep(0.01)


def stored(redis: RedisServer, key: str, prefix: str = PREFIX) -> float | None:
    """What all together have left, as Redis was told at last."""
    with Redis.from_url(redis.url) as client:
        value = client.get(f"{prefix}{key}")
    return None if value is None else float(value.split()[0])


async def test_what_one_lets_through_the_others_do_not_let_through_again(redis: RedisServer):
    async with running(redis, 3) as (one, two, three):
        assert one.pass_through("a", rate=0.01, burst=100, times=60) == 60
        await until(lambda: stored(redis, "a") == pytest.approx(40, abs=1))

        # who has not heard of this key believes that nobody has: for one exchange
        assert two.pass_through("a", rate=0.01, burst=100, times=30) == 30
        await until(lambda: stored(redis, "a") == pytest.approx(10, abs=1))
        left = 0
        while passed := two.pass_through("a", rate=0.01, burst=100):
            left += passed
            await asyncio.sleep(0.05)
        assert left <= 11
        assert three.pass_through("another", rate=0.01, burst=100, times=200) == 100


async def test_what_was_let_through_unknowingly_is_a_debt_of_all(redis: RedisServer):
    async with running(redis, 4) as processes:
        clock = asyncio.get_running_loop().time
        began = clock()
        passed = [one.pass_through("debt", rate=100, burst=50, times=99) for one in processes]
        assert passed == [50] * 4  # nobody can know yet

        while clock() - began < 3:
            await asyncio.sleep(0.01)
            passed += [one.pass_through("debt", rate=100, burst=50) for one in processes]

    # without the debt it would be 150 more
    assert sum(passed) <= 50 + 100 * (clock() - began) + 50


async def test_a_flood_of_all_gets_what_one_process_would_give(redis: RedisServer):
    async with running(redis, 2) as processes:
        clock = asyncio.get_running_loop().time
        began, passed = clock(), 0
        while clock() - began < 4:
            passed += sum(one.pass_through("flood", rate=50, burst=100) for one in processes)
            await asyncio.sleep(0.002)
        seconds = clock() - began

    limit = 100 + 50 * seconds
    assert 0.9 * limit <= passed <= limit + 100 + 50 * 0.1


async def test_buckets_go_from_redis_when_they_are_full(redis: RedisServer):
    prefix = "test.full "
    with Redis.from_url(redis.url) as client:
        of_others = set(client.keys("*"))
    async with running(redis, 1, prefix) as (one,):
        one.pass_through("long", rate=0.01, burst=10)
        one.pass_through("short", rate=10, burst=10, times=5)
        await until(lambda: stored(redis, "short", prefix) is not None)
        await until(lambda: stored(redis, "short", prefix) is None)

    with Redis.from_url(redis.url) as client:
        kept = client.keys(f"{prefix}*")
        assert kept == [f"{prefix}long".encode()]
        assert set(client.keys("*")) - of_others == set(kept)
        assert client.pttl(kept[0]) > 0


async def test_installations_with_prefixes_of_their_own_share_nothing(redis: RedisServer):
    async with running(redis, 1, "one ") as (one,), running(redis, 1, "two ") as (two,):
        one.pass_through("a", rate=0.01, burst=10, times=10)
        two.pass_through("a", rate=0.01, burst=10)
        await until(lambda: stored(redis, "a", "one ") == pytest.approx(0, abs=1))
        await until(lambda: stored(redis, "a", "two ") == pytest.approx(9, abs=1))


async def test_new_limits_hold_for_what_is_shared(redis: RedisServer):
    async with running(redis, 2) as (one, two):
        one.pass_through("new", rate=0.01, burst=1000, times=500)
        await until(lambda: stored(redis, "new") == pytest.approx(500, abs=1))

        two.pass_through("new", rate=0.01, burst=20)

        await until(lambda: stored(redis, "new") == pytest.approx(19, abs=1))


async def test_what_somebody_else_wrote_there_is_written_over(redis: RedisServer):
    with Redis.from_url(redis.url) as client:
        client.set(f"{PREFIX}odd", "not of ours")
    async with running(redis, 1) as (one,):
        one.pass_through("odd", rate=1, burst=10)
        await until(lambda: "not of ours" not in str(stored_text(redis, "odd")))
        assert one.sharing.is_up


def stored_text(redis: RedisServer, key: str) -> str | None:
    with Redis.from_url(redis.url, decode_responses=True) as client:
        return client.get(f"{PREFIX}{key}")


async def test_while_redis_is_away_each_judges_alone_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with redis_server(tmp_path) as redis:
        async with running(redis, 2) as (one, two):
            redis.kill()
            await until(lambda: not one.sharing.is_up and not two.sharing.is_up)
            assert one.pass_through("a", rate=0.01, burst=10, times=99) == 10
            assert two.pass_through("a", rate=0.01, burst=10, times=99) == 10
            await asyncio.sleep(1)  # several attempts to come back

            redis.start()
            await until(lambda: one.sharing.is_up and two.sharing.is_up)
            assert stored(redis, "a") is None  # what was taken meanwhile is nobody's debt
            assert one.pass_through("b", rate=0.01, burst=10, times=9) == 9
            await until(lambda: stored(redis, "b") == pytest.approx(1, abs=0.5))

            redis.hang()
            await until(lambda: not one.sharing.is_up and not two.sharing.is_up)
            assert two.pass_through("c", rate=0.01, burst=10, times=99) == 10
            redis.go_on()
            await until(lambda: one.sharing.is_up and two.sharing.is_up)

    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "are not shared" in line]) == 4
    assert told.count("Rate limits are shared again") == 4
