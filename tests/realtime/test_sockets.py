"""Sockets over the wire, against the production server on both databases."""

import time
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus

from tests.realtime.wire import Socket, overlay, staff
from tests.support.api import Api, new_address
from tests.support.server import RunningServer


def token(client: Api) -> str:
    return client.tokens["access_token"]


def ticket(client: Api) -> str:
    return client.post("/auth/ws-ticket").json()["ticket"]


def rename(client: Api, graphic_id: int, title: str) -> None:
    assert client.put(f"/api/v1/graphics/{graphic_id}", json={"title": title}).status_code == 200


class TestOverlay:
    async def test_gets_the_state_and_then_every_change(self, server: RunningServer, api: Api):
        graphic = api.new_graphic(data_json={"elements": []})

        async with overlay(server, graphic["id"]) as socket:
            established, snapshot = await socket.frames(2)
            rename(api, graphic["id"], "Renamed")
            update = await socket.frame()

        assert established["data"]["recovered"] is False
        assert snapshot["data"]["graphic"] == {
            "id": graphic["id"],
            "title": "Standings",
            "data_json": {"elements": []},
            "version": 1,
            "tournament_id": None,
        }
        assert snapshot["seq"] == established["data"]["seq"]
        assert (update["type"], update["seq"]) == ("graphic_update", snapshot["seq"] + 1)
        assert update["data"]["graphic"]["title"] == "Renamed"

    async def test_change_is_there_at_once(self, server: RunningServer, api: Api):
        graphic = api.new_graphic()

        async with overlay(server, graphic["id"]) as socket:
            await socket.begin()
            rename(api, graphic["id"], "Renamed")
            answered = time.monotonic()
            await socket.frame()

        assert time.monotonic() - answered < 0.5  # far less than the poll's two seconds

    async def test_resumes_after_a_drop(self, server: RunningServer, api: Api):
        graphic = api.new_graphic()
        async with overlay(server, graphic["id"]) as socket:
            start = await socket.begin()
        for title in ["a", "b", "c"]:
            rename(api, graphic["id"], title)

        query = f"?after={start['seq'] + 1}&epoch={start['epoch']}"
        async with overlay(server, graphic["id"], query) as socket:
            established, *missed = await socket.frames(3)

        assert established["data"]["recovered"] is True
        assert [frame["data"]["graphic"]["title"] for frame in missed] == ["b", "c"]

    @pytest.mark.parametrize("origin", ["null", "https://anywhere.example"])
    async def test_is_open_to_every_page(self, server: RunningServer, api: Api, origin: str):
        async with overlay(server, api.new_graphic()["id"], origin=origin) as socket:
            assert (await socket.frame())["type"] == "connection_established"

    @pytest.mark.parametrize(
        "graphic_id",
        [
            "0",
            "01",
            "-1",
            "999999999",
            "9223372036854775808",
            "٣",
            "board",
            "%0A1",
            "1%0A",
            "",
            "a b",
        ],
    )
    async def test_unknown_graphic_is_closed_without_a_frame(
        self, server: RunningServer, graphic_id: str
    ):
        async with overlay(server, quote(graphic_id, safe="%")) as socket:
            assert await socket.closed() == ([], 4404)

    @pytest.mark.parametrize(
        "path", ["/", "/ws", "/ws/", "/ws/overlay", "/ws/nothing", "/ws/events/1"]
    )
    async def test_unknown_path_is_closed_without_a_frame(self, server: RunningServer, path: str):
        async with Socket(server, path) as socket:
            assert await socket.closed() == ([], 4404)

    async def test_says_what_it_has_drawn(self, server: RunningServer, api: Api):
        async with overlay(server, api.new_graphic()["id"]) as socket:
            await socket.begin()
            await socket.say({"type": "rendered", "version": 1, "seq": 1})
            await socket.say({"type": "rendered", "version": None, "seq": 0})
            await socket.say({"type": "rendered", "version": 1, "seq": -1})
            answer = await socket.frame()

        assert (answer["type"], answer["code"]) == ("error", "invalid_message")

    async def test_may_not_subscribe(self, server: RunningServer, api: Api):
        async with overlay(server, api.new_graphic()["id"]) as socket:
            await socket.begin()
            await socket.say({"type": "subscribe", "event_types": ["user_update"]})

            assert (await socket.frame())["code"] == "unknown_type"


