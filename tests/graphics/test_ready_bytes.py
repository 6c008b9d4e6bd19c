"""Ready bytes by themselves, before a Django that the test holds back: races, age, memory."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from graphics import ready_views
from graphics.ready_views import HEAD_BYTES, MOST_BYTES, Ready, ReadyBytes, ReadyViews
from tests.support.rounds import ROUNDS

HOST = (b"host", b"127.0.0.1:8000")
MIB = 1024 * 1024
# At 200 rounds a million.
STRANGERS = 5_000 * ROUNDS

Answer = tuple[int, dict[bytes, bytes], bytes]


class Django:
    """What stands behind: one graphic with a version, read when asked, answered when let go."""

    def __init__(self) -> None:
        self.version = 1
        self.status = 200
        self.asked: list[bytes] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["query_string"])
        status, version = self.status, self.version
        await self.may_answer.wait()
        headers = [(b"etag", b'"%d"' % version), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"version %d" % version})


class Clock:
    """The time as the module sees it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Studio:
    """A process: its store, its layer, its Django."""

    def __init__(self) -> None:
        self.django = Django()
        self.store = ReadyBytes()
        self.layer = ReadyViews(self.django, self.store)

    async def ask(self, graphic: int = 1, query: bytes = b"", *headers: Any) -> Answer:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/v1/graphics/{graphic}/view",
            "query_string": query,
            "headers": [HOST, *headers],
        }
        await self.layer(scope, None, send)
        start, *parts = sent
        return start["status"], dict(start["headers"]), b"".join(part["body"] for part in parts)

    def save(self) -> None:
        """What the thread of a writer does before it answers."""
        self.django.version += 1
        self.store.forget([1])

    def begin(self, query: bytes = b"") -> "asyncio.Task[Answer]":
        return asyncio.create_task(self.ask(1, query))


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ready_views, "time", clock)
    return clock


@pytest.fixture
def studio(clock: Clock) -> Studio:
    ready_views._is_our_name.cache_clear()
    return Studio()


async def test_a_view_is_read_once_for_all_who_ask_at_once(studio: Studio):
    studio.django.may_answer.clear()
    readers = [studio.begin() for _ in range(20)]
    await settle()
    studio.django.may_answer.set()

    answers = await asyncio.gather(*readers)

    assert {body for _, _, body in answers} == {b"version 1"}
    assert studio.django.asked == [b""]


async def test_an_answer_read_before_a_change_is_not_kept_after_it(studio: Studio):
    studio.django.may_answer.clear()
    slow = studio.begin()
    await settle()
    studio.save()
    studio.django.may_answer.set()
    assert (await slow)[2] == b"version 1"  # asked before the change was answered

    assert (await studio.ask())[2] == b"version 2"


async def test_who_asks_after_a_change_does_not_join_a_read_from_before(studio: Studio):
    studio.django.may_answer.clear()
    before = studio.begin()
    await settle()
    studio.save()
    after = studio.begin()
    await settle()
    studio.django.may_answer.set()

    assert (await before)[2] == b"version 1"
    assert (await after)[2] == b"version 2"
    assert (await studio.ask())[2] == b"version 2"


async def test_a_late_old_answer_does_not_replace_a_newer_one(studio: Studio):
    studio.django.may_answer.clear()
    old = studio.begin()
    await settle()
    studio.save()
    studio.django.may_answer.set()
    newer = studio.begin()
    await asyncio.gather(old, newer)

    assert (await studio.ask())[2] == b"version 2"


async def test_a_change_of_one_graphic_leaves_the_others(studio: Studio):
    await studio.ask(1)
    await studio.ask(2)

    studio.store.forget([2])

    await studio.ask(1)
    assert len(studio.django.asked) == 2
    await studio.ask(2)
    assert len(studio.django.asked) == 3


async def test_bytes_are_served_for_two_seconds_from_when_they_were_read(
    studio: Studio, clock: Clock
):
    """Of a change in another process nobody tells this one."""
    await studio.ask()
    studio.django.version = 2

    clock.now += 2.0
    assert (await studio.ask())[2] == b"version 1"

    clock.now += 0.001
    assert (await studio.ask())[2] == b"version 2"


