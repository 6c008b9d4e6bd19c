"""What processes tell each other through the log: orders, ends of sessions, new settings."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import Any, Final, Protocol, TypeVar

import orjson
from django.db import Error

from gal_dashboard.events import log, streams
from gal_dashboard.events.log import LoggedEvent

logger = logging.getLogger(__name__)

BATCH: Final = 200

Result = TypeVar("Result")
# Gets the payload of an entry; ``None`` means: begin anew, anything may have been said before.
Handler = Callable[[Mapping[str, Any] | None], Awaitable[None]]


class Run(Protocol):
    """How the hub reads: on its own thread."""

    def __call__(self, job: Callable[[], Result], /) -> Coroutine[Any, Any, Result]: ...


class Listener:
    """One internal stream in this process.

    ``head`` is the last number that was handled, ``None`` until the log was asked where the stream
    is; ``known`` is the newest that this process has heard of. The handler is called in the event
    loop, for one entry after the other.
    """

    def __init__(self, stream: str, handler: Handler) -> None:
        self.stream = stream
        self.head: int | None = None
        self.known = 0
        self.is_busy = False
        self._lives = 0  # rises when numbers lose their meaning
        self._handler = handler

    @property
    def is_behind(self) -> bool:
        return self.head is None or self.head < self.known

    def forget(self) -> None:
        self.head, self.known = None, 0
        self._lives += 1

    async def catch_up(self, run: Run) -> None:
        """Handle everything that is known of. Raises ``django.db.Error``; may be called again."""
        if self.is_busy:
            return
        self.is_busy = True
        try:
            while self.is_behind:
                if self.head is None:
                    await self._begin(run)
                else:
                    await self._go_on(run, self.head)
        finally:
            self.is_busy = False

    async def _begin(self, run: Run) -> None:
        """The handler reads its state after the head was read: nothing falls in between."""
        life = self._lives
        head = await run(partial(log.head, self.stream))
        await self._handle(None, reached=head, life=life)

    async def _go_on(self, run: Run, head: int) -> None:
        life, known = self._lives, self.known
        newest, entries = await run(partial(_read, self.stream, head))
        for entry in entries:
            if entry.seq > head + 1:  # what was said in between is gone
                await self._handle(None, reached=entry.seq - 1, life=life)
            await self._handle(_payload(entry), reached=entry.seq, life=life)
            head = entry.seq
        if not entries and newest > head:  # as above
            await self._handle(None, reached=newest, life=life)
        elif not entries and self.known == known:
            self.known = head  # somebody claimed what does not exist

    async def _handle(self, payload: Mapping[str, Any] | None, *, reached: int, life: int) -> None:
        """Hand ``payload`` over; then, and not if the database goes away, all is done up to there.

        Nothing is done of a life that is over: numbers were forgotten while somebody waited.
        """
        if self._lives != life:
            return
        try:
            await self._handler(payload)
        except Error:
            raise  # the database is away; the next poll tries again
        except Exception:  # one handler's fault must not make this process deaf
            logger.exception("What %s said could not be done", self.stream)
        if self._lives == life:
            self.head, self.known = reached, max(self.known, reached)


class Listeners:
    """All internal streams that this process listens to. Survives the hub's stops and starts."""

    def __init__(self) -> None:
        self._by_stream: dict[str, Listener] = {}

    def __bool__(self) -> bool:
        return bool(self._by_stream)

    def __iter__(self) -> Iterator[Listener]:
        return iter(self._by_stream.values())

    @property
    def streams(self) -> list[str]:
        return list(self._by_stream)

    def add(self, stream: str, handler: Handler) -> None:
        if not streams.is_internal(stream):
            raise ValueError(f"{stream} is a stream that clients follow.")
        if stream in self._by_stream:
            raise ValueError(f"Somebody listens to {stream} already.")
        self._by_stream[stream] = Listener(stream, handler)

    def forget(self) -> None:
        """Whatever the numbers meant, they mean it no longer."""
        for listener in self:
            listener.forget()

    def hear(self, heads: Mapping[str, int]) -> list[Listener]:
        """Take in where streams are; those that have something to do now."""
        waiting = []
        for listener in self:
            listener.known = max(listener.known, heads.get(listener.stream, 0))
            if listener.is_behind and not listener.is_busy:
                waiting.append(listener)
        return waiting

    def went_back(self, heads: Mapping[str, int]) -> list[Listener]:
        return [
            listener
            for listener in self
            if listener.head is not None and heads.get(listener.stream, 0) < listener.head
        ]


def _read(stream: str, after: int) -> tuple[int, list[LoggedEvent]]:
    """The stream's head and what comes next.

    The head is read first: entries up to it are there by then or will never be.
    """
    return log.head(stream), log.entries(stream, after=after, limit=BATCH)


def _payload(entry: LoggedEvent) -> Mapping[str, Any] | None:
    """What was said; ``None``, begin anew, where it cannot be read."""
    try:
        payload = orjson.loads(entry.payload)
    except orjson.JSONDecodeError:
        payload = None
    return payload if isinstance(payload, dict) else None
