"""Prunes the log once an hour, so that nobody has to remember it.

One thread in each process, with a connection that it has only while it prunes. It takes a breath
after each batch: on SQLite writers have the database in between.
"""

import logging
import threading
from typing import Final

from django.db import Error, connection

from gal_dashboard.events import pruning

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 3600.0
BREATH_SECONDS: Final = 0.1
CLOSING_SECONDS: Final = 5.0


class Pruner:
    """``start`` and ``stop`` may be called again; between them one thread runs."""

    def __init__(
        self, *, every_seconds: float = EVERY_SECONDS, kept_newest: int | None = None
    ) -> None:
        self._every_seconds = every_seconds
        self._kept_newest = kept_newest
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()
        self._start_lock = threading.Lock()

    def start(self) -> None:
        if self._thread is not None:  # asked by every request: no lock for that
            return
        with self._start_lock:
            if self._thread is None:
                self._is_over.clear()
                self._thread = threading.Thread(target=self._run, name="pruner", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._start_lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._is_over.set()
            thread.join(timeout=CLOSING_SECONDS)

    def _run(self) -> None:
        # at once: a server that is restarted each day has to prune, too
        while not self._is_over.is_set():
            self._prune()
            self._is_over.wait(self._every_seconds)

    def _prune(self) -> None:
        """One round, ended early by ``stop``. The database may be away: then next time."""
        entries = 0
        try:
            for dropped in pruning.prune_in_batches(kept_newest=self._kept_newest):
                entries += dropped.entries
                if self._is_over.wait(BREATH_SECONDS):
                    break
        except Error as error:
            logger.warning("The pruner cannot use the database: %s", type(error).__name__)
        finally:
            connection.close()
        if entries:
            logger.info("Dropped %s old entries from the event log", entries)


pruner = Pruner()
