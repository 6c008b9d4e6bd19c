"""The event log of a running server, read as a program of its own would."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.rows import rows, value
from tests.support.server import RunningServer

STAFF = "staff"
ENDED_BY_TIME = "graphic.lock_expired"


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    type: str
    name: str
    payload: dict[str, Any]
    public: dict[str, Any] | None


def overlay(graphic_id: int) -> str:
    return f"overlay.{graphic_id}"


def head(server: RunningServer, stream: str = STAFF) -> int:
    """The number of the last entry that a call wrote.

    The end of a lock by time is no call's: tests share a server, and the locks that they leave end
    minutes later, in the middle of whatever test is at work then.
    """
    found = rows(
        server,
        "SELECT s.seq FROM events_streamentry s JOIN events_event e ON e.id = s.event_id "
        "WHERE s.stream_id = %s AND e.name <> %s ORDER BY s.seq DESC LIMIT 1",
        stream,
        ENDED_BY_TIME,
    )
    return found[0][0] if found else 0


def deeds(server: RunningServer) -> int:
    """How many deeds of calls the audit trail has; ends of locks by time are left out as above."""
    counted = "SELECT count(*) FROM audit_auditentry WHERE action <> %s"
    return value(server, counted, ENDED_BY_TIME)


def entries(
    server: RunningServer, stream: str = STAFF, *, after: int = 0, with_ends_by_time: bool = False
) -> list[Entry]:
    """Without the ends of locks by time, as ``head`` is, where they are not asked for."""
    found = rows(
        server,
        "SELECT s.seq, e.type, e.name, e.payload, e.public_payload FROM events_streamentry s "
        "JOIN events_event e ON e.id = s.event_id "
        "WHERE s.stream_id = %s AND s.seq > %s ORDER BY s.seq",
        stream,
        after,
    )
    return [
        Entry(seq, kind, name, json.loads(payload), json.loads(public) if public else None)
        for seq, kind, name, payload, public in found
        if with_ends_by_time or name != ENDED_BY_TIME
    ]


def epoch(server: RunningServer) -> str:
    return value(server, "SELECT value FROM events_epoch")
