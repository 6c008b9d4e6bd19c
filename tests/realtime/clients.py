"""Clients of a hub in the same process: the far end of a server's ``send``."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from gal_dashboard.core.context import Actor
from gal_dashboard.events import streams
from gal_dashboard.operations.asyncapi import OVERLAY
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.hub import Hub
from tests.support import frames

SECONDS_TO_WAIT = 20


class Client:
    """Takes frames like a server does for its client; while it is stalled, the hub has to wait."""

    def __init__(self, channel: str = OVERLAY) -> None:
        self.channel = channel
        self.frames: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self.fault: AssertionError | None = None
        self.connection: Connection
        self.joining: asyncio.Task[None]
        self._reads = asyncio.Event()
        self._reads.set()
        self._news = asyncio.Event()

    async def send(self, message: Mapping[str, Any]) -> None:
        await self._reads.wait()
        if message["type"] == "websocket.close":
            self.close_code = message["code"]
        else:
            self._take(message["text"])
        self._news.set()

    def _take(self, text: str) -> None:
        try:
            self.frames.append(frames.received(text, self.channel))
        except frames.UndescribedFrameError as fault:
            # raised from here it would look to the hub like a line that is lost
            self.fault = fault

    def stall(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    async def until(self, is_so: Callable[["Client"], bool]) -> None:
        """Wait for frames or the end of the socket to make ``is_so`` true."""
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while not is_so(self):
                if self.fault is not None:
                    raise self.fault
                self._news.clear()
                await self._news.wait()

    async def until_seq(self, seq: int) -> None:
        await self.until(lambda client: client.seqs[-1:] == [seq])

    async def until_closed(self) -> int | None:
        await self.until(lambda client: client.close_code is not None)
        return self.close_code

    @property
    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    @property
    def established(self) -> dict[str, Any]:
        assert self.types[0] == "connection_established"
        return self.frames[0]["data"]

    @property
    def seqs(self) -> list[int]:
        """The numbers of everything after the first frame."""
        return [frame["seq"] for frame in self.frames[1:] if "seq" in frame]


class Studio:
    """A hub and those who follow it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.clients: list[Client] = []

    async def overlay(self, graphic_id: int, cursor: Cursor | None = None) -> Client:
        """An overlay that has caught up."""
        client = self.knock(streams.overlay(graphic_id), cursor)
        await client.joining
        return client

    async def staff(self, actor: Actor, cursor: Cursor | None = None) -> Client:
        client = self.knock(streams.STAFF, cursor, actor)
        await client.joining
        return client

    def knock(
        self, stream: str, cursor: Cursor | None = None, actor: Actor | None = None
    ) -> Client:
        """A client that begins to follow."""
        client = Client(frames.channel_of(stream))
        client.connection = Connection(send=client.send, stream=stream, limits=self.hub.limits)
        client.connection.actor = actor
        client.joining = asyncio.ensure_future(self.hub.follow(client.connection, cursor))
        self.clients.append(client)
        return client

    def leave(self, client: Client) -> None:
        client.joining.cancel()
        self.hub.leave(client.connection)

    async def close(self) -> None:
        for client in self.clients:
            self.leave(client)
            assert client.fault is None
        await asyncio.sleep(0)
        assert not self.hub.connections
        await self.hub.stop()
