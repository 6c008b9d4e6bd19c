"""Graphics of lists as JSON, kept for as long as they are what they were.

A row that is listed again is not read again: the dashboard asks for all graphics, with their
documents, whenever one has changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

MOST_BYTES: Final = 16 * 1024 * 1024
LARGEST: Final = 256 * 1024
OVERHEAD: Final = 500  # of a row beside its JSON, roughly

# The number, the version, when it was last written and whether it is archived. A save is a new
# version; a version that came again, from a backup, was not written at the same moment.
State = tuple[int, int, datetime, bool]
STATE: Final = ("pk", "version", "updated_at", "archived")


def state_of(row: Mapping[str, Any]) -> State:
    return row["pk"], row["version"], row["updated_at"], row["archived"]


class ListedRows:
    """Those that were listed last, 16 MiB at most. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: OrderedDict[State, bytes] = OrderedDict()
        self._size = 0

    def get(self, state: State) -> bytes | None:
        with self._lock:
            row = self._rows.get(state)
            if row is not None:
                self._rows.move_to_end(state)
            return row

    def keep(self, state: State, row: bytes) -> None:
        if len(row) > LARGEST:
            return
        with self._lock:
            if state in self._rows:
                return
            self._rows[state] = row
            self._size += len(row) + OVERHEAD
            while self._size > MOST_BYTES:
                _, gone = self._rows.popitem(last=False)
                self._size -= len(gone) + OVERHEAD


listed_rows: Final = ListedRows()
