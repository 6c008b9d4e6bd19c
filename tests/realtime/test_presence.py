"""Who is connected, and what overlays have drawn: over real sockets, asked over HTTP."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.realtime.wire import Socket, overlay, staff
from tests.support.api import Api, new_address
from tests.support.server import RunningServer

SECONDS = 30


def token(client: Api) -> str:
    return client.tokens["access_token"]


def status(client: Api) -> dict[str, Any]:
    answer = client.get("/api/v1/ws/status")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def until(find: Callable[[], Any]) -> Any:
    """What ``find`` finds, as soon as that is something."""
    deadline = time.monotonic() + SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, "it did not come to be"
        await asyncio.sleep(0.1)
    return found


def overlay_of(client: Api, connection_id: str) -> dict[str, Any] | None:
    overlays = status(client)["overlays"]
    return next((one for one in overlays if one["connection_id"] == connection_id), None)


async def activity_of(
    socket: Socket, user_name: str, is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The first word about somebody of whom ``is_so`` is true."""
    async with asyncio.timeout(SECONDS):
        while True:
            frame = await socket.frame()
            if frame["type"] != "user_activity":
                continue
            assert set(frame) == {"type", "data", "timestamp"}
            for user in frame["data"]["users"]:
                if user["user_name"] == user_name and is_so(user):
                    return user


def rename(client: Api, graphic_id: int, title: str) -> None:
    assert client.put(f"/api/v1/graphics/{graphic_id}", json={"title": title}).status_code == 200


