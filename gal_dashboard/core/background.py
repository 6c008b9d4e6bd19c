"""Work that goes on beside the requests, on a thread of its own."""

import logging
import threading
from typing import Final

logger = logging.getLogger(__name__)

CLOSING_SECONDS: Final = 5.0
# After a fault of ours a worker begins anew, not in a loop that takes a core.
BEGIN_ANEW_SECONDS: Final = 5.0


class BackgroundWorker:
    """One thread between ``start`` and ``stop``, which may be called again, and by anybody.

    A subclass has ``run``: it returns soon after ``self.is_over`` is set and leaves no database
    connection behind. If it raises, the log says so and it runs again. Servers start workers,
    commands do not.
    """

    name: str

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()

    def run(self) -> None:
        raise NotImplementedError

    def _live(self) -> None:
        while not self.is_over.is_set():
            try:
                self.run()
            except Exception:
                logger.exception("The %s failed; it begins anew", self.name)
                self.is_over.wait(BEGIN_ANEW_SECONDS)

    def start(self) -> None:
        if self._thread is not None:  # asked by every request: no lock for that
            return
        with self._start_lock:
            if self._thread is None:
                self.is_over.clear()
                self._thread = threading.Thread(target=self._live, name=self.name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Set ``is_over`` and wait for the thread, as long as a shutdown may wait."""
        with self._start_lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self.is_over.set()
            thread.join(timeout=CLOSING_SECONDS)
