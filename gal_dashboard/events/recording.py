"""Writing the log: services collect with ``emit``, the outermost ``recording`` block stores.

The numbering row of a stream is a lock that every writer of the stream waits for. So numbers are
taken by the last statements of a transaction, streams in the order of their names; what the block
has put off (see ``core.rows``) comes just before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from gal_dashboard.core import context, rows, wire
from gal_dashboard.events import streams
from gal_dashboard.events.catalogue import EventData
from gal_dashboard.events.models import Event, Stream, StreamEntry
from gal_dashboard.events.monitoring import EVENTS

# The type of what processes tell each other; no frame has it.
INTERNAL: Final = "internal"

STREAMS_AT_ONCE: Final = 200

# Sent after the commit with ``heads``: {stream name: its newest number}. The hub listens.
stream_advanced = Signal()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event before it has a number. Apps build it in their ``events.py``, nobody else does.

    ``type`` is the frame's type, ``name`` the noun.past_tense of log and audit. ``payload`` is what
    staff see; ``public_payload`` what overlays see, ``None`` if they may not see it. Both have the
    forms that the app declared in the ``catalogue``, unless only server processes are told.
    """

    type: str
    name: str
    payload: EventData | Mapping[str, Any]
    public_payload: EventData | None = None


@dataclass(slots=True)
class _Recording:
    events: list[tuple[NewEvent, tuple[str, ...]]] = field(default_factory=list)
    put_off: list[rows.Statement] = field(default_factory=list)


_open: ContextVar[_Recording | None] = ContextVar("gal_recording", default=None)


class NotRecordingError(RuntimeError):
    """Raised by ``emit`` outside of ``recording()``: nothing would number and store the event."""


@contextmanager
def recording() -> Iterator[None]:
    """One transaction with its events. Inner blocks join the outermost one: a bare ``atomic``
    within knows nothing of events and of what is put off.

    The rows of the events are written as the last statements before the commit. If the block
    raises, nothing happened: no change, no event, no number taken. So it is with an inner block,
    and the outer one may go on. Inside of a transaction that somebody else opened the block is
    refused: numbers would be held until that one ends.
    """
    outer = _open.get()
    if outer is not None:
        with _joined(outer):
            yield
        return
    with transaction.atomic(durable=True), rows.putting_off() as put_off:
        collected = _Recording(put_off=put_off)
        token = _open.set(collected)
        try:
            yield
            _store_all(collected)
        finally:
            _open.reset(token)  # before the commit: what is registered for it may record, too


def _store_all(collected: _Recording) -> None:
    if not collected.events:
        rows.run(collected.put_off)
        return
    heads = _store(collected.events, collected.put_off)
    types = [event.type for event, _ in collected.events]
    transaction.on_commit(lambda: _announce(heads), robust=True)
    transaction.on_commit(lambda: _count(types), robust=True)


@contextmanager
def _joined(outer: _Recording) -> Iterator[None]:
    count = len(outer.events)
    rows.run_put_off()  # the outer block's own, which this one must not take back
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del outer.events[count:]
        outer.put_off.clear()
        raise


def is_recording() -> bool:
    return _open.get() is not None


def emit(event: NewEvent, *, overlays: Iterable[int] = ()) -> None:
    """Collect ``event`` for the staff stream and, if it is public, for these graphics' overlays.

    Only collects: numbers are taken and rows written when the outermost block ends.
    """
    current = _open.get()
    if current is None:
        raise NotRecordingError(f"{event.name} was emitted outside of recording().")
    names = [streams.STAFF]
    if event.public_payload is not None:
        names += [streams.overlay(graphic_id) for graphic_id in sorted(set(overlays))]
    current.events.append((event, tuple(names)))


