"""A circuit breaker: what has just not answered is not asked by everybody again."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

logger = logging.getLogger(__name__)

OPEN_SECONDS: Final = 1.0


class CircuitOpenError(Exception):
    """Raised instead of asking: there was no answer a moment ago."""


class CircuitBreaker:
    """Stands between threads and one part that may hang.

    After a fault it is open for ``seconds``: nobody asks. Then one thread does, and the others go
    on being turned away until that one has its answer. So a part that hangs holds one thread at a
    time, besides those that had asked before it was known. The log has one line when it opens,
    ``opened``, and one when it closes, ``closed``.
    """

    def __init__(
        self,
        *faults: type[Exception],
        opened: str,
        closed: str,
        seconds: float = OPEN_SECONDS,
    ) -> None:
        self._faults = faults
        self._opened, self._closed = opened, closed
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_open = False
        self._try_again_at = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around one question. Raises ``CircuitOpenError``, or what the question raises."""
        self._begin()
        try:
            yield
        except self._faults as fault:
            self._note_fault(fault)
            raise
        self._note_answer()

    def _begin(self) -> None:
        if not self._is_open:
            return
        with self._lock:
            now = time.monotonic()
            if self._is_open and now < self._try_again_at:
                raise CircuitOpenError
            # others are turned away meanwhile, and go on if this thread never comes back
            self._try_again_at = now + 2 * self._seconds

    def _note_fault(self, fault: Exception) -> None:
        with self._lock:
            was_open, self._is_open = self._is_open, True
            self._try_again_at = time.monotonic() + self._seconds
        if not was_open:
            logger.warning("%s (%s)", self._opened, type(fault).__name__)

    def _note_answer(self) -> None:
        if not self._is_open:
            return
        with self._lock:
            was_open, self._is_open = self._is_open, False
        if was_open:
            logger.warning("%s", self._closed)
