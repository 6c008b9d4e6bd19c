"""Graphics of lists as JSON, kept for as long as they are what they were.

A row that is listed again is not read again: the dashboard asks for all graphics, with their
documents, whenever one has changed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from gal_dashboard.core.kept import Kept

# The number, the version, when it was last written and whether it is archived. A save is a new
# version; a version that came again, from a backup, was not written at the same moment.
State = tuple[int, int, datetime, bool]
STATE: Final = ("pk", "version", "updated_at", "archived")

OVERHEAD: Final = 500  # bytes of a row beside its JSON, roughly

_rows: Final[Kept[State, bytes]] = Kept(most=16 * 1024 * 1024, largest=256 * 1024)


def known(row: Mapping[str, Any]) -> bytes | None:
    """The JSON that was kept of a row with the columns of ``STATE``."""
    return _rows.get(_state_of(row))


def keep(row: Mapping[str, Any], text: bytes) -> None:
    _rows.keep(_state_of(row), text, len(text) + OVERHEAD)


def _state_of(row: Mapping[str, Any]) -> State:
    return row["pk"], row["version"], row["updated_at"], row["archived"]
