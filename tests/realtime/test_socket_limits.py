"""How many sockets, how slow a reader, and what a restart does to them."""

import asyncio
import contextlib
import time

import pytest
from websockets.exceptions import InvalidStatus

from tests.conftest import NewServer
from tests.realtime.wire import Socket, overlay, staff
from tests.support.api import Api

HERE, ELSEWHERE = "203.0.113.1", "203.0.113.2"
COMMANDS = ["serve", "runserver"]


async def test_sockets_of_one_address_and_of_one_session_are_counted(new_server: NewServer):
    server = new_server(environment={"RATE_LIMITS": "on"})
    with Api(server) as api:
        api.login()
        graphic_id = api.new_graphic()["id"]
        token = api.tokens["access_token"]
        async with contextlib.AsyncExitStack() as inside:

            async def enter(socket: Socket) -> Socket:
                await inside.enter_async_context(socket)
                assert (await socket.frame())["type"] == "connection_established"
                return socket

            first, *_ = [await enter(overlay(server, graphic_id, address=HERE)) for _ in range(300)]
            await enter(overlay(server, graphic_id, address=ELSEWHERE))
            for _ in range(20):
                await enter(staff(server, token=token))

            async with overlay(server, graphic_id, address=HERE) as surplus:
                assert await surplus.closed() == ([], 4429)
            async with staff(server, token=token) as surplus:
                assert await surplus.closed() == ([], 4429)
            await first.__aexit__(None, None, None)
            await enter(overlay(server, graphic_id, address=HERE))


async def test_client_that_does_not_read_hurts_nobody(new_server: NewServer):
    server = new_server()
    with Api(server) as api:
        api.login()
        filler = "x" * 60_000
        graphic_id = api.new_graphic(data_json={"filler": filler})["id"]
        async with overlay(server, graphic_id) as quick, overlay(server, graphic_id) as slow:
            await quick.begin()
            await slow.begin()
            slow.transport.pause_reading()

            slowest = 0.0
            for number in range(200):
                body = {"data_json": {"filler": filler, "number": number}}
                answer = await asyncio.to_thread(
                    api.put, f"/api/v1/graphics/{graphic_id}", json=body
                )
                assert answer.status_code == 200
                answered = time.monotonic()
                frame = await quick.frame()
                slowest = max(slowest, time.monotonic() - answered)
                assert frame["data"]["graphic"]["data_json"]["number"] == number
            slow.transport.resume_reading()
            frames, code = await slow.closed()

    assert slowest < 1.5  # less than the poll's two seconds
    assert code == 4408
    # What it got is whole and in order; it may come back and ask for the rest.
    seqs = [frame["seq"] for frame in frames]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert len(seqs) < 200


@pytest.mark.parametrize("command", COMMANDS)
async def test_overlay_goes_on_after_a_kill_as_if_nothing_had_been(
    new_server: NewServer, command: str
):
    server = new_server(command=command)
    with Api(server) as api:
        api.login()
        graphic_id = api.new_graphic()["id"]
        async with overlay(server, graphic_id) as socket:
            start = await socket.begin()
            api.put(f"/api/v1/graphics/{graphic_id}", json={"title": "seen"})
            seen = (await socket.frame())["seq"]
            api.put(f"/api/v1/graphics/{graphic_id}", json={"title": "written before the kill"})
            server.kill()
        server.start()
        api.put(f"/api/v1/graphics/{graphic_id}", json={"title": "written after it"})

        async with overlay(server, graphic_id, f"?after={seen}&epoch={start['epoch']}") as socket:
            established, *missed = await socket.frames(3)

    assert established["data"]["recovered"] is True
    assert [frame["data"]["graphic"]["title"] for frame in missed] == [
        "written before the kill",
        "written after it",
    ]
    assert [frame["seq"] for frame in missed] == [seen + 1, seen + 2]


async def test_shutdown_tells_sockets_to_come_back(new_server: NewServer):
    server = new_server()
    with Api(server) as api:
        api.login()
        async with overlay(server, api.new_graphic()["id"]) as socket:
            await socket.begin()
            assert await asyncio.to_thread(server.stop) == 0

            assert await socket.closed() == ([], 1012)


async def test_command_in_another_process_is_heard_of(new_server: NewServer):
    server = new_server()
    archive = (
        "from graphics.models import Graphic\n"
        "from gal_dashboard.events.recording import NewEvent, emit, recording\n"
        "with recording():\n"
        "    Graphic.objects.update(archived=True)\n"
        "    data = {'action': 'archived', 'graphic_id': GRAPHIC, 'version': 1}\n"
        "    emit(NewEvent(type='graphic_update', name='graphic.archived', payload=data,"
        " public_payload=data), overlays=[GRAPHIC])\n"
    )
    with Api(server) as api:
        api.login()
        graphic_id = api.new_graphic()["id"]
    async with overlay(server, graphic_id) as socket:
        await socket.begin()
        code = archive.replace("GRAPHIC", str(graphic_id))
        await asyncio.to_thread(server.manage, "shell", "--command", code)
        began = time.monotonic()
        frames, close_code = await socket.closed()

    assert time.monotonic() - began < 20
    assert [frame["data"]["action"] for frame in frames] == ["archived"]
    assert close_code == 4404


async def test_daphne_serves_sockets_too(new_server: NewServer):
    server = new_server(command="runserver")
    with Api(server) as api:
        api.login()
        graphic_id = api.new_graphic()["id"]
        ticket = api.post("/auth/ws-ticket").json()["ticket"]
        async with (
            overlay(server, graphic_id) as public,
            staff(server, f"?ticket={ticket}") as crew,
        ):
            await public.begin()
            await crew.begin()
            await public.say("not json")
            assert (await public.frame())["code"] == "not_json"
            api.put(f"/api/v1/graphics/{graphic_id}", json={"title": "Renamed"})
            assert (await public.frame())["data"]["graphic"]["title"] == "Renamed"
            assert (await crew.frame_of_type("graphic_update"))["data"]["actor"] == "dashboard_user"
            await public.say("x" * 5000)
            assert await public.closed() == ([], 1009)
        async with overlay(server, 999) as unknown:
            assert await unknown.closed() == ([], 4404)
        async with staff(server, f"?ticket={ticket}") as used:
            assert await used.closed() == ([], 4401)
        with pytest.raises(InvalidStatus, match="403"):
            await staff(server, origin="https://evil.example").__aenter__()
    assert "Traceback" not in server.log.read_text()
