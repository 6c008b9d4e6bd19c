"""Stand-ins for an ``asyncio.Queue`` and an ``asyncio.Event`` that each socket has all its life.

asyncio's keep four deques between them, of which an empty one takes 600 bytes, for any number of
tasks that might wait. One task waits for what a socket hears, and mostly none until it can send.
"""

import asyncio
from typing import Any


class Inbox:
    """What the server has for one reader, in order. Only what uvicorn asks of a queue."""

    __slots__ = ("_events", "_reader")

    def __init__(self) -> None:
        self._events: list[Any] = []  # one or two: reading pauses until it is taken
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, event: Any) -> None:
        self._events.append(event)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        return not self._events

    async def get(self) -> Any:
        """The next event. To be awaited by one task at a time."""
        while not self._events:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        self._reader = None
        return self._events.pop(0)


class Valve:
    """Open, or closed with tasks waiting in front of it. Only what uvicorn asks of an event."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None  # there while it is closed

    def is_set(self) -> bool:
        return self._opening is None

    def set(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.set_result(None)

    def clear(self) -> None:
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        if self._opening is not None:
            await asyncio.shield(self._opening)
