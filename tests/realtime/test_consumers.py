"""Consumers as a server runs them, so that a test sees what is left behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.testing import ApplicationCommunicator
from django.db import connection

from gal_dashboard.core.context import Actor
from gal_dashboard.core.options import value
from gal_dashboard.realtime import ports, tickets
from gal_dashboard.realtime.hub import hub
from gal_dashboard.realtime.options import SOCKETS_PER_PROCESS
from gal_dashboard.realtime.routing import websockets
from graphics.event_data import OverlayState
from graphics.selectors import overlay_snapshot
from tests.realtime.clients import SECONDS_TO_WAIT
from tests.realtime.people import sign_in
from tests.realtime.writing import change, change_often, on_thread
from tests.support import frames
from users import league_passwords
from users.choices import Role


@pytest_asyncio.fixture(autouse=True)
async def process_hub(log: None) -> AsyncIterator[None]:
    """The hub of this process, which consumers use: it starts with the first socket."""
    await on_thread(league_passwords.ensure_adopted)
    yield
    await hub.stop()
    assert hub.admission.count("process") == 0


class Server:
    """The server's side of one socket."""

    def __init__(self, path: str, query: str = "", **scope: Any) -> None:
        self.path = path
        self.socket = ApplicationCommunicator(
            websockets,
            {
                "type": "websocket",
                "path": path,
                "root_path": "",
                "query_string": query.encode(),
                "headers": [],
                "client": ["192.0.2.1", 4711],
                **scope,
            },
        )

    async def connect(self) -> None:
        await self.socket.send_input({"type": "websocket.connect"})

    async def accepted(self) -> None:
        await self.connect()
        assert await self.output() == {"type": "websocket.accept"}

    async def output(self) -> dict[str, Any]:
        return await self.socket.receive_output(timeout=SECONDS_TO_WAIT)

    async def frame(self) -> dict[str, Any]:
        message = await self.output()
        assert message["type"] == "websocket.send", message
        return frames.received(message["text"], frames.channel_of(self.path))

    async def say(self, text: str) -> None:
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def disconnect(self) -> None:
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1006})
        await self.socket.wait()


def everything_is_left() -> bool:
    return not hub.connections and hub.admission.count("process") == 0


async def test_first_socket_starts_the_hub_where_a_server_has_no_lifespan(graphic_id: int):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()
    assert (await server.frame())["type"] == "connection_established"
    assert (await server.frame())["type"] == "snapshot"

    await on_thread(change, graphic_id)

    assert (await server.frame())["seq"] == 1
    await server.disconnect()
    assert everything_is_left()


async def test_foreign_page_gets_no_overlay_where_pages_are_listed(settings, graphic_id: int):
    settings.OVERLAY_ORIGINS = ["https://show.example"]
    own, foreign = [
        Server(f"/ws/overlay/{graphic_id}", headers=[(b"origin", b"https://" + name)])
        for name in (b"show.example", b"anywhere.example")
    ]

    await own.accepted()
    await own.frame()
    await foreign.connect()

    # before accept: the server answers 403
    assert await foreign.socket.receive_output() == {"type": "websocket.close"}
    await own.disconnect()
    assert everything_is_left()


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 20])
async def test_disconnect_in_any_phase_leaves_nothing(graphic_id: int, steps: int):
    await on_thread(change_often, graphic_id, 5)
    tasks = len(asyncio.all_tasks())
    server = Server(f"/ws/overlay/{graphic_id}", "after=0&epoch=x")
    await server.connect()

    for _ in range(steps):
        await asyncio.sleep(0.001)
    await server.disconnect()
    await asyncio.sleep(0.05)

    assert everything_is_left()
    async with asyncio.timeout(20):  # the hub begins to listen, too, and is done with that soon
        while len(asyncio.all_tasks()) > tasks + 3:  # noqa: ASYNC110 - its watch, presence, lookout
            await asyncio.sleep(0.01)