class TestStaff:
    async def test_ticket_opens_one_socket(self, server: RunningServer, api: Api):
        query = f"?ticket={ticket(api)}"

        async with staff(server, query) as first, staff(server, query) as second:
            established, resync = await first.frames(2)
            assert await second.closed() == ([], 4401)

        assert established["data"]["stream"] == "staff"
        assert established["data"]["user_id"] is not None
        assert resync["type"] == "resync_required"

    async def test_programs_show_their_token(self, server: RunningServer, viewer: Api):
        async with staff(server, token=token(viewer)) as socket:
            assert (await socket.frame())["type"] == "connection_established"

    @pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=x", "?token=x&ticket=%00"])
    async def test_stranger_is_not_let_in(self, server: RunningServer, query: str):
        async with staff(server, query) as socket:
            assert await socket.closed() == ([], 4401)

    @pytest.mark.parametrize("garbage", ["x", "a.b.c", "", "é"])
    async def test_garbage_is_no_token(self, server: RunningServer, garbage: str):
        async with staff(server, token=garbage) as socket:
            assert await socket.closed() == ([], 4401)

    async def test_token_in_the_url_is_not_read(self, server: RunningServer, api: Api):
        async with staff(server, f"?token={token(api)}&access_token={token(api)}") as socket:
            assert await socket.closed() == ([], 4401)

    async def test_foreign_page_is_refused_by_http(self, server: RunningServer, api: Api):
        for origin in ["https://evil.example", "null"]:
            with pytest.raises(InvalidStatus) as refused:
                await staff(server, f"?ticket={ticket(api)}", origin=origin).__aenter__()
            assert refused.value.response.status_code == 403

    async def test_dashboards_and_own_pages_are_welcome(self, server: RunningServer, api: Api):
        for origin in ["http://localhost:3000", server.http_url]:
            async with staff(server, f"?ticket={ticket(api)}", origin=origin) as socket:
                assert (await socket.frame())["type"] == "connection_established"

    async def test_logout_ends_the_socket(self, server: RunningServer):
        with Api(server) as leaving:
            leaving.login()
            async with staff(server, f"?ticket={ticket(leaving)}") as socket:
                await socket.begin()
                leaving.post("/auth/logout")
                began = time.monotonic()

                assert (await socket.closed())[1] == 4401
        assert time.monotonic() - began < 3

    async def test_follows_only_what_it_asked_for(self, server: RunningServer, api: Api):
        async with staff(server, token=token(api)) as socket:
            await socket.begin()
            await socket.say(
                {"type": "subscribe", "event_types": ["tournament_update", "sunshine"]}
            )
            confirmed = await socket.frame_of_type("subscription_confirmed")
            api.new_graphic()
            api.new_tournament()
            skipped, update = await socket.frames(2)

        assert confirmed["data"] == {"event_types": ["tournament_update"]}
        assert (skipped["type"], skipped["reason"]) == ("skipped", "filtered")
        assert update["type"] == "tournament_update"
        assert update["seq"] == skipped["seq"] + 1

    @pytest.mark.parametrize("types", [None, "graphic_update", [1], {}])
    async def test_subscription_must_be_a_list_of_names(
        self, server: RunningServer, api: Api, types: object
    ):
        async with staff(server, token=token(api)) as socket:
            await socket.begin()
            await socket.say({"type": "subscribe", "event_types": types})

            assert (await socket.frame_of_type("error"))["code"] == "invalid_message"


HOSTILE = [
    "",
    "not json",
    "[]",
    "null",
    '"ping"',
    "{}",
    '{"type": null}',
    '{"type": "shout"}',
    '{"type": "__init__"}',
    '{"type": "rendered"}',
    '{"type": "ping", "type": "ping"}',
    '{"type": "ping", "x": NaN}',
    '{"type": "ping", "x": "\\ud800"}',
    '{"type": ' + "[" * 40 + "]" * 40 + "}",
    b"\xff\x00\xfe",
]


class TestHostileInput:
    @pytest.mark.parametrize("message", HOSTILE)
    @pytest.mark.parametrize("kind", ["overlay", "staff"])
    async def test_is_answered_and_the_socket_stays(
        self, server: RunningServer, api: Api, kind: str, message: str | bytes
    ):
        socket = (
            overlay(server, api.new_graphic()["id"])
            if kind == "overlay"
            else staff(server, token=token(api))
        )
        async with socket:
            await socket.begin()
            await socket.say(message)
            answer = await socket.frame_of_type("error")
            await socket.say({"type": "ping"})
            pong = await socket.frame_of_type("pong")

        assert answer["message"]
        assert answer["code"] in {"not_json", "not_an_object", "unknown_type", "invalid_message"}
        assert pong["timestamp"].endswith("Z")

    async def test_overlay_message_has_a_size(self, server: RunningServer, api: Api):
        graphic_id = api.new_graphic()["id"]
        padding = " " * (4096 - len('{"type":"ping"}'))
        async with overlay(server, graphic_id) as fits, overlay(server, graphic_id) as exceeds:
            await fits.begin()
            await fits.say('{"type":"ping"}' + padding)
            assert (await fits.frame())["type"] == "pong"
            await exceeds.begin()
            await exceeds.say('{"type":"ping"}' + padding + " ")
            assert await exceeds.closed() == ([], 1009)

    async def test_staff_message_has_a_size(self, server: RunningServer, api: Api):
        padding = " " * (65536 - len('{"type":"ping"}'))
        async with (
            staff(server, token=token(api)) as fits,
            staff(server, token=token(api)) as exceeds,
        ):
            await fits.say('{"type":"ping"}' + padding)
            await fits.frame_of_type("pong")
            await exceeds.begin()
            await exceeds.say('{"type":"ping"}' + padding + " ")
            assert (await exceeds.closed())[1] == 1009

    async def test_flood_is_answered_with_errors_and_then_closed(
        self, server: RunningServer, api: Api
    ):
        async with overlay(server, api.new_graphic()["id"]) as socket:
            await socket.begin()
            for _ in range(120):
                await socket.say({"type": "ping"})
            frames, code = await socket.closed()

        types = [frame["type"] for frame in frames]
        assert types[:10] == ["pong"] * 10
        assert types.count("error") == 50
        assert {frame["code"] for frame in frames if frame["type"] == "error"} == {
            "too_many_messages"
        }
        assert code == 4429

    async def test_clients_that_vanish_harm_nobody(self, server: RunningServer, api: Api):
        graphic_id = api.new_graphic()["id"]
        async with overlay(server, graphic_id) as staying:
            start = await staying.begin()
            for number in range(40):
                vanishing = await overlay(server, graphic_id, address=new_address()).__aenter__()
                if number % 2:
                    await vanishing.frame()
                vanishing.transport.abort()
            rename(api, graphic_id, "Still here")

            assert (await staying.frame())["seq"] == start["seq"] + 1
