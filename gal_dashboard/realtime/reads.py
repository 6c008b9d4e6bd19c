"""What the hub reads. Every function runs on the hub's thread; texts are encoded here, once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error, connection
from django.db.models import Sum
from django.db.models.functions import Length

from gal_dashboard.events import log, streams
from gal_dashboard.events.models import StreamEntry
from gal_dashboard.realtime import ports, protocol
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.protocol import Frame, Message, SkipReason

_BEGIN = {
    # The configured mode of SQLite, IMMEDIATE, would take the write lock to read.
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A stream and what it tells of, at one moment.

    ``is_there`` is false where an overlay's graphic is unknown, archived or deleted. ``snapshot``
    is the ready frame of an overlay's state at ``head``; ``None`` on a staff stream.
    """

    epoch: str
    head: int
    can_resume: bool
    is_there: bool
    snapshot: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What the hub asks again and again: ``ended`` are the ids of sessions that are over."""

    epoch: str
    heads: Mapping[str, int]
    ended: frozenset[str]


@contextmanager
def one_view() -> Iterator[None]:
    """All reads inside see the same moment. Neither reads nor writes of others wait for it."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        except Error:  # the connection is lost
            connection.close()


def look(stream: str, cursor: Cursor | None, limits: Limits) -> Look:
    """The state of ``stream``, and whether a client at ``cursor`` can go on from there."""
    graphic_id = streams.graphic_of(stream)
    with one_view():
        epoch, head = log.epoch(), log.head(stream)
        can_resume = (
            cursor is not None
            and cursor.epoch == epoch
            and _is_in_reach(stream, cursor.after, head, limits)
        )
        state = None if graphic_id is None else ports.snapshot(graphic_id)
    return Look(
        epoch=epoch,
        head=head,
        can_resume=can_resume,
        is_there=graphic_id is None or state is not None,
        snapshot=None if state is None or can_resume else protocol.snapshot(stream, head, state),
    )


def _is_in_reach(stream: str, after: int, head: int, limits: Limits) -> bool:
    """Whether all entries after ``after`` are there, and few enough to be sent one by one."""
    if after >= head:
        return after == head
    floor = log.floor(stream)
    if not floor or after < floor - 1 or head - after > limits.behind_frames:
        return False
    return _weighs_at_most(limits.behind_bytes, stream, after, head, limits.batch_frames)


def _weighs_at_most(size: int, stream: str, after: int, head: int, batch: int) -> bool:
    """Whether the entries after ``after`` are no more than so much text.

    Counted in pieces, up to the one that is too much: databases read a text to tell its length, and
    anybody may ask for a place far behind while all sockets wait for this thread.
    """
    payload = "event__payload" if stream == streams.STAFF else "event__public_payload"
    for start in range(after, head, batch):
        piece = StreamEntry.objects.filter(stream=stream, seq__gt=start, seq__lte=start + batch)
        length: int | None = piece.aggregate(length=Sum(Length(payload)))["length"]
        size -= length or 0
        if size < 0:
            return False
    return True


def frames(stream: str, after: int, *, count: int, size: int | None = None) -> list[Frame]:
    """The next frames after ``after``, at most ``count`` and about ``size`` bytes, at least one.

    Empty only if there is no newer number. Numbers that are missing in the log are covered by a
    ``skipped`` frame: no reader may wait for them, or take their successors for them.
    """
    found = log.entries(stream, after=after, limit=count)
    head = after
    if not found:
        # The head is read before the entries: those up to it are there by then or will never be.
        head = log.head(stream)
        found = log.entries(stream, after=after, limit=count)
    result: list[Frame] = []
    filled, last = 0, after
    for entry in found:
        if entry.seq > last + 1:
            result.append(_missing(stream, last + 1, entry.seq - 1))
        frame = protocol.event(stream, entry)
        result.append(frame)
        filled, last = filled + frame.message.size, frame.seq
        if size is not None and filled >= size:
            return result
    if not found and head > after:
        result.append(_missing(stream, after + 1, head))
    return result


def _missing(stream: str, first: int, last: int) -> Frame:
    return protocol.skipped_frame(stream, first=first, seq=last, reason=SkipReason.UNREADABLE)


def poll(names: Iterable[str], sids: Collection[str]) -> Poll:
    """Where the streams are, and which of these sessions have ended."""
    return Poll(
        epoch=log.epoch(),
        heads=log.heads(names),
        ended=ports.ended_among(sids) if sids else frozenset(),
    )
