"""What sockets get while things happen."""

import asyncio

import pytest
import pytest_asyncio

from gal_dashboard.core.context import Actor
from gal_dashboard.events import log, streams
from gal_dashboard.realtime import protocol
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import Studio
from tests.realtime.people import sign_in
from tests.realtime.writing import (
    change,
    change_often,
    change_standings,
    lose,
    make_graphic,
    on_thread,
    poison,
    tell_administrators,
    tell_staff,
)
from users.choices import Role


@pytest_asyncio.fixture
async def administrator(log: None) -> Actor:
    return await on_thread(sign_in, "ann", Role.ADMINISTRATOR)


@pytest_asyncio.fixture
async def scorer(log: None) -> Actor:
    return await on_thread(sign_in, "bob", Role.SCORER)


async def test_change_reaches_its_overlay_and_no_other(studio: Studio, graphic_id: int):
    other_id = await on_thread(make_graphic, title="Other")
    client, other = await studio.overlay(graphic_id), await studio.overlay(other_id)

    await on_thread(change, graphic_id, version=2)
    await on_thread(change, other_id, version=7)
    await client.until_seq(1)
    await other.until_seq(1)

    assert client.frames[-1] == {
        "type": "graphic_update",
        "stream": f"overlay.{graphic_id}",
        "seq": 1,
        "data": {
            "action": "updated",
            "graphic_id": graphic_id,
            "version": 2,
            "graphic": {
                "id": graphic_id,
                "title": "",
                "data_json": {},
                "version": 2,
                "tournament_id": None,
            },
        },
        "timestamp": client.frames[-1]["timestamp"],
    }
    assert client.frames[-1]["timestamp"].endswith("Z")
    assert other.frames[-1]["data"]["version"] == 7


async def test_staff_sees_what_overlays_do_not(
    studio: Studio, graphic_id: int, administrator: Actor
):
    client = await studio.staff(administrator)

    await on_thread(change, graphic_id)
    await client.until_seq(1)

    assert client.established["user_id"] == administrator.user_id
    assert client.frames[-1]["data"]["actor"] == "ann"


async def test_user_updates_are_for_administrators(
    studio: Studio, administrator: Actor, scorer: Actor
):
    first, second = await studio.staff(administrator), await studio.staff(scorer)

    for tell in [tell_administrators, tell_administrators, tell_staff, tell_administrators]:
        await on_thread(tell)
    await first.until_seq(4)
    await second.until_seq(3)

    assert first.seqs == [0, 1, 2, 3, 4]
    assert second.types[2:] == ["skipped", "system_notification"]
    assert second.frames[2] == {
        "type": "skipped",
        "stream": "staff",
        "seq": 2,
        "reason": "filtered",
    }


async def test_user_updates_stay_with_administrators_in_a_replay(studio: Studio, scorer: Actor):
    for tell in [tell_administrators, tell_staff, tell_administrators]:
        await on_thread(tell, "s3cret")
    epoch = await on_thread(log.epoch)

    client = await studio.staff(scorer, Cursor(0, epoch))

    assert client.types[1:] == ["skipped", "system_notification", "skipped"]
    assert client.seqs == [1, 2, 3]
    assert ["s3cret" in str(frame) for frame in client.frames[1:]] == [
        False,
        True,
        False,
    ]


async def test_narrowed_socket_gets_its_types_and_is_told_of_the_rest(
    studio: Studio, administrator: Actor, graphic_id: int
):
    client = await studio.staff(administrator)
    client.connection.narrow(frozenset({"graphic_update"}))

    await on_thread(tell_staff)
    await on_thread(tell_staff)
    await on_thread(change, graphic_id)
    await client.until_seq(3)

    assert client.types[2:] == ["skipped", "graphic_update"]
    assert client.seqs == [0, 2, 3]


async def test_skipped_numbers_are_told_before_any_other_frame(
    studio: Studio, administrator: Actor, graphic_id: int
):
    narrowed, witness = await studio.staff(administrator), await studio.staff(administrator)
    narrowed.connection.narrow(frozenset({"graphic_update"}))
    await on_thread(tell_staff)
    await on_thread(tell_staff)
    await witness.until_seq(2)

    narrowed.connection.say(protocol.error("unknown_type", "Nobody knows what this means."))

    assert narrowed.types[2:] == ["skipped", "error"]
    assert narrowed.seqs == [0, 2]


