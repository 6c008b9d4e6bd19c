"""The database backend ``gal_dashboard.core.sqlite``: threads that write take turns.

SQLite has one writer and no line: who finds it busy sleeps and looks again, after up to a tenth of
a second, however soon it was free. With a few threads that write, the database stood idle for most
of the time and some of them waited for seconds. So a thread takes this process's turn before it
begins a transaction, and is woken when the one before has ended. Other processes (commands beside
the server) are waited for as before.

And the places of a statement are written in SQLite's way once for each statement: Django searches
the whole text at each call.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError
from django.db.backends.sqlite3 import base

MOST_TEXTS: Final = 1000  # this project has some hundred; what is filtered for makes more
LONGEST_TEXT: Final = 4000

_texts: dict[str, str] = {}
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Cursor(base.SQLiteCursorWrapper):
    """Django's, which converts each text once."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is not None or len(query) > LONGEST_TEXT:
            return self._converted(query, param_names)
        text = _texts.get(query)
        if text is None:
            if len(_texts) >= MOST_TEXTS:
                _texts.clear()  # pages and filters make new ones; what is hot is soon back
            text = _texts[query] = self._converted(query, None)
        return text

    def _converted(self, query: str, param_names: list[str] | None) -> str:
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django calls these whenever a transaction begins and ends, and on a close in the middle.

    Its stubs for mypy leave them out.
    """

    _has_turn = False
    _patience: float | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_turn()  # a commit that failed is rolled back

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    @contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """Within this block a write that would wait for longer gives up by ``OperationalError``."""
        self.ensure_connection()
        self._wait_at_most(seconds)
        try:
            yield
        finally:
            self._wait_at_most(self._usual_patience)

    def _wait_at_most(self, seconds: float) -> None:
        self._patience = seconds
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    @property
    def _usual_patience(self) -> float:
        return self.settings_dict["OPTIONS"].get("timeout", 5)

    def _take_turn(self) -> None:
        if self._has_turn:
            return
        patience = self._usual_patience if self._patience is None else self._patience
        if not self._turn.acquire(timeout=patience):
            raise OperationalError("database is locked: another thread has been writing for long")
        self._has_turn = True

    def _give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn.release()

    @property
    def _turn(self) -> threading.Lock:
        return _turns[str(self.settings_dict["NAME"])]
