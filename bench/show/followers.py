"""Sockets that follow a stream, check its numbers, and time how long a write takes to them."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

LONGEST_WAIT: Final = 0.5
STAMP: Final = "at "
_dice = random.SystemRandom()


def stamped_title(number: int) -> str:
    """A title that says when its write began; ``Follower`` reads the time out of it."""
    return f"Write {number} {STAMP}{time.monotonic():.6f}"


@dataclass(slots=True)
class Ledger:
    """What all followers together have seen."""

    delays: list[float] = field(default_factory=list)
    """Seconds from the sending of a write to the frame in a socket, one for each socket."""

    frames: int = 0
    reconnects: int = 0
    faults: list[str] = field(default_factory=list)
    is_counting: bool = False
    """Delays are kept only while this holds: not while the sockets are being opened."""


class Follower:
    """One socket, which comes back whenever it is lost and must not miss a number."""

    def __init__(self, url: str, ledger: Ledger, *, token: str | None = None) -> None:
        self._url, self._ledger = url, ledger
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._epoch = ""
        self._has_place = False
        self.is_there = asyncio.Event()
        self.seq = 0
        self.version = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def lose(self) -> None:
        """Cut the line, as a network does: without a close frame."""
        if self._socket is not None:
            self._ledger.reconnects += 1
            self._socket.transport.abort()

    async def _follow(self) -> None:
        while True:
            place = f"?after={self.seq}&epoch={self._epoch}" if self._has_place else ""
            try:
                async with connect(
                    self._url + place, additional_headers=self._headers, proxy=None, max_size=None
                ) as socket:
                    self._socket = socket
                    async for text in socket:
                        self._take(orjson.loads(text))
            except InvalidHandshake as error:
                self._ledger.faults.append(f"handshake: {error}")
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code != 1012:  # noqa: PLR2004 - restart
                    self._ledger.faults.append(f"closed with {closed.rcvd.code}")
            except OSError as error:
                self._ledger.faults.append(f"connection: {error}")
            self._socket = None
            self.is_there.clear()
            await asyncio.sleep(_dice.uniform(0, LONGEST_WAIT))

    def _take(self, frame: dict[str, Any]) -> None:
        self._ledger.frames += 1
        kind = frame["type"]
        if kind == "connection_established":
            self._begin(frame["data"])
        elif kind in {"snapshot", "resync_required"}:
            self.seq, self._has_place = frame["seq"], True
            self._look(frame)
        elif kind == "skipped":
            self.seq = frame["seq"]
        elif "seq" in frame:
            self._count(frame["seq"])
            self._look(frame)

    def _begin(self, data: dict[str, Any]) -> None:
        if self._has_place and not data["recovered"]:
            self._ledger.faults.append(f"lost its place after {self.seq} of {data['stream']}")
        self._epoch = data["epoch"]
        self.is_there.set()

    def _count(self, seq: int) -> None:
        if seq != self.seq + 1:
            self._ledger.faults.append(f"{seq} came after {self.seq}")
        self.seq = seq

    def _look(self, frame: dict[str, Any]) -> None:
        graphic = frame.get("data", {}).get("graphic")
        if not graphic:
            return
        self.version = graphic["version"]
        _, found, stamp = graphic["title"].partition(STAMP)
        if found and frame["type"] == "graphic_update" and self._ledger.is_counting:
            self._ledger.delays.append(time.monotonic() - float(stamp))
