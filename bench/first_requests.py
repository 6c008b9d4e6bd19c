"""The first request after a start, beside the same request later on.

Whoever was signed in before a restart goes on with the same token, so nothing warms the server up:
each kind of request is the first one of a start of its own.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

from bench.documents import Saves
from bench.figures import OURS, Figure
from bench.http import Client
from bench.place import Place
from bench.plan import Plan
from bench.rest_subjects import GRAPHICS, SUBJECTS, Filled, fill
from bench.servers import Server, running

LATER: Final = "later ones"
LATER_REQUESTS: Final = 30
READY: Final = "Serving on"  # the health that others wait for would be a first request
SAVES: Final = Saves(0)

Ask = Callable[[Client, Filled], object]


def _put(client: Client, filled: Filled) -> object:
    return client.send("PUT", f"/api/v1/graphics/{filled.graphic_ids[0]}", SAVES.next())


KINDS: Final[dict[str, Ask]] = {
    "retrieve": lambda client, filled: client.send(
        "GET", f"/api/v1/graphics/{filled.graphic_ids[0]}"
    ),
    "list": lambda client, filled: client.send("GET", f"/api/v1/graphics?limit={GRAPHICS}"),
    "PUT": _put,
    "overlay page": lambda client, filled: client.send("GET", f"/overlay/{filled.graphic_ids[0]}"),
}


def measure_first_requests(
    plan: Plan, place: Place, section: str, say: Callable[[str], None]
) -> Iterator[Figure]:
    kinds = {name: ask for name, ask in KINDS.items() if plan.matching in case_of(name)}
    if not kinds:
        return
    subject = SUBJECTS[0]
    server = Server(subject.command, subject.environment(place), place.folder / "first.log")
    firsts: dict[str, list[float]] = {name: [] for name in kinds}
    laters: dict[str, list[float]] = {name: [] for name in kinds}
    with running(server):
        filled = fill(subject, server)
        for number in range(plan.rounds):
            for name, ask in kinds.items():
                say(f"{case_of(name)}: start {number + 1}/{plan.rounds}")
                server.end()
                server.start(until=READY)
                client = Client(server.port, filled.token)
                firsts[name].append(_milliseconds(ask, client, filled))
                later = [_milliseconds(ask, client, filled) for _ in range(LATER_REQUESTS)]
                laters[name].append(statistics.median(later))
                client.close()
    for name in kinds:
        for who, values in ((OURS, firsts[name]), (LATER, laters[name])):
            yield Figure(
                section=section,
                case=case_of(name),
                subject=who,
                unit="ms",
                values=tuple(values),
                more_is_better=False,
            )


def case_of(name: str) -> str:
    return f"first {name} after a start"


def _milliseconds(ask: Ask, client: Client, filled: Filled) -> float:
    began = time.perf_counter()
    ask(client, filled)
    return (time.perf_counter() - began) * 1000
