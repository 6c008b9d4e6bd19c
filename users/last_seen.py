"""When each session was last seen: noted in memory, written once a minute.

A write with every request would put readers in line behind writers.
"""

import threading
import time
from datetime import datetime
from typing import Final

from django.db import Error, transaction
from django.utils import timezone

from users.models import Session

FLUSH_SECONDS: Final = 60.0


class LastSeen:
    """One for each process. Any thread notes, one flushes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: dict[str, datetime] = {}
        self._next_flush = 0.0

    def note(self, sid: str | None) -> None:
        if sid is not None:
            with self._lock:
                self._noted[sid] = timezone.now()

    def of(self, sid: str, stored: datetime) -> datetime:
        """What this process knows and has not written yet, else ``stored``."""
        with self._lock:
            return max(stored, self._noted.get(sid, stored))

    def flush_if_due(self) -> None:
        if time.monotonic() >= self._next_flush:
            self._next_flush = time.monotonic() + FLUSH_SECONDS
            self.flush()

    def flush(self) -> None:
        """Write what was noted since. Raises ``django.db.Error``; then the next flush has it."""
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            with transaction.atomic():
                for sid, at in sorted(noted.items()):
                    Session.objects.filter(sid=sid, last_seen_at__lt=at).update(last_seen_at=at)
        except Error:
            with self._lock:
                self._noted = noted | self._noted
            raise


last_seen = LastSeen()
