"""What the documentation says of canvas documents is what the check of them does."""

import re

import pytest

from gal_dashboard.settings.environment import BASE_DIR
from graphics.canvas import ELEMENT_CHECKS, TYPES, faults

PAGE = (BASE_DIR / "docs" / "overlay.md").read_text(encoding="utf-8")
CHAPTER = PAGE.partition("## Canvas documents")[2].partition("\n## ")[0]
REFUSED, MEANING = CHAPTER.split("### Every element")
OF_THE_BACKGROUND = {"width", "height"}
RANGE = re.compile(r"(-?[0-9]+) to (-?[0-9]+)")


def keys(cell: str) -> list[str]:
    """The names in the first cell of a row; a star marks an extension."""
    return re.findall(r"`([A-Za-z]+)`", cell)


def table(text: str) -> list[tuple[str, str]]:
    """First and second cells of the first table in ``text``."""
    rows = re.search(r"^\|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert rows is not None
    return [(cells[1], cells[2]) for line in rows[1].splitlines() if (cells := line.split("|"))]


TAKEN = table(REFUSED.partition("Of the elements that overlays draw")[2])
RANGES = [
    (key, float(found[1]), float(found[2]))
    for names, taken in TAKEN
    if (found := RANGE.match(taken.strip()))
    for key in keys(names)
]


def is_taken(key: str, value: object) -> bool:
    background = {key: value} if key in OF_THE_BACKGROUND else None
    return not faults({"background": background, "elements": [{"type": "text", key: value}]})


def test_every_key_that_is_checked_stands_in_the_table_and_no_other():
    named = [key for names, _ in TAKEN for key in keys(names)]

    assert len(named) == len(set(named))
    assert set(named) - OF_THE_BACKGROUND <= set(ELEMENT_CHECKS) <= set(named)


def test_every_key_that_is_checked_has_a_meaning():
    named = {key for line in MEANING.splitlines() for key in keys(line.partition("|")[2])}

    assert set(ELEMENT_CHECKS) - named == set()


def test_every_type_that_is_drawn_is_described():
    lists = table(MEANING.partition("### Lists")[2])

    assert {kind for names, _ in lists for kind in keys(names)} == TYPES - {"text"}


@pytest.mark.parametrize(("key", "low", "high"), RANGES)
def test_a_number_is_taken_within_the_bounds_of_the_table(key, low, high):
    assert [is_taken(key, value) for value in (low - 0.01, low, high, high + 0.01)] == [
        False, True, True, False,
    ]  # fmt: skip
