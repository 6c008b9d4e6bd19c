"""Sockets over the wire, as overlays and dashboards open them."""

import asyncio
from types import TracebackType
from typing import Any, Self

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support import frames
from tests.support.server import RunningServer

SECONDS_TO_WAIT = 30


class Socket:
    """One socket to a running server; ``async with`` opens and closes it."""

    def __init__(
        self,
        server: RunningServer,
        path: str,
        *,
        address: str | None = None,
        token: str | None = None,
        hears_activity: bool = False,
        **options: Any,
    ) -> None:
        self._ignored = set() if hears_activity else {"user_activity"}
        self._channel = frames.channel_of(path)
        headers = {"X-Forwarded-For": address} if address else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._opening = connect(
            server.ws_url + path,
            additional_headers=headers,
            compression=None,
            max_size=None,
            proxy=None,
            **options,
        )
        self._client: ClientConnection

    async def __aenter__(self) -> Self:
        self._client = await self._opening
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.close()

    @property
    def transport(self) -> asyncio.Transport:
        return self._client.transport

    async def say(self, message: object) -> None:
        """Send a message: text and bytes as they are, anything else as JSON."""
        raw = message if isinstance(message, str | bytes) else orjson.dumps(message).decode()
        await self._client.send(raw)

    async def frame(self) -> dict[str, Any]:
        """The next frame; who comes and goes beside the test is heard only on demand."""
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while (frame := await self._receive())["type"] in self._ignored:
                pass
            return frame

    async def _receive(self) -> dict[str, Any]:
        return frames.received(await self._client.recv(), self._channel)

    async def frames(self, count: int) -> list[dict[str, Any]]:
        return [await self.frame() for _ in range(count)]

    async def frame_of_type(self, kind: str) -> dict[str, Any]:
        while (frame := await self.frame())["type"] != kind:
            pass
        return frame

    async def begin(self) -> dict[str, Any]:
        """Take the first two frames of a new socket; what the first one says."""
        established, _ = await self.frames(2)
        assert established["type"] == "connection_established"
        return established["data"]

    async def closed(self) -> tuple[list[dict[str, Any]], int | None]:
        """The frames until the end and the close code."""
        last: list[dict[str, Any]] = []
        try:
            while True:
                last.append(await self.frame())
        except ConnectionClosed:
            return last, self._client.close_code


def overlay(
    server: RunningServer, graphic_id: int | str, query: str = "", **options: Any
) -> Socket:
    return Socket(server, f"/ws/overlay/{graphic_id}{query}", **options)


def staff(server: RunningServer, query: str = "", **options: Any) -> Socket:
    return Socket(server, f"/ws/events{query}", **options)
