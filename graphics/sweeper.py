"""Announces locks when they end by time, within half a second; keeps house for the process.

One thread in each process with a connection of its own. It sleeps until the next lease ends; a
lease that another process gives is seen by looking again each second, as no lease is shorter than
two. Where another process was first to announce an end, this one has its hub read the news.
Every ten seconds it writes which keys of overlays were used, once a minute when sessions were last
seen; once an hour it prunes what is old. Of old sessions there may be many: a batch with each look.
"""

import logging
import time
from datetime import datetime
from typing import Final

from django.db import Error, connection

from gal_dashboard.core.background import BackgroundWorker
from gal_dashboard.core.clock import database_now
from gal_dashboard.events import log, streams
from gal_dashboard.realtime.hub import hub
from graphics import locks, pruning
from graphics.key_sockets import key_sockets
from graphics.key_uses import key_uses
from graphics.monitoring import HELD
from users import sessions
from users.last_seen import last_seen

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
AFTER_THE_END: Final = 0.02  # so that one look finds the lease ended
PRUNE_SECONDS: Final = 3600.0


class Sweeper(BackgroundWorker):
    name = "sweeper"

    def __init__(self) -> None:
        super().__init__()
        self._next_end: datetime | None = None
        self._next_pruning = 0.0  # at once: a server that is restarted each day has to prune, too
        self._has_old_sessions = False

    def run(self) -> None:
        pause = 0.0
        try:
            while not self.is_over.wait(pause):
                pause = self._look()
                self._write_marks()
        finally:
            self._write_marks(is_last_time=True)
            connection.close()

    def _write_marks(self, *, is_last_time: bool = False) -> None:
        """Each kind by itself. What cannot be written is kept for the next time."""
        for what, marks in (("keys were used", key_uses), ("sessions were seen", last_seen)):
            if not (marks.is_due or is_last_time):
                continue
            if marks is key_uses:
                key_sockets.note_uses()
            try:
                marks.flush()
            except Error as error:
                logger.warning("When %s cannot be written: %s", what, type(error).__name__)
                connection.close()

    def _look(self) -> float:
        """Sweep, and say how long to sleep. The database may be away: then later."""
        try:
            is_due = self._next_end is not None and self._next_end <= database_now()
            if not locks.sweep_locks() and is_due:
                # whoever announced it has committed: the sweep would have waited for the row
                hub.poke(streams.STAFF, log.head(streams.STAFF))
            if time.monotonic() >= self._next_pruning:
                self._next_pruning = time.monotonic() + PRUNE_SECONDS
                pruning.prune_leases()
                pruning.prune_revisions()
                sessions.drop_expired_of_admin()
                self._has_old_sessions = True
            if self._has_old_sessions:
                self._has_old_sessions = sessions.prune_batch() == sessions.BATCH
            held, self._next_end = locks.outlook()
            HELD.set(held)
            if self._next_end is None:
                return LOOK_SECONDS
            left = (self._next_end - database_now()).total_seconds()
            return min(LOOK_SECONDS, max(0.0, left) + AFTER_THE_END)
        except Error as error:
            logger.warning("The sweeper cannot use the database: %s", type(error).__name__)
            connection.close()
            return LOOK_SECONDS


sweeper = Sweeper()
