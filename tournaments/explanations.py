"""Why a row of the standings stands above the next, in words for casters and viewers."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from tournaments.metrics import METRICS, NO_PLACE
from tournaments.standings import Row

CHAMPION: Final = "champion by checkmate"
WENT_FURTHER: Final = "went further than the next"
LEVEL: Final = "level with the next in everything"

_ORDINALS: Final = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")
_SUBJECTS: Final = {
    "points": "points",
    "top4_plus_wins": "top fours with wins twice",
    "count_1st": "first places",
    "count_2nd": "second places",
    "count_3rd": "third places",
    "count_4th": "fourth places",
    "count_5th": "fifth places",
    "count_6th": "sixth places",
    "count_7th": "seventh places",
    "count_8th": "eighth places",
    "average_placement": "average placement",
    "fewest_bottom_three": "fewer places six to eight",
    "best_game": "points in the best game",
    "seed": "seed",
    "manual_rank": "the organisers' decision",
}
_FEWEST_DECIMALS: Final = 2
_MOST_DECIMALS: Final = 6


def explain(rows: Sequence[Row]) -> list[str | None]:
    """For each of ``rows``, which are in order, why it stands above the next: None for the last.

    Whoever shares a rank with the next says so.
    """
    return [*(_why(row, below) for row, below in pairwise(rows)), *[None] * bool(rows)]


def _why(row: Row, below: Row) -> str:
    if row.champion:
        return CHAMPION
    if row.cuts_ago != below.cuts_ago:
        # what they did is not compared: the one below stands as it stood at an earlier cut
        return WENT_FURTHER
    for name, value in row.metrics.items():  # in the order of the chain
        mine: Any = value
        theirs: Any = below.metrics[name]
        metric = METRICS[name]
        if metric.sort_key(mine) != metric.sort_key(theirs):
            return (
                _most_recent(mine, theirs)
                if name == "most_recent_game"
                else _ahead(name, mine, theirs)
            )
    return LEVEL


def _ahead(name: str, mine: Any, theirs: Any) -> str:
    if isinstance(mine, float) and isinstance(theirs, float):
        mine, theirs = _apart(mine, theirs)
    return f"ahead on {_SUBJECTS[name]}, {mine} to {'none' if theirs is None else theirs}"


def _apart(mine: float, theirs: float) -> tuple[str, str]:
    """Both with as few decimals as tell them apart."""
    for decimals in range(_FEWEST_DECIMALS, _MOST_DECIMALS):
        texts = f"{mine:.{decimals}f}", f"{theirs:.{decimals}f}"
        if texts[0] != texts[1]:
            return texts
    return f"{mine:.{_MOST_DECIMALS}f}", f"{theirs:.{_MOST_DECIMALS}f}"


def _most_recent(mine: Sequence[int], theirs: Sequence[int]) -> str:
    ago, (place, other) = next(
        (ago, pair) for ago, pair in enumerate(zip(mine, theirs, strict=True)) if pair[0] != pair[1]
    )
    before = ("in the newest game", "in the game before the newest")
    when = before[ago] if ago < len(before) else f"in the game {ago} before the newest"
    return f"ahead {when}, {_ordinal(place)} to {_ordinal(other)}"


def _ordinal(place: int) -> str:
    return "no place" if place == NO_PLACE else _ORDINALS[place - 1]
