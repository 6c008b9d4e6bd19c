"""One event to all overlays of a graphic: how soon the last has it, how often, at what price.

The floor is ``websockets.broadcast``, which only writes; the neighbour is socket.io, with which
NodeCG sends its graphics. A server starts anew for each number of overlays and each round, on a
core of its own, as memory of a crowd that has left would be taken for that of the next one. All
servers have the same clients, which offer compression as browsers do.
"""

import os
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from typing import Final

import uvloop

from bench import fanout_cases as cases
from bench.fanout_cases import Reading
from bench.fanout_subjects import (
    RAW_DEFLATE,
    NoNodeError,
    Site,
    Subject,
    ours,
    raw_websockets,
    socket_io,
)
from bench.figures import OURS, Figure
from bench.place import Place
from bench.plan import Plan, keep_to, spread_over_cores

NAME: Final = "fan-out"

OVERLAYS: Final = (500, 1000, 2000)
OVERLAYS_IF_QUICK: Final = (500,)
# What is measured with one number of overlays only, and not in a quick run.
WITH_DEFLATE: Final = 500
WITH_STALLED: Final = 500
OPEN_FILES: Final = 8192


def run(plan: Plan, place: Place, say: Callable[[str], None]) -> Iterator[Figure]:
    """The figures of each number of overlays, once all rounds with it are done."""
    counts = OVERLAYS_IF_QUICK if plan.is_quick else OVERLAYS
    mine = os.sched_getaffinity(0)
    servers, load = spread_over_cores()
    _allow_open_files()
    keep_to(load)
    try:
        subjects = available_subjects(place, servers, say)
        for count in counts:
            yield from compare(plan, subjects, count, say)
    finally:
        keep_to(mine)


def available_subjects(place: Place, cores: Set[int], say: Callable[[str], None]) -> list[Subject]:
    """All that can be measured here."""
    site = Site(cores, place.folder / "fan-out.log")
    subjects = [
        ours(place, site),
        raw_websockets(site),
        raw_websockets(site, deflates=True),
    ]
    try:
        subjects.append(socket_io(site))
    except NoNodeError as error:
        say(f"socket.io is skipped: {error}")
    return subjects


def compare(
    plan: Plan,
    subjects: list[Subject],
    count: int,
    say: Callable[[str], None],
) -> list[Figure]:
    """All subjects with ``count`` overlays, in turn, as many rounds as are planned."""
    readings: dict[tuple[str, str, str], list[Reading]] = defaultdict(list)
    for number in range(1, plan.rounds + 1):
        for subject in subjects:
            if subject.name == RAW_DEFLATE and (plan.is_quick or count != WITH_DEFLATE):
                continue
            with_stalled = subject.name == OURS and count == WITH_STALLED and not plan.is_quick
            say(f"{count} overlays, round {number}: {subject.name}")
            work = readings_of(subject, count, plan.seconds, with_stalled=with_stalled)
            for reading in uvloop.run(work):
                readings[subject.name, reading.case, reading.unit].append(reading)
    return [
        Figure(
            section=NAME,
            case=case,
            subject=subject_name,
            unit=unit,
            values=tuple(reading.value for reading in found),
            more_is_better=found[0].more_is_better,
            errors=sum(reading.errors for reading in found),
        )
        for (subject_name, case, unit), found in readings.items()
    ]


async def readings_of(
    subject: Subject, count: int, seconds: float, *, with_stalled: bool
) -> list[Reading]:
    """All cases of one subject with ``count`` overlays."""
    found: list[Reading] = []
    async with subject.start() as server:
        await cases.warm_up(server)
        crowd = server.crowd()
        found += await cases.connect(server, crowd, count)
        found += await cases.publish(server, crowd, seconds)
        found += await cases.sustained(server, crowd, seconds)
        if server.can_put:
            found += await cases.puts(server, crowd, seconds)
        await crowd.leave()
        if with_stalled:
            found += await cases.stalled(server, count)
    return found


def _allow_open_files() -> None:
    """Two thousand sockets are more than a shell often allows; servers inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
