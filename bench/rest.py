"""Requests a second over REST, and how long they take, side by side with the baselines.

Every case is asked by 1, 8, 16 and 64 clients at once. One server is under load at a time; in each
round they take turns, case by case, so that a slow moment of the machine hits all alike. Rates and
processor time are of units of work (a pair of requests, for locks), latencies of single requests.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bench.figures import Figure
from bench.first_requests import measure_first_requests
from bench.http import Client, ContractError
from bench.load import Outcome, drive
from bench.place import Place
from bench.plan import Plan
from bench.rest_cases import CASES, STANDINGS, Case
from bench.rest_subjects import Filled, filled_subjects, missing

NAME: Final = "rest"
# Eight, as the replaced service stops when all 15 connections of its pool are out: it is compared
# with one and with eight. What becomes of it, and of others, in a crowd is seen with more.
CLIENTS: Final = (1, 8, 16, 64)
WARM_UP_SECONDS: Final = 0.3
QUICK_CLIENTS: Final = (8,)

logger = logging.getLogger(__name__)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is measured at once."""

    case: Case
    clients: int

    @property
    def name(self) -> str:
        return f"{self.case.name}, {self.clients} client{'s' if self.clients > 1 else ''}"


def run(plan: Plan, place: Place, say: Say) -> Iterator[Figure]:
    cells = [
        Cell(case, clients)
        for case in CASES
        for clients in (QUICK_CLIENTS if plan.is_quick else CLIENTS)
        if plan.matching in Cell(case, clients).name
    ]
    if cells:
        for name in missing():
            logger.warning("%s is left out: `make bench` installs its packages.", name)
        with_standings = any(cell.case is STANDINGS for cell in cells)
        with filled_subjects(place, say, with_standings=with_standings) as subjects:
            yield from _measure(plan, cells, subjects, say)
    if not plan.is_quick:
        yield from measure_first_requests(plan, place, NAME, say)


def _measure(plan: Plan, cells: list[Cell], subjects: list[Filled], say: Say) -> Iterator[Figure]:
    for subject in subjects:
        _check(cells, subject)
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    stopped: set[tuple[str, int]] = set()
    total, done = plan.rounds * len(cells) * len(subjects), 0
    for number in range(plan.rounds):
        for cell in cells:
            for subject in _turned(subjects, number):
                done += 1
                say(f"{done}/{total} {cell.name}: {subject.name}")
                so_far = outcomes.setdefault((cell.name, subject.name), [])
                # It has hung once: that stands in the table, and takes long.
                if not _has_hung(so_far) and (subject.name, cell.clients) not in stopped:
                    so_far.append(_load(cell, subject, plan.seconds))
                    if so_far[-1].unanswered == cell.clients:
                        stopped.add((subject.name, cell.clients))  # whatever so many ask for
    for cell in cells:
        for subject in subjects:
            if found := outcomes[cell.name, subject.name]:
                yield from _figures(cell, subject.name, found)


def _has_hung(outcomes: list[Outcome]) -> bool:
    return any(outcome.unanswered for outcome in outcomes)


def _turned(subjects: list[Filled], number: int) -> list[Filled]:
    first = number % len(subjects)
    return subjects[first:] + subjects[:first]


def _check(cells: list[Cell], subject: Filled) -> None:
    """Nobody is fast by answering nothing. Raises ``ContractError`` that names the subject."""
    client = Client(subject.server.port, subject.token)
    for case in {cell.case.name: cell.case for cell in cells}.values():
        try:
            case.check(subject, client)
        except (ContractError, KeyError) as error:
            raise ContractError(f"{subject.name}, {case.name}: {error}") from error
    client.close()


def _load(cell: Cell, subject: Filled, seconds: float) -> Outcome:
    """What the clients see once they are at it. All beginning in one moment, each with a graphic
    that nobody asked for before, is no state that lasts; starts have cases of their own.
    """
    scripts = [cell.case.script(subject, number) for number in range(cell.clients)]
    outcome = warm_up = drive(subject.server.port, scripts, WARM_UP_SECONDS)
    if not warm_up.unanswered:
        before = subject.server.cpu_seconds()
        outcome = drive(subject.server.port, scripts, seconds)
        outcome.cpu_seconds = subject.server.cpu_seconds() - before
        outcome.refused += warm_up.refused
        outcome.broken += warm_up.broken
    if outcome.unanswered:
        subject.server.start_anew()  # or the next case would measure this one's hang
    return outcome


def _figures(cell: Cell, subject: str, outcomes: list[Outcome]) -> Iterator[Figure]:
    measured = {
        cell.case.unit: (tuple(outcome.rate for outcome in outcomes), True),
        "ms p50": (tuple(outcome.percentile(50) for outcome in outcomes), False),
        "ms p99": (tuple(outcome.percentile(99) for outcome in outcomes), False),
        "ms of CPU": (tuple(outcome.cpu_milliseconds for outcome in outcomes), False),
    }
    for unit, (values, more_is_better) in measured.items():
        yield Figure(
            section=NAME,
            case=cell.name,
            subject=subject,
            unit=unit,
            values=values,
            more_is_better=more_is_better,
            errors=sum(outcome.errors for outcome in outcomes),
        )
