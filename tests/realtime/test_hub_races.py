"""Every socket gets every number, once and in order, whatever happens at the same time."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import F

from gal_dashboard.events import log, streams
from gal_dashboard.events.recording import emit, recording
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.hub import Hub
from gal_dashboard.realtime.limits import Limits
from graphics.models import Graphic
from tests.realtime.clients import Client, Studio
from tests.realtime.writing import change, change_often, graphic_event, on_thread

WRITERS = 4


def save_often(graphic_id: int, times: int) -> None:
    """Saves as a service makes them: the state and its event in one transaction.

    The graphic begins at version 1, so in any one view of the data version = number + 1.
    """
    for _ in range(times):
        with recording():
            Graphic.objects.filter(pk=graphic_id).update(version=F("version") + 1)
            version = Graphic.objects.values_list("version", flat=True).get(pk=graphic_id)
            emit(graphic_event(graphic_id, "updated", version=version), overlays=[graphic_id])


class TestFourWriters:
    @pytest.fixture
    def limits(self) -> Limits:
        """Small rings and pieces, so that sockets begin in every way there is."""
        return Limits(poll_seconds=0.1, ring_frames=8, batch_frames=5, snapshot_seconds=0.02)

    async def test_sockets_that_come_at_any_moment_miss_nothing(
        self, studio: Studio, graphic_id: int
    ):
        times = 100
        dice = random.Random(7)  # noqa: S311 - a test that can be repeated
        epoch = await on_thread(log.epoch)
        clients: list[Client] = []

        async def come_and_go() -> None:
            cursor: Cursor | None = None
            for _ in range(12):
                await asyncio.sleep(dice.uniform(0, 0.03))
                client = studio.knock(streams.overlay(graphic_id), cursor)
                clients.append(client)
                await asyncio.sleep(dice.uniform(0, 0.05))
                if dice.random() < 0.6:
                    studio.leave(client)
                    if client.connection.seq and client.frames:
                        # What the client has seen, and sometimes a little less.
                        seen = max([client.frames[0]["data"]["seq"], *client.seqs])
                        seen = client.seqs[-1] if client.seqs else seen
                        cursor = Cursor(max(0, seen - dice.choice([0, 0, 3, 20])), epoch)

        await asyncio.gather(
            *(on_thread(save_often, graphic_id, times) for _ in range(WRITERS)),
            *(come_and_go() for _ in range(6)),
        )
        head = WRITERS * times
        stayed = [client for client in clients if client.connection in studio.hub.connections]
        assert len(stayed) > 5
        for client in stayed:
            await client.until(lambda client: client.connection.seq == head)

        for client in clients:
            check_story(client)
        for client in stayed:
            assert client.close_code is None
            assert (client.seqs or [client.established["seq"]])[-1] == head

    async def test_snapshot_and_its_number_are_of_one_moment(self, studio: Studio, graphic_id: int):
        writing = asyncio.gather(*(on_thread(save_often, graphic_id, 60) for _ in range(WRITERS)))
        seen = set()
        while not writing.done():
            client = await studio.overlay(graphic_id)
            state = client.frames[1]
            seen.add((state["seq"], state["data"]["graphic"]["version"]))
            studio.leave(client)
        await writing

        assert len(seen) > 5
        assert [(seq, version) for seq, version in seen if version != seq + 1] == []


def save_in_one_transaction(graphic_id: int, times: int) -> None:
    with recording():
        save_often(graphic_id, times)


async def test_sockets_that_come_between_any_two_frames_of_a_burst_miss_nothing(
    studio: Studio, graphic_id: int
):
    stream, times = streams.overlay(graphic_id), 150
    first = await studio.overlay(graphic_id)
    epoch = first.established["epoch"]
    writing = asyncio.ensure_future(on_thread(save_in_one_transaction, graphic_id, times))
    await first.until(lambda client: len(client.seqs) > 1)

    while first.seqs[-1] < times:
        studio.knock(stream, Cursor(first.seqs[-1] // 2, epoch))
        await asyncio.sleep(0)
    await writing
    late = studio.clients[1:]
    for client in late:
        await client.joining
        await client.until_seq(times)

    assert len(late) > 50
    for client in late:
        assert client.established["recovered"]
        check_story(client)


def check_story(client: Client) -> None:
    """Numbers without a gap, each event with the version that it made, from the first frame on."""
    if not client.frames:
        return
    start = client.established
    numbers = client.seqs
    if not start["recovered"] and numbers:
        assert client.types[1] == "snapshot"
        assert numbers[0] == start["seq"]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    for frame in client.frames[1:]:
        if frame["type"] == "graphic_update":
            assert frame["data"]["version"] == frame["seq"] + 1


async def test_slow_reader_is_closed_and_hurts_nobody(log: None, graphic_id: int):
    studio = Studio(Hub(Limits(poll_seconds=0.02, backlog_frames=20)))
    await studio.hub.start()
    quick, slow = await studio.overlay(graphic_id), await studio.overlay(graphic_id)
    slow.stall()

    await on_thread(change_often, graphic_id, 40)
    await quick.until_seq(40)
    slow.read_on()

    assert await slow.until_closed() == 4408
    # What had been given to the server goes out; nothing after it does.
    assert slow.seqs == [0, 1]
    assert quick.seqs == list(range(41))
    assert quick.close_code is None
    await studio.close()


async def test_backlog_is_bounded_in_bytes_too(log: None, graphic_id: int):
    studio = Studio(Hub(Limits(poll_seconds=0.02, backlog_bytes=10_000)))
    await studio.hub.start()
    slow = await studio.overlay(graphic_id)
    slow.stall()

    await on_thread(change_often, graphic_id, 8, title="x" * 3_000)
    await asyncio.sleep(0.2)

    assert slow.connection.is_done
    assert slow.connection.close_code == 4408
    await studio.close()


async def test_client_that_takes_nothing_is_closed(log: None, graphic_id: int):
    studio = Studio(Hub(Limits(poll_seconds=0.02, stall_seconds=0.1)))
    await studio.hub.start()
    client = await studio.overlay(graphic_id)
    client.stall()

    await on_thread(change, graphic_id)
    await asyncio.sleep(0.4)
    client.read_on()

    assert await client.until_closed() == 4408
    await studio.close()


@contextmanager
def counted_on_hub_thread(counts: list[str]) -> Iterator[None]:
    def count(execute, sql, params, many, context):
        counts.append(sql)
        return execute(sql, params, many, context)

    connection.execute_wrappers.append(count)
    yield


async def test_five_hundred_overlays_that_come_at_once_cost_one_read(
    studio: Studio, graphic_id: int
):
    statements: list[str] = []
    await studio.hub.run(counted_on_hub_thread(statements).__enter__)

    clients = [studio.knock(streams.overlay(graphic_id)) for _ in range(500)]
    for client in clients:
        await client.joining

    assert {tuple(client.types) for client in clients} == {("connection_established", "snapshot")}
    assert sum("graphics_graphic" in sql for sql in statements) == 1


async def test_those_who_return_are_served_from_memory(studio: Studio, graphic_id: int):
    first = await studio.overlay(graphic_id)
    await on_thread(change_often, graphic_id, 10)
    await first.until_seq(10)
    epoch = first.established["epoch"]
    statements: list[str] = []
    await studio.hub.run(counted_on_hub_thread(statements).__enter__)

    clients = [await studio.overlay(graphic_id, Cursor(after, epoch)) for after in range(2, 11)]

    assert [client.seqs for client in clients] == [
        list(range(after + 1, 11)) for after in range(2, 11)
    ]
    assert statements == []


@pytest.mark.parametrize("moment", [0, 0.001, 0.003, 0.01, 0.05])
async def test_leaving_at_any_moment_leaves_nothing_behind(
    studio: Studio, graphic_id: int, moment: float
):
    await on_thread(change_often, graphic_id, 30)
    epoch = await on_thread(log.epoch)
    cursors = [None, Cursor(0, epoch), Cursor(30, epoch), Cursor(99, epoch)]

    clients = [studio.knock(streams.overlay(graphic_id), cursor) for cursor in cursors * 5]
    clients[0].stall()
    await asyncio.sleep(moment)
    for client in clients:
        studio.leave(client)
    await asyncio.sleep(0.05)

    assert not studio.hub.connections
    assert all(not feed.members and not feed.live for feed in studio.hub._feeds.values())
    assert all(client.joining.done() for client in clients)
    assert not any(client.connection._writer for client in clients)


async def test_connection_refuses_to_leave_a_gap(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)
    await on_thread(change_often, graphic_id, 3)
    await client.until_seq(3)
    [feed] = studio.hub._feeds.values()
    late = Connection(send=client.send, stream=feed.name, limits=studio.hub.limits)
    late._is_open = True

    late.deliver(feed.ring.after(1)[0])

    assert late.is_done
    assert late.close_code == 4408
    late.leave()
