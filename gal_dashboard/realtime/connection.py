"""One socket's way out: frames in order, through a backlog with bounds."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone

from gal_dashboard.core.context import Actor
from gal_dashboard.events import catalogue
from gal_dashboard.realtime import protocol, transports
from gal_dashboard.realtime.eager import Rest, begin
from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.monitoring import DROPPED
from gal_dashboard.realtime.protocol import CloseCode, Frame, Message, SkipReason

logger = logging.getLogger(__name__)

Send = Callable[[Mapping[str, Any]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What an overlay said it has drawn last.

    ``delay_ms`` is the time from the hand-out of that number to this word; ``None`` if the number
    was drawn before the socket was there, or was never handed to it.
    """

    version: int | None
    seq: int
    at: datetime
    delay_ms: int | None


class Connection:
    """The hub's end of one socket. Lives in the event loop; no method may be called elsewhere.

    Nobody waits for a client: what it does not take at once waits in the backlog, and a client
    whose backlog is full is closed with ``TOO_SLOW`` and resumes later. Numbered frames leave only
    through ``deliver``, which keeps them in order and without a gap whatever the hub does.
    """

    __slots__ = (
        "_backlog",
        "_backlog_bytes",
        "_blocked_since",
        "_cut_timer",
        "_drained",
        "_is_open",
        "_limits",
        "_loop",
        "_opened_at",
        "_own_from",
        "_send",
        "_skipped",
        "_wanted",
        "_write_ready",
        "_writer",
        "actor",
        "address",
        "close_code",
        "id",
        "is_done",
        "joined_at",
        "key_id",
        "rendered",
        "seq",
        "since",
        "stream",
        "viewing",
    )

    def __init__(self, *, send: Send, stream: str, limits: Limits) -> None:
        self.id = secrets.token_hex(8)
        self.stream = stream
        self.actor: Actor | None = None
        self.key_id: int | None = None  # the key that let an overlay in, if one did
        self.address = ""
        self.since = timezone.now()
        self.rendered: Rendered | None = None
        self.viewing: int | None = None  # the graphic that somebody of staff says to look at
        self.seq = 0  # the newest number that was dealt with
        self.joined_at = 0  # the head of the stream when this socket joined
        self.is_done = False  # nothing more may be said
        self.close_code: CloseCode | None = None
        self._send = send
        self._write_ready = transports.ready_writer(send)
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._is_open = False
        self._opened_at = 0.0
        self._own_from = 0  # the first number that is drawn because of this socket
        self._wanted: frozenset[str] | None = None
        self._skipped = 0
        # A list, though its first goes first: an empty deque takes 600 bytes of every idle socket.
        self._backlog: list[Message] = []
        self._backlog_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._blocked_since: float | None = None
        self._drained: asyncio.Future[None] | None = None
        self._cut_timer: asyncio.TimerHandle | None = None

    # --- What is said -----------------------------------------------------------------------------
    def open(
        self, established: Message, *, joined_at: int, seq: int, is_resumed: bool = False
    ) -> None:
        """Say the first frame, then what had to wait for it. ``deliver`` goes on after ``seq``.

        Whoever ``is_resumed`` has drawn ``seq`` before; to others it comes in a snapshot.
        """
        if self.is_done:
            return
        self.joined_at, self.seq = joined_at, seq
        self._opened_at, self._own_from = time.monotonic(), seq + is_resumed
        waiting = list(self._backlog)
        self._clear()
        self._is_open = True
        for message in (established, *waiting):
            self.say(message)

    def say(self, message: Message) -> None:
        """Send something without a number; before ``open`` it waits."""
        self.tell_skipped()
        self._say(message)

    def _say(self, message: Message) -> None:
        if self.is_done:
            return
        if self._writer is not None or not self._is_open:
            self._wait_in_line(message)
        else:
            self._put(message)

    def deliver(self, frame: Frame) -> None:
        """Send the next frame of the stream. Drops what is not newer; refuses to leave a gap."""
        if self.is_done or frame.seq <= self.seq:
            return
        if frame.first > self.seq + 1:
            logger.error(
                "Frame %s of %s would leave a gap after %s", frame.seq, self.stream, self.seq
            )
            self.drop("gap")
            return
        self.seq = frame.seq
        if not self._may_see(frame.type):
            self._skipped = frame.seq
            return
        self.say(frame.message)
        if frame.shows is False and frame.seq > self.joined_at:
            self.finish(CloseCode.GONE)

    def tell_skipped(self) -> None:
        """Say the last number of a run that this socket may not or wants not to see."""
        if self._skipped:
            skipped, self._skipped = self._skipped, 0
            self._say(protocol.skipped(self.stream, skipped, SkipReason.FILTERED))

    def narrow(self, event_types: frozenset[str]) -> None:
        """From now on, only events of these types."""
        self._wanted = event_types

    def wants(self, frame_type: str) -> bool:
        return self._wanted is None or frame_type in self._wanted

    def _may_see(self, event_type: str) -> bool:
        if self.actor is None or event_type == protocol.SKIPPED:
            return True
        scope = catalogue.scope_of(event_type)
        if scope is not None and not self.actor.may(scope):
            return False
        return self.wants(event_type)

    # --- What is heard ----------------------------------------------------------------------------
    def note_rendered(self, *, version: int | None, seq: int, handed_out_at: float | None) -> None:
        """Keep what an overlay has drawn; the same once more, after a new line, says nothing.

        ``handed_out_at`` is when ``seq`` went to all sockets, by ``time.monotonic``.
        """
        known = self.rendered
        if known is not None and (known.version, known.seq) == (version, seq):
            return
        delay_ms = None
        if self._own_from <= seq <= self.seq:
            began = max(self._opened_at, handed_out_at or 0.0)
            delay_ms = round((time.monotonic() - began) * 1000)
        self.rendered = Rendered(version, seq, timezone.now(), delay_ms)

    # --- How it ends ------------------------------------------------------------------------------
    def finish(self, code: CloseCode) -> None:
        """Close after everything that was said."""
        if not self.is_done:
            self._close(code)

    def cut(self, code: CloseCode) -> None:
        """Close now; what waits is dropped. Before ``open`` this is a refusal without a frame."""
        if not self.is_done:
            self._clear()
            self._close(code)

    def drop(self, reason: Literal["backlog", "stalled", "behind", "gap"]) -> None:
        """Close a client that is too slow; it comes back and resumes."""
        if not self.is_done:
            DROPPED.labels(reason).inc()
            self.cut(CloseCode.TOO_SLOW)

    def leave(self) -> None:
        """The socket is gone: nothing is sent and nothing is kept."""
        self.is_done = True
        self._clear()
        if self._cut_timer is not None:
            self._cut_timer.cancel()
            self._cut_timer = None
        if self._writer is not None:
            self._writer.cancel()
        self._wake()

    def drop_if_stalled(self, now: float) -> None:
        """Close a client that has not taken anything for too long."""
        if (
            self._blocked_since is not None
            and now - self._blocked_since > self._limits.stall_seconds
        ):
            self.drop("stalled")

    def _close(self, code: CloseCode) -> None:
        self.is_done, self.close_code = True, code
        self._is_open = True
        self._abort_later()
        if self._writer is None:
            self._put(protocol.close(code))
        else:
            self._backlog.append(protocol.close(code))
        self._wake()

    def _abort_later(self) -> None:
        if self._cut_timer is None:
            self._cut_timer = self._loop.call_later(
                self._limits.close_seconds, transports.abort, self._send
            )

    @property
    def backlog(self) -> tuple[int, int]:
        """What waits for the client to read: how many messages, and their bytes."""
        return len(self._backlog), self._backlog_bytes

    # --- How it gets out --------------------------------------------------------------------------
    async def drained(self) -> None:
        """Wait until the client has taken everything, or will not any more."""
        while self._writer is not None and not self.is_done:
            if self._drained is None:
                self._drained = self._loop.create_future()
            await self._drained

    def _put(self, message: Message) -> None:
        try:
            if self._write_ready is not None and message.wire and self._write_ready(message.wire):
                return
            rest = begin(self._send(message.asgi))
        except Exception:  # noqa: BLE001 - whatever a server raises, the other sockets get their frame
            self._lost()
            return
        if rest is not None:
            self._blocked_since = self._loop.time()
            self._writer = self._loop.create_task(self._write(rest))

    def _wait_in_line(self, message: Message) -> None:
        is_full = (
            len(self._backlog) >= self._limits.backlog_frames
            or self._backlog_bytes >= self._limits.backlog_bytes
        )
        if is_full:
            logger.info("Closing a slow client of %s at %s", self.stream, self.seq)
            self.drop("backlog")
            return
        self._backlog.append(message)
        self._backlog_bytes += message.size

    async def _write(self, sending: Rest | Awaitable[None]) -> None:
        """Finish ``sending``, then send what has come to wait behind it."""
        try:
            await sending
            while self._backlog:
                self._blocked_since = self._loop.time()
                message = self._backlog.pop(0)
                self._backlog_bytes -= message.size
                await self._send(message.asgi)
        except Exception:  # noqa: BLE001 - as in _put
            self._lost()
        finally:
            self._writer, self._blocked_since = None, None
            self._wake()

    def _lost(self) -> None:
        """The server cannot send; see to it that it notices that the client is gone."""
        self.is_done = True
        self._clear()
        self._abort_later()
        if self.close_code is not None:
            transports.close(self._send, self.close_code)

    def _clear(self) -> None:
        self._backlog.clear()
        self._backlog_bytes = 0

    def _wake(self) -> None:
        if self._drained is not None:
            if not self._drained.done():
                self._drained.set_result(None)
            self._drained = None
