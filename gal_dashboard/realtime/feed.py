"""One followed stream in the memory of this process."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from gal_dashboard.events import streams
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.protocol import Frame, Message
from gal_dashboard.realtime.reads import Look
from gal_dashboard.realtime.ring import Ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a socket begins to follow: after its own cursor, or after the state at ``head``."""

    head: int
    recovered: bool
    snapshot: Message | None = None


class Feed:
    """Who follows a stream, how far it was handed out, and what was handed out last.

    ``head`` is the last number handed out here, ``None`` until the log was read once; ``known`` is
    the newest that this process has heard of, ``behind_since`` when the two came apart.
    ``members`` are all that follow or are about to;
    ``live`` are those of them that have everything up to ``head`` and get the next frame at once.
    Everything here happens in the event loop, so what has no ``await`` in it cannot be torn apart.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.is_overlay = streams.graphic_of(name) is not None
        self.head: int | None = None
        self.known = 0
        self.members: set[Connection] = set()
        self.live: set[Connection] = set()
        self.deserted_at: float | None = None
        # What several sockets ask of the database at the same time is read once.
        self.reads: dict[object, asyncio.Task[Any]] = {}
        self.handing_out: asyncio.Task[None] | None = None
        self.behind_since: float | None = None
        self.ring = Ring(limits)
        self._handed_out: deque[tuple[int, float]] = deque(maxlen=limits.ring_frames)
        self._limits = limits
        # Whether an overlay's graphic can be seen, and as of which number that is known.
        self._is_there: bool | None = None
        self._is_there_at = 0
        self._snapshot: Message | None = None
        self._snapshot_at = (0, 0.0)  # its number, and when it was read

    @property
    def is_behind(self) -> bool:
        return self.head is not None and self.head < self.known

    def hand_out(self, frame: Frame) -> None:
        """Give the next frame to everybody who is live."""
        self.head = frame.seq
        self.ring.append(frame)
        if self.is_overlay:
            self._handed_out.append((frame.seq, time.monotonic()))
        if frame.shows is not None and frame.seq > self._is_there_at:
            self._is_there, self._is_there_at = frame.shows, frame.seq
        for connection in tuple(self.live):
            connection.deliver(frame)

    def handed_out_at(self, seq: int) -> float | None:
        """When a number was given to all, by ``time.monotonic``; ``None`` once it is forgotten."""
        return next((at for number, at in reversed(self._handed_out) if number == seq), None)

    def learn(self, look: Look, now: float) -> None:
        """Take in what the database said. It may be older or newer than what was handed out."""
        if self.head is None:
            self.head = look.head
        self.known = max(self.known, look.head)
        if look.head >= self._is_there_at:
            self._is_there, self._is_there_at = look.is_there, look.head
        if look.snapshot is not None:
            self._snapshot, self._snapshot_at = look.snapshot, (look.head, now)

    def start_from_memory(
        self, cursor: Cursor | None, epoch: str | None, now: float
    ) -> Start | None:
        """Where to begin without asking the database; ``None`` if it must be asked."""
        if self.head is None or epoch is None:
            return None
        if cursor is not None and cursor.epoch == epoch:
            is_here = cursor.after == self.head or (
                cursor.after < self.head and self.ring.covers(cursor.after)
            )
            # A cursor above our head may be right: another process can be ahead of this one.
            if is_here and (self._is_there or not self.is_overlay):
                return Start(head=self.head, recovered=True)
            return None
        if not self.is_overlay:
            return Start(head=self.head, recovered=False)
        seq, read_at = self._snapshot_at
        is_fresh = seq == self.head and not self.is_behind
        if self._snapshot and is_fresh and now - read_at <= self._limits.snapshot_seconds:
            return Start(head=self.head, recovered=False, snapshot=self._snapshot)
        return None
