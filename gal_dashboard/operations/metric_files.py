"""The numbers of several server processes: each writes into files of a folder that all share.

A worker writes as the place that it has among the workers, not as the process that it is. Whoever
takes the place of a dead one goes on counting where that one ended, so no number ever falls, and
there are never more files than places, however often workers die.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prometheus_client import Metric, multiprocess, values
from prometheus_client.registry import Collector

# The library's own variable; processes that we start inherit it.
DIRECTORY_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared() -> Iterator[None]:
    """A folder for the processes that are started within."""
    os.environ[DIRECTORY_VARIABLE] = tempfile.mkdtemp(prefix="gal-metrics-")
    try:
        yield
    finally:
        remove()


def remove() -> None:
    """For an end that no ``with`` sees."""
    folder = os.environ.pop(DIRECTORY_VARIABLE, None)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def write_as(place: int) -> None:
    """Write as ``place`` from now on. To be called before anything that is counted is loaded."""
    values.ValueClass = values.MultiProcessValue(lambda: place)


def bury(place: int) -> None:
    """What was true only while the process lived is told no more."""
    multiprocess.mark_process_dead(place, os.environ[DIRECTORY_VARIABLE])


def together() -> "Together | None":
    """The numbers of all; ``None`` where this process is the only one."""
    folder = os.environ.get(DIRECTORY_VARIABLE)
    return Together(Path(folder)) if folder else None


class Together(Collector):
    """Adds up the files of a folder. The library's own does not survive a file just made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        files = [str(path) for path in self._folder.glob("*.db") if _has_begun(path)]
        return multiprocess.MultiProcessCollector.merge(files)


def _has_begun(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:  # its worker has just been buried
        return False