def emit_internal(stream: str, *, name: str, payload: Mapping[str, Any]) -> None:
    """Collect a word to all server processes, such as an order or an end that they must act on.

    ``stream`` is one of ``streams.internal``. No client ever sees it; the hub of each process hands
    it to whoever listens there, in order, once the change is committed.
    """
    current = _open.get()
    if current is None:
        raise NotRecordingError(f"{name} was emitted outside of recording().")
    if not streams.is_internal(stream):
        raise ValueError(f"{stream} is a stream that clients follow.")
    event = NewEvent(type=INTERNAL, name=name, payload=payload)
    current.events.append((event, (stream,)))


def _store(
    collected: list[tuple[NewEvent, tuple[str, ...]]], put_off: list[rows.Statement]
) -> dict[str, int]:
    now, request_id = timezone.now(), context.request_id()
    events = [
        Event(
            type=event.type,
            name=event.name,
            payload=wire.dumps(event.payload).decode(),
            public_payload=None
            if event.public_payload is None
            else wire.dumps(event.public_payload).decode(),
            request_id=request_id,
            created_at=now,
        )
        for event, _ in collected
    ]
    if len(events) == 1 and connection.vendor == "postgresql":
        return _store_at_once(events[0], sorted(collected[0][1]), put_off)
    rows.run(put_off)
    rows.insert(events)
    by_stream: dict[str, list[Event]] = {}
    for row, (_, names) in zip(events, collected, strict=True):
        for name in names:
            by_stream.setdefault(name, []).append(row)
    heads = _take_numbers({name: len(by_stream[name]) for name in sorted(by_stream)})
    entries = [
        StreamEntry(stream_id=name, seq=seq, event=row)
        for name, head in sorted(heads.items())
        for seq, row in enumerate(by_stream[name], start=head - len(by_stream[name]) + 1)
    ]
    rows.insert(entries)
    return heads


def _store_at_once(
    event: Event, names: Sequence[str], put_off: list[rows.Statement]
) -> dict[str, int]:
    """What ``_store`` does for one event, as one statement, which SQLite does not know."""
    insertion, values = rows.insertion(event, is_keyed=True)
    numbering, counts = _numbering(dict.fromkeys(names, 1))
    table = connection.ops.quote_name(StreamEntry._meta.db_table)  # noqa: SLF001 - Django documents _meta
    statement = (
        f"WITH event AS ({insertion}), stream AS ({numbering}) "  # noqa: S608 - its own names
        f"INSERT INTO {table} (stream_id, seq, event_id) "
        "SELECT stream.name, stream.head, event.id FROM stream, event RETURNING stream_id, seq"
    )
    return dict(rows.run([*put_off, (statement, [*values, *counts])]))


def _take_numbers(counts: Mapping[str, int]) -> dict[str, int]:
    """Take the next so many numbers of each stream, made on first use; the last of each.

    An autoincrement would not do: transactions commit out of order, and a reader that has seen the
    later number would skip the earlier one for ever. This row lock makes number and commit agree.
    The rows are locked in the order of ``counts``, as the databases go through them one by one.
    """
    heads: dict[str, int] = {}
    names = list(counts)
    for first in range(0, len(names), STREAMS_AT_ONCE):
        some = {name: counts[name] for name in names[first : first + STREAMS_AT_ONCE]}
        heads.update(rows.run([_numbering(some)]))
    return heads


def _numbering(counts: Mapping[str, int]) -> rows.Statement:
    table = connection.ops.quote_name(Stream._meta.db_table)  # noqa: SLF001 - Django documents _meta
    places = ", ".join(["(%s, %s)"] * len(counts))
    return (
        f"INSERT INTO {table} (name, head) VALUES {places} "  # noqa: S608 - its own name
        f"ON CONFLICT (name) DO UPDATE SET head = {table}.head + excluded.head "
        "RETURNING name, head",
        list(chain.from_iterable(counts.items())),
    )


def _count(types: list[str]) -> None:
    for kind in types:
        EVENTS.labels(kind).inc()


def _announce(heads: dict[str, int]) -> None:
    stream_advanced.send_robust(sender=Stream, heads=heads)