class TestOverlays:
    async def test_overlay_is_told_with_what_it_draws(self, server: RunningServer, api: Api):
        graphic = api.new_graphic(title="Told")
        address = new_address()

        async with overlay(server, graphic["id"], address=address) as socket:
            start = await socket.begin()
            new = overlay_of(api, start["connection_id"])
            await socket.say({"type": "rendered", "version": 1, "seq": start["seq"]})
            drawn = await until(
                lambda: (one := overlay_of(api, start["connection_id"])) and one["drawn"] and one
            )
            rename(api, graphic["id"], "Told again")
            update = await socket.frame()
            behind = overlay_of(api, start["connection_id"])
            await socket.say({"type": "rendered", "version": 2, "seq": update["seq"]})
            ahead = await until(
                lambda: (
                    (one := overlay_of(api, start["connection_id"]))
                    and not one["is_behind"]
                    and one
                )
            )

        assert new is not None
        assert (new["graphic_id"], new["title"], new["archived"]) == (graphic["id"], "Told", False)
        assert (new["address"], new["drawn"], new["is_behind"]) == (address, None, True)
        assert new["since"].endswith("Z")
        assert drawn["drawn"]["version"] == 1
        assert drawn["drawn"]["delay_ms"] >= 0
        assert drawn["current"] == {"version": 1, "seq": start["seq"]}
        assert drawn["is_behind"] is False
        assert behind is not None
        assert behind["is_behind"] is True
        assert behind["drawn"]["version"] == 1
        assert behind["current"] == {"version": 2, "seq": update["seq"]}
        assert (ahead["drawn"]["version"], ahead["drawn"]["seq"]) == (2, update["seq"])
        assert ahead["drawn"]["delay_ms"] >= 0

    async def test_delay_is_the_time_from_the_hand_out_to_the_first_word(
        self, server: RunningServer, api: Api
    ):
        graphic = api.new_graphic()
        async with overlay(server, graphic["id"]) as socket:
            start = await socket.begin()
            told = []
            for _ in range(2):
                await asyncio.sleep(0.3)
                await socket.say({"type": "rendered", "version": 1, "seq": start["seq"]})
                await socket.say({"type": "ping"})
                await socket.frame_of_type("pong")
                told.append(overlay_of(api, start["connection_id"]))

        assert told[0] is not None
        assert told[1] is not None
        assert told[0]["drawn"]["delay_ms"] >= 300
        assert told[1]["drawn"] == told[0]["drawn"]

    @pytest.mark.parametrize("beyond", [1, 10**6, 2**53 - 1 - 100])
    async def test_what_was_never_handed_out_has_no_delay(
        self, server: RunningServer, api: Api, beyond: int
    ):
        graphic = api.new_graphic()
        async with overlay(server, graphic["id"]) as socket:
            start = await socket.begin()
            seq = start["seq"] + beyond
            await socket.say({"type": "rendered", "version": None, "seq": seq})
            await socket.say({"type": "ping"})
            await socket.frame_of_type("pong")

            found = overlay_of(api, start["connection_id"])

        assert found is not None
        assert (found["drawn"]["seq"], found["drawn"]["delay_ms"]) == (seq, None)
        assert found["drawn"]["version"] is None
        assert found["is_behind"] is True

    async def test_what_was_drawn_before_the_socket_has_no_delay(
        self, server: RunningServer, api: Api
    ):
        graphic = api.new_graphic()
        async with overlay(server, graphic["id"]) as socket:
            start = await socket.begin()
        query = f"?after={start['seq']}&epoch={start['epoch']}"
        async with overlay(server, graphic["id"], query) as socket:
            resumed = (await socket.frame())["data"]
            await socket.say({"type": "rendered", "version": 1, "seq": start["seq"]})
            await socket.say({"type": "ping"})
            await socket.frame_of_type("pong")

            found = overlay_of(api, resumed["connection_id"])

        assert found is not None
        assert (found["drawn"]["delay_ms"], found["is_behind"]) == (None, False)

    async def test_overlay_that_left_is_not_told(self, server: RunningServer, api: Api):
        async with overlay(server, api.new_graphic()["id"]) as socket:
            start = await socket.begin()
            assert overlay_of(api, start["connection_id"])

        assert await until(lambda: overlay_of(api, start["connection_id"]) is None)

    async def test_addresses_are_for_those_who_may_act(
        self, server: RunningServer, api: Api, viewer: Api
    ):
        async with overlay(server, api.new_graphic()["id"], address="203.0.113.77") as socket:
            start = await socket.begin()

            seen = overlay_of(viewer, start["connection_id"])
            text = viewer.get("/api/v1/ws/status").text

        assert seen is not None
        assert seen["address"] is None
        assert "203.0.113.77" not in text

    async def test_totals_count_every_socket(self, server: RunningServer, api: Api):
        async with (
            overlay(server, api.new_graphic()["id"]) as one,
            staff(server, token=token(api)) as other,
        ):
            await one.begin()
            await other.begin()

            found = status(api)

        assert found["total"]["overlays"] == len(found["overlays"])
        assert found["total"]["staff"] == len(found["staff"])
        assert found["total"]["sockets"] == len(found["overlays"]) + len(found["staff"])
        assert found["total"]["behind"] == sum(one["is_behind"] for one in found["overlays"])
        assert [process["overlays"] for process in found["processes"]] == [len(found["overlays"])]


