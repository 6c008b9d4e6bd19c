"""A show under load, and whether the server's promises hold in it: ``python -m bench.show``.

Starts a server of its own on a new database, opens overlays and staff sockets, and lets a crew
write at a steady pace for some minutes, while sockets are cut and come back. Every socket must get
every number of its stream; nothing may be refused. Prints JSON, and exits with 1 if a promise is
broken. Without options: 220 sockets and 20 writes a second for a minute. Whether anything leaks:

    python -m bench.show --writes 5 --minutes 30 --reconnects 1
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from tqdm import tqdm

from bench.plan import keep_to, spread_over_cores
from bench.show.crew import Crew
from bench.show.followers import Follower, Ledger
from bench.show.watching import Sample, Watch, slope
from tests.support.databases import Databases
from tests.support.server import MASTER_PASSWORD, RunningServer

MOST_STAFF: Final = 20  # sockets of one session
SECONDS_TO_SETTLE: Final = 20.0
EVENT_P95, REST_P95 = 0.250, 0.150  # seconds
MEMORY_SLOPE: Final = 1.0  # MiB a minute
WARM_UP_SHARE: Final = 1 / 6  # of the time: caches fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    database: str
    workers: int
    sockets: int
    writes: float
    minutes: float
    reconnects: float


def main() -> None:
    wishes = _wishes()
    server_cores, load_cores = spread_over_cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gal-show-")))
        databases = Databases(wishes.database, folder)
        stack.callback(databases.drop_all)
        server = RunningServer(
            database_url=databases.new(),
            log=folder / "server.log",
            workers=wishes.workers,
            environment=_environment(wishes),
        )
        stack.callback(server.close)
        server.start()
        if wishes.workers == 1:
            keep_to(load_cores)
            keep_to(server_cores, server.process.pid)  # type: ignore[union-attr]
        report = asyncio.run(_show(server, wishes))
    json.dump(report, sys.stdout, indent=2)
    print(file=sys.stdout)  # noqa: T201 - a program for people at a terminal
    sys.exit(1 if report["broken"] else 0)


def _wishes() -> Wishes:
    parser = argparse.ArgumentParser(description="Puts a show on air under load.")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--sockets", type=int, default=220, help="20 of them staff (%(default)s)")
    parser.add_argument("--writes", type=float, default=20, help="a second (%(default)s)")
    parser.add_argument("--minutes", type=float, default=1, help="(%(default)s)")
    parser.add_argument("--reconnects", type=float, default=0, help="a second (%(default)s)")
    return Wishes(**vars(parser.parse_args()))


def _environment(wishes: Wishes) -> dict[str, str]:
    environment = {"RATE_LIMITS": "on", "LOG_LEVEL": "WARNING"}
    if wishes.database == "postgresql":
        environment |= {
            "REDIS_URL": "redis://127.0.0.1:6379/0",
            "REDIS_PREFIX": f"gal-show-{secrets.token_hex(4)}",
        }
    return environment


async def _show(server: RunningServer, wishes: Wishes) -> dict[str, Any]:
    ledger = Ledger()
    async with httpx.AsyncClient(base_url=server.http_url, timeout=30, trust_env=False) as client:
        crew = Crew(client)
        await crew.set_the_stage(MASTER_PASSWORD)
        overlays, staff = _followers(server, crew, ledger, wishes.sockets)
        everybody = [*overlays.values(), staff]
        sockets = [follower for group in everybody for follower in group]
        for follower in sockets:
            follower.start()
        async with asyncio.timeout(SECONDS_TO_SETTLE):
            await asyncio.gather(*(follower.is_there.wait() for follower in sockets))
        watch = Watch(
            server.process.pid,  # type: ignore[union-attr]
            server.environment["DATABASE_URL"],
            pause=max(1.0, wishes.minutes * 60 / 200),
        )
        ledger.is_counting = True
        helpers = [
            asyncio.create_task(watch.run()),
            asyncio.create_task(_cut_lines(sockets, wishes.reconnects)),
            asyncio.create_task(_progress(wishes.minutes * 60, ledger)),
        ]
        await crew.work(writes_a_second=wishes.writes, seconds=wishes.minutes * 60)
        for helper in helpers[1:]:
            helper.cancel()
        ledger.is_counting = False
        behind = await _await_all(crew, overlays, staff)
        helpers[0].cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
        await asyncio.gather(*(follower.stop() for follower in sockets))
    return _report(
        wishes, crew, ledger, samples=watch.samples, behind=behind, server_log=server.log
    )


def _followers(
    server: RunningServer, crew: Crew, ledger: Ledger, count: int
) -> tuple[dict[int, list[Follower]], list[Follower]]:
    few = min(MOST_STAFF, count)
    staff = [Follower(f"{server.ws_url}/ws/events", ledger, token=crew.token) for _ in range(few)]
    overlays: dict[int, list[Follower]] = {graphic: [] for graphic in crew.graphics}
    for number in range(count - few):
        graphic = crew.graphics[number % len(crew.graphics)]
        overlays[graphic].append(Follower(f"{server.ws_url}/ws/overlay/{graphic}", ledger))
    return overlays, staff


async def _cut_lines(sockets: Sequence[Follower], a_second: float) -> None:
    place = 0
    while a_second:
        await asyncio.sleep(1 / a_second)
        sockets[place % len(sockets)].lose()
        place += 7  # neighbours follow the same graphic; 7 walks through all of them


async def _progress(seconds: float, ledger: Ledger) -> None:
    with tqdm(total=round(seconds), unit="s", desc="on air", file=sys.stderr) as bar:
        while True:
            await asyncio.sleep(1)
            bar.update(1)
            bar.set_postfix(frames=ledger.frames, faults=len(ledger.faults))


async def _await_all(crew: Crew, overlays: dict[int, list[Follower]], staff: list[Follower]) -> int:
    """How many sockets have not the last state of all, some seconds after the last write."""
    versions = {graphic: await crew.version_of(graphic) for graphic in overlays}
    for _ in range(int(SECONDS_TO_SETTLE * 10)):
        head = max(follower.seq for follower in staff)
        behind = sum(follower.seq != head for follower in staff) + sum(
            follower.version != versions[graphic]
            for graphic, group in overlays.items()
            for follower in group
        )
        if not behind:
            break
        await asyncio.sleep(0.1)
    return behind


def _report(
    wishes: Wishes,
    crew: Crew,
    ledger: Ledger,
    *,
    samples: list[Sample],
    behind: int,
    server_log: Path,
) -> dict[str, Any]:
    seconds = wishes.minutes * 60
    warm_up = seconds * WARM_UP_SHARE
    later = [sample for sample in samples if sample.at >= warm_up]
    errors = [line for line in server_log.read_text().splitlines() if '"ERROR"' in line]
    event_p95, rest_p95 = _percentile(ledger.delays, 95), _percentile(crew.minutes.times, 95)
    rise = slope(samples, warm_up=warm_up)
    broken = [
        sentence
        for is_broken, sentence in (
            (crew.minutes.faults, "a request was not answered with 2xx"),
            (ledger.faults, "a socket missed a number or was refused"),
            (behind, "a socket has not the last state"),
            (errors, "the server logged an error"),
            (event_p95 > EVENT_P95, f"events p95 over {EVENT_P95} s"),
            (rest_p95 > REST_P95, f"requests p95 over {REST_P95} s"),
            (wishes.minutes >= 10 and rise > MEMORY_SLOPE, "memory rises"),  # noqa: PLR2004
        )
        if is_broken
    ]
    return {
        "wishes": {name: getattr(wishes, name) for name in Wishes.__slots__},
        "writes": crew.minutes.writes,
        "requests": len(crew.minutes.times),
        "request_ms": _quantiles(crew.minutes.times),
        "frames": ledger.frames,
        "event_ms": _quantiles(ledger.delays),
        "reconnects": ledger.reconnects,
        "behind": behind,
        "faults": (crew.minutes.faults + ledger.faults + errors)[:20],
        "memory_mib": [round(sample.memory) for sample in (samples[0], later[0], later[-1])],
        "memory_mib_a_minute": round(rise, 2),
        "files": [min(s.files for s in later), max(s.files for s in later), later[-1].files],
        "connections": [min(s.connections for s in later), max(s.connections for s in later)],
        "broken": broken,
    }


def _percentile(values: list[float], which: int) -> float:
    return statistics.quantiles(values, n=100)[which - 1]


def _quantiles(values: list[float]) -> dict[str, float]:
    """In milliseconds."""
    found = {f"p{which}": _percentile(values, which) for which in (50, 95, 99)}
    return {name: round(value * 1000, 1) for name, value in (found | {"max": max(values)}).items()}


if __name__ == "__main__":
    main()