async def test_disconnect_while_somebody_is_identified_leaves_nothing():
    ann = await on_thread(sign_in, "ann", Role.PRODUCER)
    ticket = await on_thread(tickets.issue, ann)
    server = Server("/ws/events", f"ticket={ticket}")

    await server.accepted()
    await server.disconnect()
    await asyncio.sleep(0.05)

    assert everything_is_left()


async def test_cancelled_consumer_leaves_and_says_that_it_comes_back(graphic_id: int):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()
    await server.frame()
    await server.frame()

    server.socket.future.cancel()
    farewell = await server.output()
    await asyncio.sleep(0)

    assert farewell == {"type": "websocket.close", "code": 1012}
    assert everything_is_left()


@pytest.mark.parametrize(
    ("roles", "changes", "code"),
    [((Role.VIEWER,), {}, None), ((), {}, 4403), ((Role.PRODUCER,), {"sid": "ended"}, 4401)],
    ids=["viewer", "nobody in particular", "session that has ended"],
)
async def test_staff_socket_is_for_who_may_follow(
    roles: tuple[Role, ...], changes: dict[str, str], code: int | None
):
    ann = await on_thread(sign_in, "ann", *roles, **changes)
    ticket = await on_thread(tickets.issue, ann)
    server = Server("/ws/events", f"ticket={ticket}")
    await server.accepted()

    if code is None:
        assert (await server.frame())["type"] == "connection_established"
    else:
        assert await server.output() == {"type": "websocket.close", "code": code}
    await server.disconnect()


async def test_administrator_by_ticket_sees_people(log: None):
    ann = await on_thread(sign_in, "ann", Role.ADMINISTRATOR)
    ticket = await on_thread(tickets.issue, ann)
    server = Server("/ws/events", f"ticket={ticket}")
    await server.accepted()
    established = await server.frame()
    [socket] = hub.connections

    assert established["data"]["user_id"] == ann.user_id
    assert isinstance(socket.actor, Actor)
    assert socket.actor.may("users:write")
    await server.disconnect()


async def test_what_an_overlay_has_drawn_is_kept(graphic_id: int):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()
    await server.frame()
    await server.frame()
    [socket] = hub.connections

    await server.say('{"type": "rendered", "version": 3, "seq": 14}')
    await server.say('{"type": "ping"}')
    await server.frame()

    assert socket.rendered is not None
    assert (socket.rendered.version, socket.rendered.seq) == (3, 14)
    await server.disconnect()


async def test_messages_before_the_first_frame_are_answered_after_it(graphic_id: int):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()
    await server.say('{"type": "ping"}')

    types = [(await server.frame())["type"] for _ in range(3)]

    assert types[0] == "connection_established"
    assert sorted(types[1:]) == ["pong", "snapshot"]
    await server.disconnect()


async def test_root_path_from_a_stranger_is_no_fault():
    server = Server("/ws/overlay/1", root_path="/elsewhere")

    await server.accepted()

    assert (await server.output())["code"] == 4404
    await server.disconnect()


async def test_scope_without_a_client_is_served(graphic_id: int):
    server = Server(f"/ws/overlay/{graphic_id}", client=None)
    await server.accepted()

    assert (await server.frame())["type"] == "connection_established"
    await server.disconnect()


async def staff_server() -> Server:
    ann = await on_thread(sign_in, "ann", Role.PRODUCER)
    server = Server("/ws/events", f"ticket={await on_thread(tickets.issue, ann)}")
    await server.accepted()
    await server.frame()
    await server.frame()
    return server


async def overlay_server(graphic_id: int) -> Server:
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()
    await server.frame()
    await server.frame()
    return server


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "{"}, "not_json"),
        ({"bytes": b"\xff"}, "not_json"),
        ({}, "not_json"),
        ({"text": "[]"}, "not_an_object"),
        ({"text": '{"type": "rendered"}'}, "unknown_type"),
        ({"text": '{"type": "subscribe"}'}, "invalid_message"),
    ],
)
async def test_message_that_cannot_be_followed_is_answered(message: dict[str, Any], code: str):
    server = await staff_server()

    await server.socket.send_input({"type": "websocket.receive", **message})

    assert (await server.frame())["code"] == code
    await server.disconnect()


