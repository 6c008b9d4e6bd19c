"""What processes tell each other: every process hears it, in order, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from django.db import OperationalError

from gal_dashboard.events import streams
from gal_dashboard.events.models import Epoch, Stream
from gal_dashboard.events.recording import emit_internal, recording, stream_advanced
from gal_dashboard.realtime.hub import Hub
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import Studio
from tests.realtime.outages import Outage
from tests.realtime.writing import lose, on_thread

ORDERS = streams.internal("orders")
SECONDS = 20


def order(*numbers: int) -> None:
    for number in numbers:
        with recording():
            emit_internal(ORDERS, name="thing.ordered", payload={"number": number})


class Ear:
    """Remembers what a hub hears.

    The first ``faults`` of its orders it cannot carry out; for the first ``outages`` of all words
    the database is away.
    """

    def __init__(self, hub: Hub, *, faults: int = 0, outages: int = 0) -> None:
        self.heard: list[int | None] = []
        self._faults, self.outages = faults, outages
        self._changed = asyncio.Condition()
        hub.listen(ORDERS, self.hear)

    async def hear(self, payload: Mapping[str, Any] | None) -> None:
        number = None if payload is None else payload["number"]
        self.heard.append(number)
        async with self._changed:
            self._changed.notify_all()
        if self.outages:
            self.outages -= 1
            raise OperationalError
        if number is not None and self._faults:
            self._faults -= 1
            raise ZeroDivisionError

    async def until(self, *expected: int | None) -> None:
        async with asyncio.timeout(SECONDS), self._changed:
            await self._changed.wait_for(lambda: self.heard == list(expected))


@pytest_asyncio.fixture
async def hub(log: None) -> AsyncIterator[Hub]:
    """A hub that hears of every commit, not started yet; its poll is too slow to help."""
    hub = Hub(Limits(poll_seconds=60))

    def tell(**signal: Any) -> None:
        hub.poke_all(signal["heads"])

    stream_advanced.connect(tell)
    yield hub
    stream_advanced.disconnect(tell)
    await hub.stop()


@pytest_asyncio.fixture
async def polling_hub(log: None) -> AsyncIterator[Hub]:
    """A hub that nobody tells anything, as of another process without a bus."""
    hub = Hub(Limits(poll_seconds=0.05))
    yield hub
    await hub.stop()


async def test_process_hears_every_order_in_turn(hub: Hub):
    ear = Ear(hub)
    await hub.start()
    await ear.until(None)

    await on_thread(order, 1, 2, 3)

    await ear.until(None, 1, 2, 3)


async def test_process_begins_after_what_was_said_before_its_start(hub: Hub):
    await on_thread(order, 1, 2)
    ear = Ear(hub)

    await hub.start()
    await ear.until(None)
    await on_thread(order, 3)

    await ear.until(None, 3)


async def test_process_hears_without_a_poke(polling_hub: Hub):
    ear = Ear(polling_hub)
    await polling_hub.start()
    await ear.until(None)

    await on_thread(order, 1, 2)

    await ear.until(None, 1, 2)


async def test_fault_of_a_handler_does_not_make_deaf(hub: Hub, caplog: pytest.LogCaptureFixture):
    ear = Ear(hub, faults=1)
    await hub.start()
    await ear.until(None)

    await on_thread(order, 1, 2)

    await ear.until(None, 1, 2)
    assert "could not be done" in caplog.text


async def test_process_begins_anew_where_the_log_has_lost_something(polling_hub: Hub):
    ear = Ear(polling_hub)
    await on_thread(order, 1)
    await polling_hub.start()
    await ear.until(None)
    # a number without an entry: what it said is gone
    await on_thread(Stream.objects.filter(name=ORDERS).update, head=2)
    await ear.until(None, None)
    await on_thread(order, 3)

    await ear.until(None, None, 3)


async def test_process_begins_anew_where_something_in_between_is_lost(polling_hub: Hub):
    outage = Outage()
    ear = Ear(polling_hub)
    await polling_hub.start()
    await ear.until(None)
    await polling_hub.run(outage.install)

    outage.is_on = True
    await on_thread(order, 1, 2, 3)
    await on_thread(lose, ORDERS, 1, 2)
    outage.is_on = False

    await ear.until(None, None, 3)


async def test_process_is_told_to_begin_until_the_database_lets_it(polling_hub: Hub):
    ear = Ear(polling_hub, outages=2)
    await polling_hub.start()
    await ear.until(None, None, None)

    await on_thread(order, 1)

    await ear.until(None, None, None, 1)


async def test_process_begins_anew_after_a_gap_until_the_database_lets_it(polling_hub: Hub):
    ear = Ear(polling_hub)
    await on_thread(order, 1)
    await polling_hub.start()
    await ear.until(None)
    ear.outages = 2
    await on_thread(Stream.objects.filter(name=ORDERS).update, head=2)
    await ear.until(None, None, None, None)

    await on_thread(order, 3)

    await ear.until(None, None, None, None, 3)


async def test_what_was_said_while_the_database_was_away_is_heard_once(polling_hub: Hub):
    outage = Outage()
    ear = Ear(polling_hub)
    await polling_hub.start()
    await ear.until(None)
    await on_thread(order, 1)
    await ear.until(None, 1)
    await polling_hub.run(outage.install)

    outage.is_on = True
    await on_thread(order, 2, 3)
    await asyncio.sleep(0.2)  # some polls fail
    withheld = list(ear.heard)
    outage.is_on = False

    await ear.until(None, 1, 2, 3)
    assert withheld == [None, 1]


async def test_claim_of_a_number_that_does_not_exist_hides_none_that_comes(hub: Hub):
    ear = Ear(hub)
    await hub.start()
    await ear.until(None)
    hub.poke(ORDERS, 2)
    await asyncio.sleep(0.1)  # it looks, and finds nothing

    await on_thread(order, 1, 2, 3)

    await ear.until(None, 1, 2, 3)


async def test_process_begins_anew_in_another_epoch(polling_hub: Hub):
    ear = Ear(polling_hub)
    await polling_hub.start()
    await ear.until(None)
    await on_thread(order, 1)
    await ear.until(None, 1)

    await on_thread(Epoch.objects.filter(pk=1).update, value="another life")

    await ear.until(None, 1, None)


async def test_no_socket_follows_what_processes_say(hub: Hub):
    ear = Ear(hub)
    studio = Studio(hub)
    await hub.start()
    await ear.until(None)

    await on_thread(order, 1)

    await ear.until(None, 1)
    assert studio.hub.connections == set()


def test_streams_of_clients_are_not_listened_to():
    with pytest.raises(ValueError, match="staff"):
        Hub(Limits()).listen(streams.STAFF, _ignore)


def test_one_handler_listens_to_a_stream():
    hub = Hub(Limits())
    hub.listen(ORDERS, _ignore)

    with pytest.raises(ValueError, match="already"):
        hub.listen(ORDERS, _ignore)


async def _ignore(payload: Mapping[str, Any] | None) -> None:
    return
