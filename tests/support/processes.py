"""Several server processes on one database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.support.databases import Databases
from tests.support.server import RunningServer


@contextmanager
def processes(
    databases: Databases, folder: Path, *, count: int = 1, **options: Any
) -> Iterator[list[RunningServer]]:
    """``count`` servers, each on a port of its own, on one new database; their logs in ``folder``.

    Unlike the workers of one server it is the client who chooses among them.
    """
    url = databases.new()
    with ExitStack() as open_servers:
        yield [
            open_servers.enter_context(
                _running(RunningServer(database_url=url, log=folder / f"{number}.log", **options))
            )
            for number in range(count)
        ]


@contextmanager
def _running(server: RunningServer) -> Iterator[RunningServer]:
    try:
        yield server.start()
    finally:
        server.close()