async def test_subscription_is_confirmed():
    server = await staff_server()

    await server.say('{"type": "subscribe", "event_types": ["lock_status", "nothing"]}')

    assert (await server.frame())["data"] == {"event_types": ["lock_status"]}
    await server.disconnect()


async def test_large_message_ends_the_socket_and_what_follows_is_not_heard(graphic_id: int):
    server = await overlay_server(graphic_id)

    await server.say("x" * 4097)
    await server.say('{"type": "ping"}')

    assert await server.output() == {"type": "websocket.close", "code": 1009}
    assert await server.socket.receive_nothing()
    await server.disconnect()


async def test_size_of_a_message_is_counted_in_bytes(graphic_id: int):
    server = await overlay_server(graphic_id)

    await server.say("ä" * 2049)

    assert (await server.output())["code"] == 1009
    await server.disconnect()


async def test_flood_ends_the_socket(graphic_id: int):
    server = await overlay_server(graphic_id)

    for _ in range(70):
        await server.say('{"type": "ping"}')
    answers = [await server.output() for _ in range(61)]

    assert answers[-1] == {"type": "websocket.close", "code": 4429}
    assert ["too_many_messages" in answer.get("text", "") for answer in answers] == [
        *[False] * 10,
        *[True] * 50,
        False,
    ]
    await server.disconnect()


async def test_full_house_closes_after_accept(graphic_id: int, settings):
    settings.RATE_LIMITS = True
    for _ in range(value(SOCKETS_PER_PROCESS)):
        hub.admission.enter("process", value(SOCKETS_PER_PROCESS))
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()

    assert await server.output() == {"type": "websocket.close", "code": 4429}
    await server.disconnect()
    assert hub.admission.count("process") == value(SOCKETS_PER_PROCESS)
    for _ in range(value(SOCKETS_PER_PROCESS)):
        hub.admission.leave("process")


async def test_foreign_page_is_refused_before_accept():
    server = Server("/ws/events", headers=[(b"origin", b"https://evil.example")])
    await server.connect()

    assert await server.output() == {"type": "websocket.close"}
    await server.socket.wait()


async def test_server_that_cannot_accept_is_no_fault(graphic_id: int):
    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: object) -> None:
        raise BrokenPipeError

    messages = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect"}])
    scope = Server(f"/ws/overlay/{graphic_id}").socket.scope

    await websockets(scope, receive, send)

    assert everything_is_left()


@pytest.fixture
def failing_snapshot() -> Iterator[None]:
    def fail(graphic_id: int) -> None:
        raise RuntimeError("a bug, not a refusal")

    ports.register_snapshot(fail, form=OverlayState)
    yield
    ports.register_snapshot(overlay_snapshot, form=OverlayState)


async def test_bug_ends_one_socket_and_stands_in_the_log(
    graphic_id: int, failing_snapshot: None, caplog: pytest.LogCaptureFixture
):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()

    assert await server.output() == {"type": "websocket.close", "code": 1011}
    await server.disconnect()
    assert "a bug, not a refusal" in caplog.text


@pytest.fixture
def lost_log(log: None) -> Iterator[None]:
    """A database that has lost its events."""
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE events_epoch RENAME TO events_epoch_away")
    yield
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE events_epoch_away RENAME TO events_epoch")


async def test_socket_is_told_to_come_back_while_the_database_is_away(
    graphic_id: int, lost_log: None
):
    server = Server(f"/ws/overlay/{graphic_id}")
    await server.accepted()

    assert await server.output() == {"type": "websocket.close", "code": 1012}
    await server.disconnect()
