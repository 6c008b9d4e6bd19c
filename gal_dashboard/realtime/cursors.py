"""Where a returning client says that it was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last number that a client has dealt with, in one life of the database."""

    after: int
    epoch: str


def parse(query: Mapping[str, Sequence[str]]) -> Cursor | None:
    """The cursor in ``after`` and ``epoch``; ``None`` if either is absent, doubled or malformed."""
    match query.get("after", ()), query.get("epoch", ()):
        case [after], [epoch] if _NUMBER.fullmatch(after) and int(after) <= _LARGEST:
            return Cursor(int(after), epoch)
    return None
