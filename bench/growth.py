"""Whether the server gets slower with what is stored: it must not.

Databases of several sizes stand side by side, each with a server of its own, and are asked in
turn; the smallest is what the others are held against. A save must cost the same after 100,000
events as after 100 and among 10,000 graphics as among 10, and so must a read of one graphic. A
list may cost more by its rows only: what is compared is the time for each row more than the first
ten, so that what every request costs hides nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.documents import Saves
from bench.figures import OURS, Figure
from bench.filling import fill_database
from bench.http import Client, request_bytes
from bench.load import Script, drive
from bench.place import Place
from bench.plan import Plan
from bench.rest_subjects import PASSWORD, serve
from bench.servers import Server, running

NAME: Final = "growth"
SMALLEST: Final = "smallest"
# Each by (graphics, events).
EVENTS: Final = ((10, 100), (10, 10_000), (10, 100_000))
GRAPHICS: Final = ((10, 100), (1_000, 100), (10_000, 100))
FIRST_ROWS: Final = 10
ROWS: Final = (100, 200)
SLICES: Final = 4  # in which a list and its first rows are read in turn: what differs is small
LISTED: Final = (1_000, 100)  # the size in which lists are read
CLIENT: Final = 0  # one client: what grows is seen in each answer

Size = tuple[int, int]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class World:
    """A server with so much in its database."""

    server: Server
    token: str

    def put(self) -> Script:
        saves = Saves(CLIENT)
        return lambda unit: [self._request("PUT", "/api/v1/graphics/1", saves.next())]

    def retrieve(self) -> Script:
        request = [self._request("GET", "/api/v1/graphics/1")]
        return lambda unit: request

    def view(self) -> Script:
        """By a name that is never ready, so that the database is asked each time."""
        return lambda unit: [request_bytes("GET", f"/api/v1/graphics/1/view?{unit}")]

    def rows(self, count: int) -> Script:
        request = [self._request("GET", f"/api/v1/graphics?limit={count}")]
        return lambda unit: request

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        return request_bytes(method, path, token=self.token, body=body)


@dataclass(frozen=True, slots=True)
class Case:
    """Compared with the case of the same ``group`` that comes first."""

    group: str
    name: str
    size: Size
    script: Callable[[World], Script]
    more_rows: int = 0
    """Those of a list beyond ``FIRST_ROWS``."""

    @property
    def unit(self) -> str:
        return "ms p50 a row" if self.more_rows else "ms p50"


CASES: Final = (
    *(Case("PUT", f"PUT after {e:,} events", (g, e), World.put) for g, e in EVENTS),
    *(
        Case(kind, f"{kind} among {g:,} graphics", (g, e), script)
        for kind, script in {
            "PUT of one": World.put,
            "retrieve": World.retrieve,
            "view": World.view,
        }.items()
        for g, e in GRAPHICS
    ),
    *(
        Case("list", f"list of {n} rows", LISTED, lambda world, n=n: world.rows(n), n - FIRST_ROWS)
        for n in ROWS
    ),
)


def run(plan: Plan, place: Place, say: Say) -> Iterator[Figure]:
    chosen = _chosen(plan)
    if not chosen:
        return
    latencies: dict[str, list[float]] = {case.name: [] for case in chosen}
    errors = dict.fromkeys(latencies, 0)
    with ExitStack() as stack:
        worlds: dict[Size, World] = {}
        for size in dict.fromkeys(case.size for case in chosen):
            say(f"fills {size[0]:,} graphics, {size[1]:,} events")
            worlds[size] = _open_world(place, size, stack)
        for number in range(plan.rounds):
            for case in chosen:
                say(f"round {number + 1}/{plan.rounds}: {case.name}")
                measure = _row_after_row if case.more_rows else _at_once
                took, failed = measure(case, worlds[case.size], plan.seconds)
                latencies[case.name].append(took)
                errors[case.name] += failed
    yield from _figures(chosen, latencies, errors)


def _at_once(case: Case, world: World, seconds: float) -> tuple[float, int]:
    outcome = drive(world.server.port, [case.script(world)], seconds)
    return outcome.percentile(50), outcome.errors


def _row_after_row(case: Case, world: World, seconds: float) -> tuple[float, int]:
    """What a row more takes, by the median of all slices, and how many requests failed."""
    differences, errors = [], 0
    for _ in range(SLICES):
        few, many = (
            drive(world.server.port, [script], seconds / SLICES)
            for script in (world.rows(FIRST_ROWS), case.script(world))
        )
        differences.append(many.percentile(50) - few.percentile(50))
        errors += few.errors + many.errors
    return median(differences) / case.more_rows, errors


def _chosen(plan: Plan) -> list[Case]:
    """In a quick run only the ends; always with what they are compared with."""
    by_group: dict[str, list[Case]] = {}
    for case in CASES:
        by_group.setdefault(case.group, []).append(case)
    chosen: list[Case] = []
    for cases in by_group.values():
        larger = [case for case in cases[1:] if plan.matching in case.name]
        if larger:
            chosen += [cases[0], *(larger[-1:] if plan.is_quick else larger)]
    return chosen


def _open_world(place: Place, size: Size, stack: ExitStack) -> World:
    graphics, events = size
    url = place.migrated()
    fill_database(url, graphics=graphics, events=events)
    log = place.folder / f"growth-{graphics}-{events}.log"
    server = stack.enter_context(running(Server(serve, place.environment(url), log)))
    client = Client(server.port)
    answer = client.ask("POST", "/auth/login", {"master_password": PASSWORD})
    client.close()
    return World(server, answer["access_token"])


def _figures(
    cases: list[Case], latencies: dict[str, list[float]], errors: dict[str, int]
) -> Iterator[Figure]:
    smallest: dict[str, Case] = {}
    for case in cases:
        if case.group not in smallest:
            smallest[case.group] = case
            continue
        for subject, measured in ((OURS, case), (SMALLEST, smallest[case.group])):
            yield Figure(
                section=NAME,
                case=case.name,
                subject=subject,
                unit=case.unit,
                values=tuple(latencies[measured.name]),
                more_is_better=False,
                errors=errors[measured.name],
            )
