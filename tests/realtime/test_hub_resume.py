"""Where a returning client begins."""

import asyncio

import pytest

from gal_dashboard.core.context import Actor
from gal_dashboard.events import log, streams
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import SECONDS_TO_WAIT, Studio
from tests.realtime.writing import change, change_often, lose, on_thread, tell_staff

SCORER = Actor(name="ann", sid="s1", scopes=frozenset({"realtime:read"}))


async def cursor(after: int) -> Cursor:
    return Cursor(after, await on_thread(log.epoch))


async def test_first_overlay_of_a_quiet_graphic_gets_its_state(studio: Studio, graphic_id: int):
    client = await studio.overlay(graphic_id)

    assert client.types == ["connection_established", "snapshot"]
    assert client.established["stream"] == f"overlay.{graphic_id}"
    assert client.established["user_id"] is None
    assert (client.established["seq"], client.established["recovered"]) == (0, False)
    assert client.frames[1]["seq"] == 0
    assert client.frames[1]["data"]["graphic"]["id"] == graphic_id


@pytest.mark.parametrize(
    ("after", "recovered", "replayed"),
    [(0, True, [1, 2, 3, 4, 5]), (3, True, [4, 5]), (5, True, []), (6, False, [5])],
    ids=["start", "middle", "head", "beyond the head"],
)
@pytest.mark.parametrize("knows_the_stream", [False, True], ids=["from the log", "from memory"])
async def test_overlay_resumes(
    studio: Studio,
    graphic_id: int,
    after: int,
    recovered: bool,
    replayed: list[int],
    *,
    knows_the_stream: bool,
):
    if knows_the_stream:
        await studio.overlay(graphic_id)
    await on_thread(change_often, graphic_id, 5)
    if knows_the_stream:
        await studio.clients[0].until_seq(5)

    client = await studio.overlay(graphic_id, await cursor(after))

    assert (client.established["seq"], client.established["recovered"]) == (5, recovered)
    assert client.seqs == replayed
    assert ("snapshot" in client.types) is not recovered


async def test_cursor_of_another_epoch_gets_the_state(studio: Studio, graphic_id: int):
    await on_thread(change_often, graphic_id, 2)

    client = await studio.overlay(graphic_id, Cursor(1, "another"))

    assert client.types == ["connection_established", "snapshot"]
    assert client.established["recovered"] is False


async def test_cursor_before_what_was_trimmed_gets_the_state(studio: Studio, graphic_id: int):
    await on_thread(change_often, graphic_id, 4)
    await on_thread(lose, streams.overlay(graphic_id), 1, 2)

    trimmed = await studio.overlay(graphic_id, await cursor(1))
    still_there = await studio.overlay(graphic_id, await cursor(2))

    assert trimmed.types == ["connection_established", "snapshot"]
    assert still_there.seqs == [3, 4]


async def test_staff_socket_is_told_to_read_anew_on_its_first_connection(studio: Studio):
    await on_thread(tell_staff)

    client = await studio.staff(SCORER)

    assert client.types == ["connection_established", "resync_required"]
    assert client.frames[1]["stream"] == "staff"
    assert client.seqs == [1]


async def test_staff_socket_resumes(studio: Studio):
    for _ in range(3):
        await on_thread(tell_staff)

    client = await studio.staff(SCORER, await cursor(1))

    assert client.types == ["connection_established", "system_notification", "system_notification"]
    assert client.seqs == [2, 3]


class TestFarBehind:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(poll_seconds=60, behind_frames=10, behind_bytes=4_000)

    async def test_too_many_frames_are_answered_with_the_state(
        self, studio: Studio, graphic_id: int
    ):
        await on_thread(change_often, graphic_id, 12)

        far = await studio.overlay(graphic_id, await cursor(1))
        near = await studio.overlay(graphic_id, await cursor(2))

        assert far.types == ["connection_established", "snapshot"]
        assert near.seqs == list(range(3, 13))

    async def test_too_many_bytes_are_answered_with_the_state(
        self, studio: Studio, graphic_id: int
    ):
        await on_thread(change_often, graphic_id, 3, title="x" * 1_500)

        far = await studio.overlay(graphic_id, await cursor(0))
        near = await studio.overlay(graphic_id, await cursor(1))

        assert far.types == ["connection_established", "snapshot"]
        assert near.seqs == [2, 3]

    async def test_staff_is_told_to_read_anew(self, studio: Studio):
        for _ in range(12):
            await on_thread(tell_staff)

        client = await studio.staff(SCORER, await cursor(1))

        assert client.types == ["connection_established", "resync_required"]


class TestSmallPieces:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(
            poll_seconds=60, batch_frames=7, batch_bytes=3_000, ring_frames=4, behind_frames=100
        )

    async def test_client_that_falls_too_far_behind_in_its_replay_is_closed(
        self, studio: Studio, graphic_id: int
    ):
        await on_thread(change_often, graphic_id, 40)
        client = studio.knock(streams.overlay(graphic_id), await cursor(0))
        await client.until(lambda client: len(client.frames) > 3)
        client.stall()
        await on_thread(change_often, graphic_id, 120)
        feed = studio.hub._feeds[streams.overlay(graphic_id)]
        async with asyncio.timeout(SECONDS_TO_WAIT):
            # else it could be live before the hub has read the changes
            while feed.head != 160:  # noqa: ASYNC110 - the hub tells nobody how far it is
                await asyncio.sleep(0.01)
        client.read_on()

        assert await client.until_closed() == 4408
        assert client.seqs == list(range(1, len(client.seqs) + 1))

    async def test_replay_comes_whole_in_pieces_that_the_client_takes(
        self, studio: Studio, graphic_id: int
    ):
        await on_thread(change_often, graphic_id, 20)
        await on_thread(change_often, graphic_id, 6, title="x" * 2_000)

        client = await studio.overlay(graphic_id, await cursor(0))
        await on_thread(change, graphic_id)
        await client.until_seq(27)

        assert client.seqs == list(range(1, 28))

    async def test_client_that_stalls_in_its_replay_holds_one_piece_only(
        self, studio: Studio, graphic_id: int
    ):
        await on_thread(change_often, graphic_id, 40)
        client = studio.knock(streams.overlay(graphic_id), await cursor(0))
        await client.until(lambda client: len(client.frames) > 3)
        client.stall()
        await on_thread(change_often, graphic_id, 20)

        assert len(client.connection._backlog) < 7
        client.read_on()
        await client.until_seq(60)

        assert client.seqs == list(range(1, 61))