async def test_who_asks_on_and_on_waits_for_no_read(studio: Studio, clock: Clock):
    await studio.ask()
    clock.now += 1.9
    studio.django.may_answer.clear()
    for _ in range(3):  # given while one read is under way
        assert (await studio.ask())[2] == b"version 1"
        await settle()
    assert len(studio.django.asked) == 2

    studio.django.may_answer.set()
    await settle()
    clock.now += 1.0
    assert (await studio.ask())[2] == b"version 1"  # 2.9 s after the first read
    assert len(studio.django.asked) == 2


@pytest.mark.parametrize("status", [404, 503])
async def test_a_refused_renewal_ends_nothing_before_its_time(
    studio: Studio, clock: Clock, status: int
):
    await studio.ask()
    studio.django.status = status
    clock.now += 1.9
    assert (await studio.ask())[0] == 200
    await settle()
    assert (await studio.ask())[0] == 200
    await settle()

    clock.now += 0.2
    assert (await studio.ask())[0] == status


async def test_a_change_during_a_renewal_counts(studio: Studio, clock: Clock):
    await studio.ask()
    clock.now += 1.9
    studio.django.may_answer.clear()
    await studio.ask()
    await settle()
    studio.save()
    studio.django.may_answer.set()
    await settle()

    assert (await studio.ask())[2] == b"version 2"


