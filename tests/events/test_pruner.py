"""The server prunes by itself, in any number of processes."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gal_dashboard.events import pruning
from gal_dashboard.events.pruner import Pruner
from tests.conftest import NewServer
from tests.events.test_pruning import flood, make_old, numbers, write
from tests.support.databases import Databases
from tests.support.rows import connect, execute, value
from tests.support.server import RunningServer

SECONDS_TO_WAIT = 30

pruned = pytest.mark.django_db(transaction=True)


def await_that(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def hasty() -> Iterator[Pruner]:
    """Prunes ten times a second and keeps the newest four."""
    pruner = Pruner(every_seconds=0.1, kept_newest=4)
    yield pruner
    pruner.stop()


@pruned
def test_prunes_again_and_again(hasty: Pruner):
    write(6)
    make_old(*range(1, 7))
    hasty.start()
    hasty.start()
    await_that(lambda: numbers("staff") == [3, 4, 5, 6])

    write(4)
    make_old(*range(7, 11))

    await_that(lambda: numbers("staff") == [7, 8, 9, 10])
    assert [thread.name for thread in threading.enumerate()].count("pruner") == 1


@pruned
def test_ends_in_the_middle_of_its_work(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pruning, "BATCH", 1)
    write(6)
    make_old(*range(1, 7))
    pruner = Pruner(kept_newest=1)

    pruner.start()
    pruner.stop()

    assert "pruner" not in [thread.name for thread in threading.enumerate()]


STREAM, NAME, COUNT = "overlay.9000001", "flood.came", 10_000 + 700
OLDEST = "SELECT min(seq) FROM events_streamentry WHERE stream_id = %s"


def test_server_prunes_what_it_finds_when_it_starts(new_server: NewServer):
    server = new_server()
    server.stop()
    flood(server, STREAM, NAME, COUNT)

    server.start()

    await_that(lambda: value(server, OLDEST, STREAM) == 701)


@pytest.mark.postgresql
def test_of_several_processes_one_prunes(databases: dict[str, Databases], tmp_path: Path):
    server = RunningServer(database_url=databases["postgresql"].new(), log=tmp_path / "log")
    flood(server, STREAM, NAME, COUNT)
    with contextlib.closing(connect(server)) as another:
        execute(another, "SELECT pg_advisory_lock(%s)", [pruning._PRUNERS_LOCK])

        assert server.manage("prune_events").stdout == "Dropped 0 entries and 0 events.\n"

    assert server.manage("prune_events").stdout == "Dropped 700 entries and 700 events.\n"
