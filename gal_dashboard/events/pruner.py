"""Prunes the log once an hour, so that nobody has to remember it.

One thread in each process, with a connection that it has only while it prunes. It takes a breath
after each batch: on SQLite writers have the database in between.
"""

import logging
from typing import Final

from django.db import Error, connection

from gal_dashboard.core.background import BackgroundWorker
from gal_dashboard.events import pruning

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 3600.0
BREATH_SECONDS: Final = 0.1


class Pruner(BackgroundWorker):
    name = "pruner"

    def __init__(
        self, *, every_seconds: float = EVERY_SECONDS, kept_newest: int | None = None
    ) -> None:
        super().__init__()
        self._every_seconds = every_seconds
        self._kept_newest = kept_newest

    def run(self) -> None:
        # at once: a server that is restarted each day has to prune, too
        while not self.is_over.is_set():
            self._prune()
            self.is_over.wait(self._every_seconds)

    def _prune(self) -> None:
        """One round, ended early by ``stop``. The database may be away: then next time."""
        entries = 0
        try:
            for dropped in pruning.prune_in_batches(kept_newest=self._kept_newest):
                entries += dropped.entries
                if self.is_over.wait(BREATH_SECONDS):
                    break
        except Error as error:
            logger.warning("The pruner cannot use the database: %s", type(error).__name__)
        finally:
            connection.close()
        if entries:
            logger.info("Dropped %s old entries from the event log", entries)


pruner = Pruner()
