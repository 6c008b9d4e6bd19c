"""What the server's processes hold while a show goes on: memory, files, database connections."""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg2

MIB: Final = 1024 * 1024
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    """Seconds since the watching began."""

    memory: float
    """Resident, of all processes together, in MiB."""

    files: int
    connections: int
    """Of the server to PostgreSQL; 0 on SQLite."""


def family(process: int) -> list[int]:
    """A process and all that it has started, as Linux knows them."""
    found = [process]
    for task in Path(f"/proc/{process}/task").iterdir():
        children = (task / "children").read_text().split()
        found.extend(pid for child in children for pid in family(int(child)))
    return found


class Watch:
    """Looks once each ``pause`` seconds; ``samples`` grow until it is stopped."""

    def __init__(self, process: int, database_url: str, *, pause: float) -> None:
        self._process, self._pause = process, pause
        self._url = database_url if database_url.startswith("postgres") else None
        self._begun = time.monotonic()
        self.samples: list[Sample] = []

    async def run(self) -> None:
        while True:
            self.samples.append(await asyncio.to_thread(self._look))
            await asyncio.sleep(self._pause)

    def _look(self) -> Sample:
        processes = family(self._process)
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in processes]
        files = [sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for pid in processes]
        return Sample(
            at=time.monotonic() - self._begun,
            memory=sum(pages) * PAGE / MIB,
            files=sum(files),
            connections=self._count_connections(),
        )

    def _count_connections(self) -> int:
        if self._url is None:
            return 0
        connection = psycopg2.connect(self._url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    [urlsplit(self._url).path.lstrip("/")],
                )
                return cursor.fetchone()[0]
        finally:
            connection.close()


def slope(samples: list[Sample], *, warm_up: float) -> float:
    """By how many MiB a minute the memory rises after ``warm_up`` seconds: a line of best fit."""
    later = [sample for sample in samples if sample.at >= warm_up]
    if len(later) < 2:  # noqa: PLR2004 - a line needs two points
        return 0.0
    minutes = [sample.at / 60 for sample in later]
    line = statistics.linear_regression(minutes, [sample.memory for sample in later])
    return line.slope
