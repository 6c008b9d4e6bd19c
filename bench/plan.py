"""How a run measures: on which database, how long, on which cores."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from bench.figures import Figure

if TYPE_CHECKING:
    from bench.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    database: str
    """The engine: "sqlite" (in-process bus and cache) or "postgresql" (and Redis)."""

    rounds: int
    """Each case is measured so often, the subjects in turn, so that a slow moment hits all."""

    seconds: float
    """For one case of one subject in one round."""

    is_quick: bool
    """A minute in all: fewer cases."""

    only: frozenset[str] = frozenset()
    """Sections to run; all of them if empty."""

    matching: str = ""
    """Only cases whose name contains this."""


class Section(Protocol):
    """A module of the bench that measures something."""

    NAME: str

    def run(self, plan: Plan, place: "Place", say: Callable[[str], None]) -> Iterator[Figure]: ...


@cache  # as this process found them: it keeps to some of them later
def spread_over_cores() -> tuple[frozenset[int], frozenset[int]]:
    """Cores for the server and for the load: different ones where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return frozenset(cores), frozenset(cores)
    return frozenset(cores[:1]), frozenset(cores[1:])


def keep_to(cores: Iterable[int], process: int = 0) -> None:
    """Let a process (0: this one), and all that it starts from now on, run on these cores only."""
    os.sched_setaffinity(process, cores)
