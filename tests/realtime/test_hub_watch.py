"""What the hub finds by itself."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gal_dashboard.events import streams
from gal_dashboard.events.models import Epoch, Stream, StreamEntry
from gal_dashboard.realtime import reads
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.hub import Hub
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import Studio
from tests.realtime.outages import Outage
from tests.realtime.people import end_session, sign_in
from tests.realtime.writing import change, change_often, on_thread
from users.choices import Role


@pytest.fixture
def limits() -> Limits:
    return Limits(poll_seconds=0.05, linger_seconds=0.1)


async def test_poll_finds_what_no_poke_told_of(log: None, limits: Limits, graphic_id: int):
    studio = Studio(Hub(limits))
    await studio.hub.start()
    client = await studio.overlay(graphic_id)

    await on_thread(change_often, graphic_id, 3)
    await client.until_seq(3)

    assert client.seqs == [0, 1, 2, 3]
    await studio.close()


async def test_socket_ends_with_its_session(studio: Studio):
    ann = await on_thread(sign_in, "ann", Role.PRODUCER)
    bob = await on_thread(sign_in, "bob", Role.PRODUCER)
    ending, staying = await studio.staff(ann), await studio.staff(bob)

    await on_thread(end_session, ann)

    assert await ending.until_closed() == 4401
    assert staying.close_code is None


def ask_for_sessions(count: int) -> tuple[int, frozenset[str]]:
    """What a poll costs that looks at so many sessions, and those that it finds ended."""
    actors = [sign_in(f"{count}-{number}", Role.VIEWER) for number in range(count)]
    end_session(actors[0])
    with CaptureQueriesContext(connection) as queries:
        found = reads.poll([streams.STAFF], [actor.sid for actor in actors] + ["no such session"])
    return len(queries), found.ended


async def test_poll_costs_the_same_however_many_are_signed_in(log: None):
    few, many = [await on_thread(ask_for_sessions, count) for count in (1, 30)]

    assert few == (3, {"session of 1-0", "no such session"})
    assert many == (3, {"session of 30-0", "no such session"})


async def test_socket_ends_with_its_token(studio: Studio):
    soon = timezone.now() + timedelta(seconds=0.2)
    ann = await on_thread(sign_in, "ann", Role.PRODUCER, expires_at=soon)

    client = await studio.staff(ann)

    assert await client.until_closed() == 4401


async def test_what_happened_while_the_database_was_away_comes_afterwards(
    studio: Studio, graphic_id: int, caplog: pytest.LogCaptureFixture
):
    outage = Outage()
    client = await studio.overlay(graphic_id)
    await studio.hub.run(outage.install)

    outage.is_on = True
    await on_thread(change_often, graphic_id, 3)
    await asyncio.sleep(0.2)
    withheld = client.seqs
    outage.is_on = False
    await client.until_seq(3)

    assert withheld == [0]
    assert client.seqs == [0, 1, 2, 3]
    assert [record.getMessage() for record in caplog.records] == [
        "The hub cannot read the database: OperationalError"
    ]


def test_hub_begins_anew_in_another_loop():
    hub = Hub(Limits(poll_seconds=60))

    async def begin_without_an_end() -> None:
        await hub.start()
        await hub.start()

    async def begin_and_end() -> int:
        await hub.start()
        try:
            return await hub.run(lambda: 42)
        finally:
            await hub.stop()
            await hub.stop()

    asyncio.run(begin_without_an_end())
    hub.poke("staff", 1)

    assert asyncio.run(begin_and_end()) == 42
    hub.poke("staff", 1)


def make_new_epoch() -> None:
    Epoch.objects.filter(pk=1).update(value="another life")


async def test_sockets_begin_anew_in_another_life_of_the_database(studio: Studio, graphic_id: int):
    await on_thread(change_often, graphic_id, 2)
    client = await studio.overlay(graphic_id)

    await on_thread(make_new_epoch)
    code = await client.until_closed()
    back = await studio.overlay(graphic_id, Cursor(2, client.established["epoch"]))

    assert code == 1012
    assert back.established["epoch"] == "another life"
    assert back.types == ["connection_established", "snapshot"]


def go_back(stream: str) -> None:
    StreamEntry.objects.filter(stream=stream, seq__gt=1).delete()
    Stream.objects.filter(name=stream).update(head=1)


async def test_sockets_begin_anew_when_a_stream_went_back(studio: Studio, graphic_id: int):
    await on_thread(change_often, graphic_id, 3)
    client = await studio.overlay(graphic_id)

    await on_thread(go_back, streams.overlay(graphic_id))

    assert await client.until_closed() == 1012


async def test_streams_that_nobody_follows_are_forgotten(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)

    studio.leave(client)
    remembered = bool(studio.hub._feeds)
    await asyncio.sleep(0.4)

    assert remembered
    assert not studio.hub._feeds


async def test_unknown_graphics_are_not_remembered(studio: Studio):
    client = await studio.overlay(4711)

    studio.leave(client)

    assert not studio.hub._feeds


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end_backend(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a file cannot hang up")
async def test_hub_recovers_from_a_lost_connection(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)

    await on_thread(end_backend, await studio.hub.run(backend))
    await on_thread(change, graphic_id)
    await client.until_seq(1)
    late = await studio.overlay(graphic_id, Cursor(0, "another"))

    assert client.close_code is None
    assert late.types == ["connection_established", "snapshot"]


async def test_stopping_closes_sockets_so_that_they_come_back(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)

    await studio.hub.stop()

    assert await client.until_closed() == 1012