async def test_nothing_is_kept_after_its_time(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    """64 MiB that nobody may be served are 64 MiB of memory too many."""
    monkeypatch.setattr(ready_views, "SERVED_FOR_SECONDS", 0.01)
    await studio.ask()
    await studio.ask(2)

    for _ in range(2000):
        if not len(studio.store):
            break
        await asyncio.sleep(0.01)

    assert (len(studio.store), studio.store.size) == (0, 0)


def test_an_answer_is_not_let_go_for_one_before_it():
    store = ReadyBytes()
    store.keep(1, ready(MIB), clock=0)
    store.let_go(1, read_at=-1.0)
    assert kept(store, range(2)) == [1]

    store.let_go(1, read_at=0.0)
    store.let_go(1, read_at=0.0)

    assert (kept(store, range(2)), store.size) == ([], 0)


async def test_the_two_seconds_begin_before_the_read(studio: Studio, clock: Clock):
    studio.django.may_answer.clear()
    slow = studio.begin()
    await settle()
    clock.now += 1.5
    studio.django.may_answer.set()
    await slow
    studio.django.version = 2

    clock.now += 0.6

    assert (await studio.ask())[2] == b"version 2"


async def test_who_joins_a_read_that_takes_long_is_not_told_what_is_older(
    studio: Studio, clock: Clock
):
    studio.django.may_answer.clear()
    slow = studio.begin()
    await settle()
    studio.django.version = 2
    clock.now += 2.1
    late = studio.begin()
    await settle()
    studio.django.may_answer.set()

    assert (await slow)[2] == b"version 1"
    assert (await late)[2] == b"version 2"


async def test_a_version_above_the_bytes_is_read_again(studio: Studio):
    await studio.ask()
    studio.django.version = 5  # by another process

    assert (await studio.ask(1, b"version=1"))[2] == b"version 1"
    assert (await studio.ask(1, b"version=2"))[2] == b"version 5"
    assert (await studio.ask(1, b"version=5"))[2] == b"version 5"
    assert len(studio.django.asked) == 2


async def test_who_wants_a_version_gets_it_though_a_read_from_before_is_under_way(studio: Studio):
    studio.django.may_answer.clear()
    before = studio.begin()
    await settle()
    studio.django.version = 2  # by another process
    wanting = studio.begin(b"version=2")
    await settle()
    studio.django.may_answer.set()

    assert (await before)[2] == b"version 1"
    assert (await wanting)[2] == b"version 2"


@pytest.mark.parametrize("status", [404, 400, 429, 500, 503])
async def test_refusals_are_kept_for_nobody(studio: Studio, status: int):
    studio.django.status = status
    assert (await studio.ask())[0] == status

    studio.django.status = 200

    assert (await studio.ask())[0] == 200


async def test_a_fault_of_the_first_reader_is_no_fault_of_the_next(studio: Studio):
    async def raising(scope: Any, receive: Any, send: Any) -> None:
        raise ConnectionError

    layer, studio.layer = studio.layer, ReadyViews(raising, studio.store)
    with pytest.raises(ConnectionError):
        await studio.ask()
    assert studio.layer._reads == {}
    studio.layer = layer

    assert (await studio.ask())[0] == 200


async def test_a_reader_who_leaves_takes_nobody_along(studio: Studio):
    studio.django.may_answer.clear()
    leaving, staying = studio.begin(), studio.begin()
    await settle()
    leaving.cancel()
    await settle()
    studio.django.may_answer.set()

    assert (await staying)[2] == b"version 1"
    assert studio.django.asked == [b""]


@pytest.mark.parametrize("host", [b"evil.example", b"a b", b"", b"\xff", b"127.0.0.1, localhost"])
async def test_under_a_foreign_name_django_is_asked(studio: Studio, host: bytes):
    await studio.ask()
    scope_headers = [(b"host", host)]
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/api/v1/graphics/1/view"}
    await studio.layer({**scope, "query_string": b"", "headers": scope_headers}, None, send)

    assert len(studio.django.asked) == 2


async def test_strangers_who_ask_for_a_million_ids_leave_nothing_behind(studio: Studio):
    studio.django.status = 404
    for graphic in range(1, STRANGERS + 1):
        assert (await studio.ask(graphic))[0] == 404
        studio.django.asked.clear()
    for number in range(1000):
        await studio.ask(1, b"", (b"host", b"name-%d.example" % number))

    assert len(studio.store) == 0
    assert studio.store._changed_at == {}
    assert studio.store.size == 0
    assert studio.layer._reads == {}
    assert ready_views._is_our_name.cache_info().currsize <= 256


def ready(size: int, version: int = 1) -> Ready:
    headers = ((b"etag", b'"%d"' % version),)
    return Ready(200, headers, bytes(size - HEAD_BYTES), read_at=0.0)


def kept(store: ReadyBytes, graphics: range) -> list[int]:
    return [graphic for graphic in graphics if store.fresh(graphic, 0.0) is not None]


def test_all_bytes_together_are_bounded():
    store = ReadyBytes()

    for graphic in range(1, 11):
        store.keep(graphic, ready(20 * MIB), clock=0)
        assert store.size <= MOST_BYTES

    assert kept(store, range(1, 11)) == [8, 9, 10]


def test_those_that_nobody_asks_for_go_first():
    store = ReadyBytes()
    for graphic in (1, 2, 3):
        store.keep(graphic, ready(20 * MIB), clock=0)
    store.fresh(1, 0.0)

    store.keep(4, ready(20 * MIB), clock=0)

    assert kept(store, range(1, 5)) == [1, 3, 4]


def test_small_answers_count_with_their_heads():
    store = ReadyBytes()
    for graphic in range(1, 20_001):
        store.keep(graphic, ready(HEAD_BYTES), clock=0)

    assert len(store) == MOST_BYTES // HEAD_BYTES


def test_an_answer_that_is_too_large_is_not_kept_and_drives_nobody_out():
    store = ReadyBytes()
    store.keep(1, ready(MIB), clock=0)

    store.keep(2, ready(MOST_BYTES + 1), clock=0)

    assert kept(store, range(1, 3)) == [1]
    assert store.size == MIB


def test_the_size_is_right_after_any_order_of_things():
    store = ReadyBytes()
    steps: list[Callable[[int], None]] = [
        lambda n: store.keep(n % 7, ready((n % 5 + 1) * MIB, n), clock=store.clock()),
        lambda n: store.forget([n % 7, n % 3]),
        lambda n: store.keep(n % 7, ready(30 * MIB, n), clock=store.clock() - 1),
        lambda n: store.forget([]),
        lambda n: store.let_go(n % 7, 0.0),
    ]
    for n, step in zip(range(400), itertools.cycle(steps), strict=False):
        step(n * 13)

        there = (store.fresh(graphic, 0.0) for graphic in range(7))
        assert store.size == sum(answer.size for answer in there if answer)
        assert store.size <= MOST_BYTES
