"""Reading the log. Opens no transaction of its own: on SQLite that would take the write lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import BigIntegerField, CharField, Min

from gal_dashboard.core.prepared import Prepared, Slot
from gal_dashboard.events.models import Epoch, Stream, StreamEntry


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One entry of a stream as it was stored; the payloads are JSON text.

    ``request_id`` is that of the request that wrote it, empty for commands.
    """

    seq: int
    type: str
    payload: str
    public_payload: str | None
    created_at: datetime
    request_id: str


def epoch() -> str:
    """The id of this database's life."""
    return Epoch.objects.values_list("value", flat=True).get(pk=1)


def head(stream: str) -> int:
    """The newest number of ``stream``; 0 before its first event."""
    return Stream.objects.filter(name=stream).values_list("head", flat=True).first() or 0


def heads(names: Iterable[str]) -> dict[str, int]:
    """The newest number of each stream that has one."""
    return dict(Stream.objects.filter(name__in=list(names)).values_list("name", "head"))


def floor(stream: str) -> int:
    """The oldest number still there, 0 if none: a cursor below ``floor - 1`` was trimmed."""
    return StreamEntry.objects.filter(stream=stream).aggregate(oldest=Min("seq"))["oldest"] or 0


def entries(stream: str, *, after: int, limit: int) -> list[LoggedEvent]:
    """At most ``limit`` entries with numbers above ``after``, in order."""
    return [LoggedEvent(*row.values()) for row in _entries(limit).rows(stream=stream, after=after)]


@cache
def _entries(limit: int) -> Prepared:
    """The limit is a part of the SQL. The hub asks for a hundred different ones at most."""
    return Prepared(
        lambda: (
            StreamEntry.objects.filter(
                stream=Slot("stream", CharField()), seq__gt=Slot("after", BigIntegerField())
            )
            .order_by("seq")
            .values(
                "seq",
                "event__type",
                "event__payload",
                "event__public_payload",
                "event__created_at",
                "event__request_id",
            )[:limit]
        )
    )
