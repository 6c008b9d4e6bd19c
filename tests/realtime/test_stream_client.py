"""The client that other tests follow streams with: it comes back, loses nothing and is strict."""

import asyncio
from typing import Any

import pytest

from tests.conftest import NewServer
from tests.realtime.wire import overlay
from tests.support.api import Api
from tests.support.fold import standings_of
from tests.support.place import NumbersError, Place
from tests.support.server import RunningServer
from tests.support.stream_client import RefusedError, StreamClient
from tests.support.stream_thread import following
from tests.tournaments.deeds import enter, new_lobby

EVENT = "tournaments/demo/inkborn-fables-americas-cup-1.json"
LARGE = {"elements": [], "notes": "x" * 70_000}


def save(api: Api, graphic_id: int, **fields: Any) -> None:
    answer = api.put(f"/api/v1/graphics/{graphic_id}", json=fields)
    assert answer.status_code == 200, answer.text


async def fresh_state(server: RunningServer, graphic_id: int) -> tuple[int, dict[str, Any]]:
    async with overlay(server, graphic_id) as socket:
        _, snapshot = await socket.frames(2)
    return snapshot["seq"], snapshot["data"]


async def test_folds_what_a_fresh_client_gets(server: RunningServer, api: Api):
    tournament = api.new_tournament()
    graphic_id = api.new_graphic()["id"]

    async with StreamClient.overlay(server.http_url, graphic_id) as client:
        await client.until_connected()
        save(api, graphic_id, title="Tied", tournament_id=tournament["id"])
        api.patch(f"/api/v1/tournaments/{tournament['id']}", json={"name": "Finals"})
        save(api, graphic_id, data_json=LARGE)
        seq, state = await fresh_state(server, graphic_id)
        await client.until_seq(seq)

        assert client.state_at(seq) == client.fold.state == state
        assert state["tournament"]["name"] == "Finals"
        assert state["graphic"]["data_json"] is None
        assert (await client.picture())["graphic"]["data_json"] == LARGE


async def test_fetches_standings_that_are_too_large_for_a_frame(server: RunningServer, api: Api):
    tournament = new_lobby(api, players=600)
    graphic_id = api.new_graphic(tournament_id=tournament["id"])["id"]

    async with StreamClient.overlay(server.http_url, graphic_id) as client:
        await client.until_connected()
        expected = enter(api, tournament, "1.1", tournament["names"][:8])
        await client.until_seq((client.established[0]["seq"] or 0) + 1)
        assert client.fold.standings is None
        standings = (await client.picture())["standings"]

    names = [row["player_name"] for row in standings["standings"]]
    assert names == [row["player_name"] for row in expected["standings"]]
    assert names[:8] == tournament["names"][:8]


async def test_resumes_each_time_that_its_line_is_lost(server: RunningServer, api: Api):
    graphic_id = api.new_graphic()["id"]

    async with StreamClient.overlay(server.http_url, graphic_id) as client:
        await client.until_connected()
        start = client.seq
        for number in range(4):
            client.drop()
            save(api, graphic_id, title=f"Title {number}")
            await client.until_connected(number + 2)
        await client.until_seq(start + 4)

    assert client.seqs == list(range(start + 1, start + 5))
    assert [data["recovered"] for data in client.established] == [False, True, True, True, True]


async def test_crew_follows_with_a_new_ticket_each_time(server: RunningServer, api: Api):
    def ticket() -> str:
        return api.post("/auth/ws-ticket").json()["ticket"]

    async with StreamClient.staff(server.http_url, ticket=ticket) as client:
        await client.until_connected()
        client.drop()
        graphic_id = api.new_graphic()["id"]
        await client.until(
            lambda client: any(
                event["data"].get("graphic_id") == graphic_id
                for event in client.events
                if event["type"] == "graphic_update"
            )
        )

    assert [data["recovered"] for data in client.established] == [False, True]


