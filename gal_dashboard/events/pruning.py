"""Forgetting: the log keeps what a client may still ask for, and not much more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from gal_dashboard.core import options
from gal_dashboard.events.models import Event, Stream, StreamEntry
from gal_dashboard.events.options import KEPT_HOURS, KEPT_NEWEST
from gal_dashboard.events.recording import recording

# Each batch is a transaction of its own: writers of a show never wait for more than one of them.
BATCH: Final = 500
# Any number that nothing else in this database takes an advisory lock by.
_PRUNERS_LOCK: Final = 0x65_76_65_6E_74_73


@dataclass(frozen=True, slots=True)
class Pruned:
    entries: int
    events: int


def prune(
    *, now: datetime | None = None, kept_newest: int | None = None, batch: int = BATCH
) -> Pruned:
    """Drop what nobody needs any more: all of ``prune_in_batches``, at once."""
    entries = events = 0
    for dropped in prune_in_batches(now=now, kept_newest=kept_newest, batch=batch):
        entries, events = entries + dropped.entries, events + dropped.events
    return Pruned(entries, events)


def prune_in_batches(
    *, now: datetime | None = None, kept_newest: int | None = None, batch: int = BATCH
) -> Iterator[Pruned]:
    """Drop what nobody needs any more, a batch with each step; may be stopped after any.

    That is what is both old and not among the newest of its stream. How old and how many say the
    options; ``kept_newest`` overrides the number.

    What stays of a stream has no gap: entries go from the oldest on, up to the first that is kept.
    An event goes with the last of its entries. Where another process is at it, this one leaves it
    the work.
    """
    kept = options.snapshot()
    before = (now or timezone.now()) - timedelta(hours=kept[KEPT_HOURS])
    kept_newest = kept[KEPT_NEWEST] if kept_newest is None else kept_newest
    streams = Stream.objects.filter(head__gt=kept_newest).order_by("name")
    for name, head in list(streams.values_list("name", "head")):
        yield from _prune_stream(name, head - kept_newest, before=before, batch=batch)


def _prune_stream(name: str, last: int, *, before: datetime, batch: int) -> Iterator[Pruned]:
    """Drop entries of one stream up to number ``last``, as far as all of them are old."""
    young = StreamEntry.objects.filter(stream=name, event__created_at__gte=before)
    # times are taken before numbers, so they do not quite rise with them
    first_young: int | None = young.aggregate(seq=Min("seq"))["seq"]
    if first_young is not None:
        last = min(last, first_young - 1)
    while dropped := _drop_batch(name, last, batch):
        yield dropped


def _drop_batch(name: str, last: int, batch: int) -> Pruned | None:
    """One transaction; ``None`` if there was nothing to do, or somebody else does it."""
    with recording():
        if not _is_alone():
            return None
        old = StreamEntry.objects.filter(stream=name, seq__lte=last).order_by("seq")
        rows = list(old.values_list("pk", "event_id")[:batch])
        if not rows:
            return None
        entries, _ = StreamEntry.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
        forgotten = Event.objects.filter(pk__in=[event for _, event in rows], entries=None)
        events, _ = forgotten.delete()
    return Pruned(entries, events)


def _is_alone() -> bool:
    """Whether no other process prunes now, and none will until this transaction ends."""
    if connection.vendor != "postgresql":  # SQLite has one writer at a time
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PRUNERS_LOCK])
        return bool(cursor.fetchone()[0])
