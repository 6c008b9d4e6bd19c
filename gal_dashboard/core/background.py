"""Work that goes on beside the requests, on a thread of its own."""

import threading
from typing import Final

CLOSING_SECONDS: Final = 5.0


class BackgroundWorker:
    """One thread between ``start`` and ``stop``, which may be called again, and by anybody.

    A subclass has ``run``: it returns soon after ``self.is_over`` is set and leaves no database
    connection behind.
    """

    name: str

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()

    def run(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        if self._thread is not None:  # asked by every request: no lock for that
            return
        with self._start_lock:
            if self._thread is None:
                self.is_over.clear()
                self._thread = threading.Thread(target=self.run, name=self.name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Set ``is_over`` and wait for the thread, as long as a shutdown may wait."""
        with self._start_lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self.is_over.set()
            thread.join(timeout=CLOSING_SECONDS)
