"""When each session was last seen: noted in memory, written once a minute."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from gal_dashboard.core.marks import Marks, store_newest
from users.models import Session


class LastSeen(Marks[str, datetime]):
    """One for each process."""

    every_seconds = 60.0

    def note(self, sid: str | None) -> None:
        if sid is not None:
            self.leave(sid, timezone.now())

    def of(self, sid: str, stored: datetime) -> datetime:
        """What this process knows and has not written yet, else ``stored``."""
        return max(stored, self.held(sid) or stored)

    def store(self, marks: Mapping[str, datetime]) -> None:
        seen = {sid: {"last_seen_at": at} for sid, at in marks.items()}
        store_newest(Session.objects.all(), key="sid", at="last_seen_at", marks=seen)


last_seen = LastSeen()
