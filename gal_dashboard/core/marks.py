"""Marks that are left in passing: kept in memory, written in batches.

Who was here, what was used: a write with every request would put readers in line behind writers.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When

AT_ONCE: Final = 200  # SQLite takes so many variables in a statement, and no more

Key = TypeVar("Key")
Mark = TypeVar("Mark")


class Marks(Generic[Key, Mark]):
    """The newest mark of each key since the last flush. Any thread leaves one, one thread flushes.

    A subclass has ``store``. What it holds is bounded by the keys that there are.
    """

    every_seconds: float

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._marks: dict[Key, Mark] = {}
        self._next_flush = 0.0

    def store(self, marks: Mapping[Key, Mark]) -> None:
        raise NotImplementedError

    def leave(self, key: Key, mark: Mark) -> None:
        with self._lock:
            self._marks[key] = mark

    def held(self, key: Key) -> Mark | None:
        """What is known here and not yet written."""
        with self._lock:
            return self._marks.get(key)

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self._next_flush

    def flush(self) -> None:
        """Write what was left since. Raises ``django.db.Error``; then the next flush has it."""
        self._next_flush = time.monotonic() + self.every_seconds
        with self._lock:
            marks, self._marks = self._marks, {}
        if not marks:
            return
        try:
            self.store(marks)
        except BaseException:
            with self._lock:
                self._marks = marks | self._marks
            raise


def store_newest(
    rows: models.QuerySet[Any], *, key: str, at: str, marks: Mapping[Any, Mapping[str, Any]]
) -> None:
    """Write the fields of each mark into the row of its key, by one update for many rows.

    A row that knows of a later moment (``at``) keeps it: of several processes the newest mark
    counts. A row that somebody else holds is left alone; its next mark will be written.
    """
    keys = sorted(marks)
    for start in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            # locked without waiting, so that nobody who ends many sessions meets a deadlock here
            free = rows.filter(**{f"{key}__in": keys[start : start + AT_ONCE]}).select_for_update(
                skip_locked=True
            )
            some = {found: marks[found] for found in free.values_list(key, flat=True)}
            if some:
                _update(rows.filter(**{f"{key}__in": list(some)}), key, at, some)


def _update(
    rows: models.QuerySet[Any], key: str, at: str, marks: Mapping[Any, Mapping[str, Any]]
) -> None:
    is_newer = {
        found: Q(**{key: found}) & (Q(**{at: None}) | Q(**{f"{at}__lt": mark[at]}))
        for found, mark in marks.items()
    }
    fields = next(iter(marks.values()))
    rows.update(
        **{
            field: Case(
                *(When(is_newer[found], then=Value(mark[field])) for found, mark in marks.items()),
                default=F(field),
            )
            for field in fields
        }
    )