class TestWithAQuickPoll:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(poll_seconds=0.05)

    async def test_skipped_numbers_are_not_withheld_for_ever(self, studio: Studio, scorer: Actor):
        client = await studio.staff(scorer)

        await on_thread(tell_administrators)
        await client.until_seq(1)

        assert client.types[-1] == "skipped"


async def test_archived_is_the_last_frame(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)

    await on_thread(change, graphic_id)
    await on_thread(change, graphic_id, "archived")
    await on_thread(change_standings, graphic_id)

    assert await client.until_closed() == 4404
    assert client.seqs == [0, 1, 2]
    assert client.frames[-1]["data"]["action"] == "archived"


async def test_archived_overlay_finds_nothing_until_it_is_restored(studio: Studio, graphic_id: int):
    await studio.overlay(graphic_id)
    await on_thread(change, graphic_id, "archived")
    await studio.clients[0].until_closed()
    cursor = Cursor(1, await on_thread(log.epoch))

    refused = await studio.overlay(graphic_id, cursor)
    await on_thread(change, graphic_id, "restored")
    back = await studio.overlay(graphic_id, cursor)

    assert (refused.frames, refused.close_code) == ([], 4404)
    assert back.types == ["connection_established", "graphic_update"]
    assert (back.seqs, back.close_code) == ([2], None)


async def test_replay_over_an_archive_and_a_restoration_goes_on(studio: Studio, graphic_id: int):
    for action in ["updated", "archived", "restored", "updated"]:
        await on_thread(change, graphic_id, action)
    epoch = await on_thread(log.epoch)

    client = await studio.overlay(graphic_id, Cursor(0, epoch))
    await on_thread(change, graphic_id)
    await client.until_seq(5)

    assert client.seqs == [1, 2, 3, 4, 5]
    assert client.close_code is None


async def test_archive_is_the_last_frame_of_those_who_were_behind(studio: Studio, graphic_id: int):
    await on_thread(change_often, graphic_id, 3)
    epoch = await on_thread(log.epoch)
    client = studio.knock(streams.overlay(graphic_id), Cursor(0, epoch))
    client.stall()
    await asyncio.sleep(0.1)
    await on_thread(change, graphic_id, "archived")
    client.read_on()

    assert await client.until_closed() == 4404
    assert client.seqs == [1, 2, 3, 4]


async def test_unknown_graphic_is_closed_without_a_frame(studio: Studio):
    client = await studio.overlay(4711)

    assert (client.frames, client.close_code) == ([], 4404)


@pytest.mark.parametrize("payload", ['{"half": ', "[]", "null", "", '{"a": NaN}', '"text"'])
async def test_unreadable_event_is_skipped_and_the_rest_goes_on(
    studio: Studio, graphic_id: int, payload: str
):
    stream = streams.overlay(graphic_id)
    await on_thread(change_often, graphic_id, 3)
    await on_thread(poison, stream, 2, payload)
    epoch = await on_thread(log.epoch)

    client = await studio.overlay(graphic_id, Cursor(0, epoch))
    await on_thread(change, graphic_id)
    await client.until_seq(4)

    assert client.seqs == [1, 2, 3, 4]
    assert client.frames[2] == {
        "type": "skipped",
        "stream": stream,
        "seq": 2,
        "reason": "unreadable",
    }


async def test_numbers_that_the_log_has_lost_are_skipped(studio: Studio, graphic_id: int):
    stream = streams.overlay(graphic_id)
    await on_thread(change_often, graphic_id, 6)
    await on_thread(lose, stream, 3, 4, 6)
    epoch = await on_thread(log.epoch)

    client = await studio.overlay(graphic_id, Cursor(1, epoch))
    await on_thread(change, graphic_id)
    await client.until_seq(7)

    assert client.seqs == [2, 4, 5, 6, 7]
    assert client.types[1:] == [
        "graphic_update",
        "skipped",
        "graphic_update",
        "skipped",
        "graphic_update",
    ]


async def test_pokes_that_lie_do_no_harm(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)
    stream = streams.overlay(graphic_id)

    studio.hub.poke(stream, 1_000)
    studio.hub.poke("overlay.9999", 5)
    await asyncio.sleep(0.1)
    await on_thread(change_often, graphic_id, 2)
    studio.hub.poke(stream, 1)
    await client.until_seq(2)

    assert client.seqs == [0, 1, 2]


async def test_hub_says_nothing_to_those_who_left(studio: Studio, graphic_id: int):
    staying, leaving = await studio.overlay(graphic_id), await studio.overlay(graphic_id)

    studio.leave(leaving)
    await on_thread(change, graphic_id)
    await staying.until_seq(1)

    assert leaving.seqs == [0]
