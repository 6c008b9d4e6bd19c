"""The gauges of the process and its database connections, set every few seconds."""

import asyncio
import logging
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from gal_dashboard.core import monitoring
from gal_dashboard.operations.monitoring import (
    CONNECTIONS,
    DATABASE_ERRORS,
    DESCRIPTORS,
    MEMORY,
    THREADS,
    TRANSACTIONS,
)
from gal_dashboard.realtime.reader import Reader

EVERY_SECONDS: Final = 5.0
_STATM: Final = Path("/proc/self/statm")
_DESCRIPTORS: Final = Path("/proc/self/fd")

logger = logging.getLogger(__name__)

# Each thread has one; it goes with its thread.
_lock = threading.Lock()
_wrappers: weakref.WeakSet[BaseDatabaseWrapper] = weakref.WeakSet()


def watch_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Called for each connection that is opened, by whatever thread."""
    with _lock:
        _wrappers.add(connection)
    if _count_errors not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count_errors)


connection_created.connect(watch_connection, dispatch_uid="gal_vitals")


def _count_errors(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 - Django's signature
    context: Any,
) -> Any:
    try:
        return execute(sql, params, many, context)
    except Error as error:
        DATABASE_ERRORS.labels(type(error).__name__).inc()
        raise


def look() -> None:
    with _lock:
        wrappers = [wrapper for wrapper in _wrappers if wrapper.connection is not None]
    CONNECTIONS.set(len(wrappers))
    TRANSACTIONS.set(sum(wrapper.in_atomic_block for wrapper in wrappers))
    THREADS.set(settings.WEB_THREADS)
    if _STATM.exists():
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
        MEMORY.set(pages * os.sysconf("SC_PAGE_SIZE"))
        DESCRIPTORS.set(len(os.listdir(_DESCRIPTORS)))  # noqa: PTH208 - a third of the time


class Lookout:
    """Lives beside the hub: other processes may be asked for the gauges of this one."""

    async def run(self) -> None:
        while True:
            try:
                monitoring.look()
            except Exception:  # it must go on
                logger.exception("The gauges could not be set")
            await asyncio.sleep(EVERY_SECONDS)

    async def say_farewell(self, reader: Reader) -> None:
        """There is nothing to say: whoever starts processes removes what they told."""
