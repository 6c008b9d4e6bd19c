"""The metrics that tell participants apart: one table by name, pure functions over plain data."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeAlias

LOBBY_SIZE = 8
NO_PLACE = LOBBY_SIZE + 1  # below an eighth place: absent, or the lobby is still open

MetricValue: TypeAlias = int | float | tuple[int, ...] | None

_COUNTS = tuple(f"count_{nth}" for nth in ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"))
DEFAULT_CHAIN = ("points", "top4_plus_wins", *_COUNTS, "most_recent_game", "manual_rank")


class UnknownMetricError(ValueError):
    """Raised when a chain names a metric that ``METRICS`` does not have."""


@dataclass(slots=True)
class Tally:
    """What one participant did in one stage, and in those that it carries."""

    seed: int | None
    manual_rank: int | None
    points: int = 0
    best_game: int = 0
    # one for each game of the stage, oldest first, so that tallies compare game by game
    places: list[int] = field(default_factory=list)
    # by place; [NO_PLACE] counts absences, but no open lobbies
    counts: list[int] = field(default_factory=lambda: [0] * (NO_PLACE + 1))

    def add(self, place: int, points: int) -> None:
        self.points += points
        self.best_game = max(self.best_game, points)
        self.places[-1] = place
        self.counts[place] += 1


def _count(place: int, tally: Tally) -> int:
    return tally.counts[place]


def _top4_plus_wins(tally: Tally) -> int:
    return sum(tally.counts[1:5]) + tally.counts[1]


def _average_placement(tally: Tally) -> float | None:
    """An absence counts as a ninth place: it must not be better than losing."""
    games = sum(tally.counts)
    return sum(place * n for place, n in enumerate(tally.counts)) / games if games else None


def _bottom_three(tally: Tally) -> int:
    """Places six to eight, and absences."""
    return sum(tally.counts[6:])


def _newest_first(tally: Tally) -> tuple[int, ...]:
    return tuple(reversed(tally.places))


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to tell two participants apart; None always comes last."""

    value: Callable[[Tally], MetricValue]
    lower_is_better: bool = False

    def sort_key(self, value: Any) -> Any:  # one metric's values are all alike, the union's are not
        if value is None:
            return math.inf
        return value if self.lower_is_better else -value


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "points": Metric(attrgetter("points")),
        "top4_plus_wins": Metric(_top4_plus_wins),
        # more is better down to the eighth place, which still beats an absence
        **{name: Metric(partial(_count, place)) for place, name in enumerate(_COUNTS, start=1)},
        "most_recent_game": Metric(_newest_first, lower_is_better=True),
        "average_placement": Metric(_average_placement, lower_is_better=True),
        "fewest_bottom_three": Metric(_bottom_three, lower_is_better=True),
        "best_game": Metric(attrgetter("best_game")),
        "seed": Metric(attrgetter("seed"), lower_is_better=True),
        "manual_rank": Metric(attrgetter("manual_rank"), lower_is_better=True),
    }
)