async def test_goes_when_its_session_has_ended(server: RunningServer):
    with Api(server) as leaving:
        leaving.login()
        token = leaving.tokens["access_token"]
        async with StreamClient.staff(server.http_url, token=token) as client:
            await client.until_connected()
            leaving.post("/auth/logout")

            with pytest.raises(RefusedError, match="4401"):
                await client.until(lambda client: len(client.established) > 1)
            client.forgive()


async def test_waits_for_an_archived_graphic(server: RunningServer, api: Api):
    graphic_id = api.new_graphic()["id"]

    async with StreamClient.overlay(server.http_url, graphic_id) as client:
        await client.until_connected()
        api.post(f"/api/v1/archive/{graphic_id}")
        await client.until(lambda client: 4404 in client.endings)
        assert client.fold.is_withdrawn
        api.post(f"/api/v1/archive/{graphic_id}/restore")
        await client.until(lambda client: not client.fold.is_withdrawn)

    assert client.established[-1]["recovered"] is True


def test_follows_on_a_thread_through_a_restart(new_server: NewServer):
    server = new_server()
    with Api(server) as api:
        graphic_id = api.login().new_graphic()["id"]
        with following(lambda: StreamClient.overlay(server.http_url, graphic_id)) as follower:
            follower.until_connected()
            start = follower.client.seq or 0
            assert server.stop() == 0
            server.start()
            save(api, graphic_id, title="After the restart")
            follower.until_seq(start + 1)

            assert follower.picture()["graphic"]["title"] == "After the restart"
    assert follower.client.endings[0] == 1012
    assert follower.client.seqs == [start + 1]


def frame(kind: str, seq: int) -> dict[str, Any]:
    return {"type": kind, "stream": "overlay.1", "seq": seq}


def established(seq: int, *, recovered: bool = False, epoch: str = "e") -> dict[str, Any]:
    data = {"stream": "overlay.1", "epoch": epoch, "seq": seq, "recovered": recovered}
    return {"type": "connection_established", "data": data}


class TestPlace:
    def test_goes_on_by_one_and_by_runs_that_were_skipped(self):
        place = Place()
        place.begin()

        place.take_all([established(4), frame("snapshot", 4), frame("graphic_update", 5)])
        place.take(frame("skipped", 9))
        place.take({"type": "pong"})
        place.take(frame("graphic_update", 10))

        assert (place.seq, place.query) == (10, "after=10&epoch=e")

    @pytest.mark.parametrize(
        "frames",
        [
            [frame("snapshot", 4)],
            [established(4), frame("graphic_update", 5)],
            [established(4), frame("snapshot", 3)],
            [established(4), frame("snapshot", 4), frame("graphic_update", 4)],
            [established(4), frame("snapshot", 4), frame("graphic_update", 6)],
            [established(4), frame("snapshot", 4), frame("skipped", 4)],
            [established(4), frame("snapshot", 4), frame("snapshot", 5)],
            [established(4), frame("snapshot", 4) | {"stream": "overlay.2"}],
            [established(4, recovered=True)],
        ],
        ids=[
            "nothing first",
            "no state",
            "another state",
            "twice",
            "a gap",
            "an old run",
            "two states",
            "another stream",
            "recovered without a place",
        ],
    )
    def test_takes_no_broken_promise(self, frames: list[dict[str, Any]]):
        place = Place()
        place.begin()

        with pytest.raises(NumbersError):
            place.take_all(frames)


async def test_scoreboard_has_what_the_frame_of_the_standings_had(server: RunningServer, api: Api):
    await asyncio.to_thread(server.manage, "import_event", EVENT, "--until", "1.2")
    [tournament] = api.get("/api/v1/tournaments?search=Americas").json()["tournaments"]
    graphic_id = api.new_graphic(tournament_id=tournament["id"])["id"]

    _, state = await fresh_state(server, graphic_id)

    scoreboard = api.get(f"/api/v1/scoreboard/{state['snapshot_id']}").json()
    assert standings_of(scoreboard) == state["standings"]
