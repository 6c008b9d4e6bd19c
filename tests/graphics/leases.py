"""Leases as clients and staff see them."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.events import logbook
from tests.support.server import RunningServer

LEASE_SECONDS: Final = 2
# For servers on which leases shall end while a test looks on.
HASTY: Final = {"GAL_GRAPHICS_LOCK_TTL_SECONDS": str(LEASE_SECONDS)}


def moment(text: str) -> datetime:
    """A time of the wire."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def seconds_left(lock: dict[str, Any]) -> float:
    """Until the end of a lock, 0 after it."""
    return max(0.0, (moment(lock["expires_at"]) - datetime.now(UTC)).total_seconds())


def told_of(server: RunningServer, graphic_id: int, *, after: int = 0) -> list[dict[str, Any]]:
    """What staff heard of the graphic's lock since number ``after``, oldest first."""
    return [
        entry.payload
        for entry in logbook.entries(server, after=after, with_ends_by_time=True)
        if entry.type == "lock_status" and entry.payload["graphic_id"] == graphic_id
    ]
