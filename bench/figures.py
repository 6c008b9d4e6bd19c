"""What a measurement yields: figures, and what they are compared with."""

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

OURS: Final = "this project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured of one subject, a value for each round of the run."""

    section: str
    """The part of the bench, as "rest"."""

    case: str
    """What was done, as "list of 100, 8 clients". Subjects that did the same have the same case."""

    subject: str
    """Who did it: ``OURS`` or a baseline."""

    unit: str
    """As "requests/s", "ms p50 to the last", "KB a socket"."""

    values: tuple[float, ...]
    more_is_better: bool
    errors: int = 0
    """What went wrong meanwhile. A figure with errors is printed with them, never dropped."""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """Between the best and the worst round, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "median": self.median, "spread": self.spread}


def ratio(figure: Figure, baseline: Figure) -> float:
    """How many times the baseline's value this one is. Both are of one run, or it says nothing."""
    return figure.median / baseline.median if baseline.median else float("nan")


def of_case(figures: Iterable[Figure], figure: Figure) -> list[Figure]:
    """What other subjects did in the same case, in the same unit."""
    return [
        other
        for other in figures
        if (other.section, other.case, other.unit) == (figure.section, figure.case, figure.unit)
        and other.subject != figure.subject
    ]
