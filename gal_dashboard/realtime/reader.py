"""The hub's one thread and its one database connection.

psycopg2 blocks, and a thread per read would open a connection per read. So everything that sockets
need of the database happens here, one job after the other.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

Result = TypeVar("Result")

CLOSING_SECONDS = 5.0


class Reader:
    """Runs jobs on a thread of its own. A lost connection is opened anew and the job run again."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub-reader")

    async def run(self, job: Callable[[], Result]) -> Result:
        """The result of ``job``, or what it raised.

        A job may run twice, so it either only reads or changes something that can happen once.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, _run, job)

    def shut(self) -> Future[None]:
        """End the thread after the job that it is busy with; the result comes when it is done."""
        closing = self._executor.submit(_close_connection)
        self._executor.shutdown(wait=False)
        return closing

    async def close(self) -> None:
        """``shut``, and wait for it as long as a shutdown may wait."""
        await asyncio.wait([asyncio.wrap_future(self.shut())], timeout=CLOSING_SECONDS)


def _close_connection() -> None:
    connection.close()


def _run(job: Callable[[], Result]) -> Result:
    try:
        return job()
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        if connection.connection is not None:
            raise  # the connection is sound, so the fault is the job's own
        return job()
