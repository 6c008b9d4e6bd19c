"""A person's order to overlay pages: who may give it, which sockets hear it, and how often."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from django.utils import timezone

from gal_dashboard.realtime import reloads
from gal_dashboard.realtime.hub import hub
from tests.realtime.clients import Studio
from tests.realtime.wire import Socket, overlay, staff
from tests.realtime.writing import make_graphic, on_thread
from tests.support.api import Api
from tests.support.rows import audited, value
from tests.support.server import RunningServer

ORDER = "/api/v1/ws/overlays/reload"


async def orders_until_pong(socket: Socket) -> list[dict]:
    """The orders that a socket has heard. Those of its own process come before its own pong."""
    await socket.say({"type": "ping"})
    frames = []
    while (frame := await socket.frame())["type"] != "pong":
        frames.append(frame)
    return [frame for frame in frames if frame["type"] == "reload"]


async def test_order_reaches_the_overlays_that_it_names(server: RunningServer, api: Api):
    one, other = api.new_graphic()["id"], api.new_graphic()["id"]
    async with (
        overlay(server, one) as first,
        overlay(server, one) as second,
        overlay(server, other) as third,
    ):
        connection_id = (await first.begin())["connection_id"]
        await second.begin()
        await third.begin()

        of_one = api.post(ORDER, json={"connection_id": connection_id, "reason": "It hangs."})
        heard_by_one = [await first.frame_of_type("reload")]
        of_graphic = api.post(ORDER, json={"graphic_id": one, "reason": "New fonts."})
        heard_of_graphic = [await socket.frame_of_type("reload") for socket in (first, second)]
        of_all = api.post(ORDER, json={})
        heard_by_all = [await socket.frame_of_type("reload") for socket in (first, second, third)]
        later = [await orders_until_pong(socket) for socket in (first, second, third)]

    assert [answer.status_code for answer in (of_one, of_graphic, of_all)] == [200, 200, 200]
    assert (of_one.json()["overlays"], of_graphic.json()["overlays"]) == (1, 2)
    assert of_all.json()["overlays"] >= 3
    assert [frame["reason"] for frame in heard_by_one] == ["It hangs."]
    assert [frame["reason"] for frame in heard_of_graphic] == ["New fonts."] * 2
    assert [frame["reason"] for frame in heard_by_all] == [""] * 3
    assert later == [[], [], []]
    for frames in (heard_by_one, heard_of_graphic, heard_by_all):
        assert len({frame["order"] for frame in frames}) == 1
        assert all("seq" not in frame for frame in frames)


async def test_staff_sockets_are_no_overlays(server: RunningServer, api: Api):
    async with (
        overlay(server, api.new_graphic()["id"]) as told,
        staff(server, token=api.tokens["access_token"]) as watching,
    ):
        await told.begin()
        start = await watching.begin()

        api.post(ORDER, json={"reason": "New fonts."})
        await told.frame_of_type("reload")
        await watching.say({"type": "ping"})
        frames = []
        while (frame := await watching.frame())["type"] != "pong":
            frames.append(frame)

    # an order is no event, so it takes no number of anybody's stream
    assert [frame for frame in frames if frame.get("seq", 0) > start["seq"]] == []


async def test_order_is_audited(server: RunningServer, api: Api):
    graphic = api.new_graphic()["id"]
    before = len(audited(server, "overlay.reload_ordered"))
    async with overlay(server, graphic) as socket:
        connection_id = (await socket.begin())["connection_id"]

        api.post(ORDER, json={"connection_id": connection_id, "reason": "It hangs."})

    [(actor, kind, target)] = audited(server, "overlay.reload_ordered")[before:]
    assert (actor, kind, target) == ("dashboard_user", "graphic", graphic)
    changes = value(
        server,
        "SELECT CAST(changes AS TEXT) FROM audit_auditentry WHERE action = %s AND target_id = %s",
        "overlay.reload_ordered",
        graphic,
    )
    assert connection_id in changes
    assert "It hangs." in changes


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"graphic_id": 2**53 - 1}, "graphic_id"),
        ({"graphic_id": 0}, "graphic_id"),
        ({"graphic_id": "1"}, "graphic_id"),
        ({"connection_id": "nobody"}, "connection_id"),
        ({"connection_id": ""}, "connection_id"),
        ({"connection_id": 7}, "connection_id"),
        ({"connection_id": "x" * 33}, "connection_id"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": 1}, "reason"),
        ({"reason": "a\u202eb"}, "reason"),
    ],
)
def test_what_is_not_there_is_not_reloaded(server: RunningServer, api: Api, body: dict, field: str):
    before = len(audited(server, "overlay.reload_ordered"))

    answer = api.post(ORDER, json=body)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert len(audited(server, "overlay.reload_ordered")) == before


def test_viewers_order_nothing(viewer: Api):
    assert viewer.post(ORDER, json={}).status_code == 403


@pytest_asyncio.fixture
async def studio(log: None) -> AsyncIterator[Studio]:
    """The hub of this process with the clients of a test."""
    studio = Studio(hub)
    await hub.start()
    yield studio
    await studio.close()


async def test_order_that_comes_too_late_is_void(studio: Studio):
    client = await studio.overlay(await on_thread(make_graphic))
    order = {"graphic_id": None, "connection_id": None, "reason": ""}
    now = timezone.now()

    for name, age in [("old", 61), ("new", 0)]:
        ordered_at = (now - timedelta(seconds=age)).isoformat()
        await reloads.obey({**order, "order": name, "ordered_at": ordered_at})
    await reloads.obey(None)
    await client.until(lambda client: "reload" in client.types)
    await asyncio.sleep(0)

    heard = [frame["order"] for frame in client.frames if frame["type"] == "reload"]
    assert heard == ["new"]