class TestStaff:
    async def test_newcomer_is_told_who_is_here(self, server: RunningServer, api: Api, viewer: Api):
        graphic = api.new_graphic()["id"]
        async with staff(server, token=token(viewer)) as first:
            await first.begin()
            await first.say({"type": "viewing", "graphic_id": graphic})
            async with staff(server, token=token(api), hears_activity=True) as second:
                found = await activity_of(
                    second, "dashboard_viewer", lambda user: graphic in user["viewing"]
                )

        assert found["action"] in {"present", "changed"}
        assert found["sockets"] >= 1
        assert found["user_id"] is not None

    async def test_who_views_what_is_told_as_it_changes(
        self, server: RunningServer, api: Api, viewer: Api
    ):
        one, other = api.new_graphic()["id"], api.new_graphic()["id"]
        async with staff(server, token=token(api), hears_activity=True) as watching:
            await watching.begin()
            async with staff(server, token=token(viewer)) as looking:
                start = await looking.begin()
                await looking.say({"type": "viewing", "graphic_id": one})
                await activity_of(watching, "dashboard_viewer", lambda who: one in who["viewing"])
                sockets = status(api)["staff"]
                [told] = [s for s in sockets if s["connection_id"] == start["connection_id"]]
                await looking.say({"type": "viewing", "graphic_id": other})
                await activity_of(watching, "dashboard_viewer", lambda who: other in who["viewing"])
                await looking.say({"type": "viewing", "graphic_id": None})
                await activity_of(
                    watching, "dashboard_viewer", lambda who: other not in who["viewing"]
                )

            left = await activity_of(
                watching, "dashboard_viewer", lambda who: who["action"] == "left"
            )

        assert told["user_name"] == "dashboard_viewer"
        assert told["viewing"] == one
        assert "address" not in told
        assert (left["sockets"], left["viewing"], left["editing"]) == (0, [], [])

    async def test_who_edits_what_is_told_as_it_changes(
        self, server: RunningServer, api: Api, viewer: Api
    ):
        graphic = api.new_graphic(title="Edited")["id"]
        async with staff(server, token=token(viewer), hears_activity=True) as watching:
            await watching.begin()
            assert api.post(f"/api/v1/lock/{graphic}").status_code == 200
            await activity_of(watching, "dashboard_user", lambda who: graphic in who["editing"])
            editors = status(viewer)["editors"]
            assert api.delete(f"/api/v1/lock/{graphic}").status_code == 200
            await activity_of(watching, "dashboard_user", lambda who: graphic not in who["editing"])

        [edited] = [one for one in editors if one["graphic_id"] == graphic]
        assert (edited["user_name"], edited["title"]) == ("dashboard_user", "Edited")

    async def test_overlays_are_no_users(self, server: RunningServer, api: Api, viewer: Api):
        graphic = api.new_graphic()["id"]
        mark = api.new_graphic()["id"]
        async with staff(server, token=token(viewer), hears_activity=True) as watching:
            await watching.begin()
            before = await activity_of(
                watching, "dashboard_viewer", lambda who: who["action"] == "present"
            )
            async with contextlib.AsyncExitStack() as open_overlays:
                for _ in range(20):
                    passing = await open_overlays.enter_async_context(overlay(server, graphic))
                    await passing.begin()
                await watching.say({"type": "viewing", "graphic_id": mark})
                after = await activity_of(
                    watching, "dashboard_viewer", lambda who: mark in who["viewing"]
                )

        # those of tests before this one may have left meanwhile
        assert 1 <= after["sockets"] <= before["sockets"]
        assert graphic not in after["viewing"]

    @pytest.mark.parametrize(
        ("wanted", "hears"), [(["graphic_update"], False), (["user_activity"], True)]
    )
    async def test_narrowed_socket_hears_of_users_only_if_it_asks(
        self, server: RunningServer, api: Api, viewer: Api, wanted: list[str], hears: bool
    ):
        graphic = api.new_graphic()["id"]
        async with (
            staff(server, token=token(viewer), hears_activity=True) as narrow,
            staff(server, token=token(viewer), hears_activity=True) as wide,
        ):
            await narrow.begin()
            await narrow.say({"type": "subscribe", "event_types": wanted})
            confirmed = await narrow.frame_of_type("subscription_confirmed")
            await wide.say({"type": "viewing", "graphic_id": graphic})
            await activity_of(wide, "dashboard_viewer", lambda who: graphic in who["viewing"])
            await narrow.say({"type": "ping"})
            types = []
            while (frame := await narrow.frame())["type"] != "pong":
                types.append(frame["type"])

        assert confirmed["data"] == {"event_types": wanted}
        assert ("user_activity" in types) is hears

    @pytest.mark.parametrize(
        "message",
        [
            {},
            {"graphic_id": "1"},
            {"graphic_id": 0},
            {"graphic_id": -1},
            {"graphic_id": 1.5},
            {"graphic_id": True},
            {"graphic_id": [1]},
        ],
    )
    async def test_viewing_names_a_graphic(
        self, server: RunningServer, api: Api, message: dict[str, Any]
    ):
        async with staff(server, token=token(api)) as socket:
            await socket.begin()
            await socket.say({"type": "viewing", **message})

            assert (await socket.frame_of_type("error"))["code"] == "invalid_message"

    async def test_overlays_may_not_say_what_they_view(self, server: RunningServer, api: Api):
        async with overlay(server, api.new_graphic()["id"]) as socket:
            await socket.begin()
            await socket.say({"type": "viewing", "graphic_id": 1})

            assert (await socket.frame())["code"] == "unknown_type"
