"""Two versions of a document side by side, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

CONTEXT: Final = 3
# Beyond, finding which lines moved where could take minutes; lines are then paired as they stand.
MOST_MATCHED: Final = 3000
MOST_SHOWN: Final = 2000
LONGEST_SHOWN: Final = 240


@dataclass(frozen=True, slots=True)
class Row:
    """One line of each side, its number before it; ``None`` where a side has no such line."""

    left_number: int | None
    left: str
    right_number: int | None
    right: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Groups of rows around what differs; equal stretches between them are left out."""

    groups: list[list[Row]]
    is_cut: bool

    @property
    def is_same(self) -> bool:
        return not self.groups


def compare(left: str, right: str) -> Comparison:
    """At most ``MOST_SHOWN`` rows; ``is_cut`` says that there would be more."""
    old, new = left.split("\n"), right.split("\n")
    groups: list[list[Row]] = []
    room = MOST_SHOWN
    for found in _differences(old, new):
        groups.append(found[:room])
        room -= len(found)
        if room <= 0:
            return Comparison(groups, is_cut=True)
    return Comparison(groups, is_cut=False)


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Row]]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if not middle_old and not middle_new:
        return
    start, rest = max(head - CONTEXT, 0), max(tail - CONTEXT, 0)
    shown_old, shown_new = old[start : len(old) - rest], new[start : len(new) - rest]
    if max(len(middle_old), len(middle_new)) > MOST_MATCHED:
        yield list(_rows(shown_old, shown_new, start, start, differs=None))
        return
    matcher = SequenceMatcher(None, shown_old, shown_new, autojunk=True)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        rows: list[Row] = []
        for tag, a, b, c, d in group:
            pair = shown_old[a:b], shown_new[c:d]
            rows += _rows(*pair, start + a, start + c, differs=tag != "equal")
        yield rows


def _rows(
    old: Sequence[str], new: Sequence[str], old_at: int, new_at: int, *, differs: bool | None
) -> Iterator[Row]:
    """Lines in pairs; ``differs=None`` has each pair judged by itself."""
    for index, (left, right) in enumerate(zip_longest(old, new)):
        yield Row(
            None if left is None else old_at + index + 1,
            _shown(left),
            None if right is None else new_at + index + 1,
            _shown(right),
            left != right if differs is None else differs,
        )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _shown(line: str | None) -> str:
    """A picture in a document is one line of megabytes: it is compared whole and shown cut."""
    if line is None or len(line) <= LONGEST_SHOWN:
        return line or ""
    return f"{line[:LONGEST_SHOWN]}… ({len(line):,} characters)"
