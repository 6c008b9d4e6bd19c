"""One socket's way out, without a hub."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from gal_dashboard.realtime import protocol, transports
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.eager import begin
from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.protocol import CloseCode, Frame
from tests.realtime.clients import Client

STREAM = "overlay.1"


def frame(seq: int) -> Frame:
    message = protocol.error(f"frame_{seq}", "x")
    return Frame(seq=seq, first=seq, type="graphic_update", message=message)


def connect(**limits: float) -> tuple[Client, Connection]:
    client = Client()
    connection = Connection(send=client.send, stream=STREAM, limits=Limits(**limits))  # type: ignore[arg-type]
    return client, connection


def established() -> protocol.Message:
    return protocol.connection_established(
        connection_id="c", user_id=None, stream=STREAM, epoch="e", seq=0, recovered=True
    )


async def test_established_comes_first_whatever_was_said_before():
    client, connection = connect()

    connection.say(protocol.pong())
    connection.open(established(), joined_at=0, seq=0)
    connection.deliver(frame(1))

    assert client.types == ["connection_established", "pong", "error"]


async def test_refusal_has_no_frame():
    client, connection = connect()

    connection.say(protocol.pong())
    connection.cut(CloseCode.NOT_SIGNED_IN)
    connection.open(established(), joined_at=0, seq=0)
    connection.say(protocol.pong())

    assert (client.frames, client.close_code) == ([], 4401)
    connection.leave()


async def test_frames_that_are_not_newer_are_dropped():
    client, connection = connect()
    connection.open(established(), joined_at=5, seq=3)

    for seq in [2, 3, 4, 4, 3, 5]:
        connection.deliver(frame(seq))

    assert [f["code"] for f in client.frames[1:]] == ["frame_4", "frame_5"]


async def test_what_was_said_comes_out_in_order_after_a_stall():
    client, connection = connect()
    connection.open(established(), joined_at=0, seq=0)
    client.stall()

    for seq in range(1, 6):
        connection.deliver(frame(seq))
    connection.finish(CloseCode.GONE)
    connection.deliver(frame(6))
    client.read_on()

    assert await client.until_closed() == 4404
    assert [f["code"] for f in client.frames[1:]] == [f"frame_{seq}" for seq in range(1, 6)]
    connection.leave()


async def test_one_message_may_be_larger_than_the_backlog():
    client, connection = connect(backlog_bytes=10)
    connection.open(established(), joined_at=0, seq=0)
    client.stall()

    connection.deliver(frame(1))
    connection.deliver(frame(2))
    still_open = not connection.is_done
    connection.deliver(frame(3))

    assert still_open
    assert connection.close_code == CloseCode.TOO_SLOW
    connection.leave()


async def test_server_that_cannot_send_harms_nobody():
    class GoneError(OSError):
        pass

    async def send(message: object) -> None:
        raise GoneError

    connection = Connection(send=send, stream=STREAM, limits=Limits())
    connection.open(established(), joined_at=0, seq=0)
    connection.deliver(frame(1))

    assert connection.is_done
    connection.leave()


async def test_client_that_does_not_take_its_close_frame_is_cut_off():
    class Transport:
        is_aborted = False

        def abort(self) -> None:
            self.is_aborted = True

    class Protocol:
        transport = Transport()

        async def send(self, message: object) -> None:
            await asyncio.Event().wait()

    server = Protocol()
    connection = Connection(send=server.send, stream=STREAM, limits=Limits(close_seconds=0.02))
    connection.open(established(), joined_at=0, seq=0)
    connection.cut(CloseCode.TOO_SLOW)
    await asyncio.sleep(0.1)

    assert server.transport.is_aborted
    connection.leave()
    await asyncio.sleep(0)


class Daphne:
    """As much of its protocol as matters here; it refuses to send what autobahn refuses."""

    def __init__(self) -> None:
        self.transport = self
        self.is_aborted = False
        self.closed_with: int | None = None

    def abortConnection(self) -> None:  # noqa: N802 - Twisted's name
        self.is_aborted = True

    def sendCloseFrame(self, code: int) -> None:  # noqa: N802 - autobahn's name
        self.closed_with = code

    async def handle_reply(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "websocket.close" and message["code"] < 3000:
            raise ValueError(message["code"])


async def test_close_codes_of_servers_get_past_daphne():
    daphne = Daphne()
    connection = Connection(
        send=partial(Daphne.handle_reply, daphne), stream=STREAM, limits=Limits()
    )

    connection.cut(CloseCode.RESTARTING)

    assert daphne.closed_with == 1012
    connection.leave()


async def test_abort_knows_daphne_and_lets_strangers_be():
    daphne, client = Daphne(), Client()

    transports.abort(partial(Daphne.handle_reply, daphne))
    transports.abort(client.send)
    transports.close(client.send, 1012)

    assert daphne.is_aborted
    assert client.close_code is None


class ReadyServer:
    """A server that takes ready frames while its client reads, as ours does."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.sent: list[Mapping[str, Any]] = []
        self.reads = asyncio.Event()

    def write_ready(self, frame: bytes) -> bool:
        if self.reads.is_set():
            self.written.append(frame)
        return self.reads.is_set()

    async def send(self, message: Mapping[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)


async def test_ready_frames_are_written_as_they_are_and_overtake_nothing():
    server, frames = ReadyServer(), [frame(seq) for seq in range(1, 5)]
    server.reads.set()
    connection = Connection(send=server.send, stream=STREAM, limits=Limits())
    connection.open(established(), joined_at=0, seq=0)
    connection.deliver(frames[0])
    server.reads.clear()
    connection.deliver(frames[1])
    server.reads.set()
    connection.deliver(frames[2])  # the second is still on its way
    await connection.drained()
    connection.deliver(frames[3])
    connection.finish(CloseCode.RESTARTING)

    assert server.written[1:] == [frames[0].message.wire, frames[3].message.wire]
    assert server.sent == [
        frames[1].message.asgi,
        frames[2].message.asgi,
        {"type": "websocket.close", "code": 1012},
    ]
    connection.leave()
    await asyncio.sleep(0)


class TestBegin:
    async def test_coroutine_that_need_not_wait_ends_at_once(self):
        steps = []

        async def work() -> None:
            steps.append("done")

        assert begin(work()) is None
        assert steps == ["done"]

    async def test_rest_goes_on_where_the_coroutine_waits(self):
        steps = []
        first, second = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            steps.append("begun")
            await first.wait()
            await asyncio.sleep(0)
            await second.wait()
            steps.append("done")

        rest = begin(work())
        assert rest is not None
        task = asyncio.ensure_future(rest)
        await asyncio.sleep(0)
        first.set()
        await asyncio.sleep(0.01)
        second.set()
        await task

        assert steps == ["begun", "done"]

    async def test_cancelling_the_rest_cancels_the_coroutine(self):
        steps = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                steps.append("cancelled")
                raise

        rest = begin(work())
        assert rest is not None
        task = asyncio.ensure_future(rest)
        await asyncio.sleep(0)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert steps == ["cancelled"]

    async def test_what_the_coroutine_raises_comes_out(self):
        async def fails_at_once() -> None:
            raise OSError

        async def fails_later() -> None:
            await asyncio.sleep(0)
            raise OSError

        with pytest.raises(OSError):  # noqa: PT011 - any of that type
            begin(fails_at_once())
        rest = begin(fails_later())
        assert rest is not None
        with pytest.raises(OSError):  # noqa: PT011
            await rest
