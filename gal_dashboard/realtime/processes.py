"""The rows in which server processes tell each other of their sockets."""

import logging
import socket
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections

from gal_dashboard.core.clock import database_now
from gal_dashboard.core.sqlite.base import DatabaseWrapper as SQLite
from gal_dashboard.realtime.models import ServerProcess
from gal_dashboard.realtime.sockets import OverlaySocket, Sockets, StaffSocket

Socket = TypeVar("Socket", OverlaySocket, StaffSocket)

logger = logging.getLogger(__name__)

HOST: Final = socket.gethostname()[:255]
# On SQLite somebody may hold the write lock for long, and the hub's thread has more to do.
PATIENCE: Final = 0.1  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One live server process as it told of itself."""

    id: str
    host: str
    sockets: Sockets


def write(process_id: str, sockets: Sockets) -> None:
    """Tell the others. Gives up soon where it would have to wait, by a ``django.db.Error``."""
    told = {
        "host": HOST,
        "seen_at": database_now(),
        "overlays": msgspec.json.encode(sockets.overlays).decode(),
        "staff": msgspec.json.encode(sockets.staff).decode(),
    }
    with _impatience():
        if not ServerProcess.objects.filter(pk=process_id).update(**told):
            ServerProcess.objects.create(pk=process_id, **told)


def withdraw(process_id: str) -> None:
    """This process ends, and so do its sockets."""
    with _impatience():
        ServerProcess.objects.filter(pk=process_id).delete()


def others(process_id: str, *, dead_after: float) -> list[Process]:
    """The live processes but this one, with all their sockets."""
    alive = ServerProcess.objects.exclude(pk=process_id).filter(
        seen_at__gt=database_now() - timedelta(seconds=dead_after)
    )
    rows = alive.order_by("host", "pk").values_list("pk", "host", "overlays", "staff")
    return [
        Process(
            id=pk,
            host=host,
            sockets=Sockets(
                overlays=_read(overlays, list[OverlaySocket]), staff=_read(staff, list[StaffSocket])
            ),
        )
        for pk, host, overlays, staff in rows
    ]


def staff_elsewhere(process_id: str, *, dead_after: float) -> list[list[StaffSocket]]:
    """The staff sockets of each other process. Removes what is dead in passing."""
    dead, found = [], []
    limit = database_now() - timedelta(seconds=dead_after)
    rows = ServerProcess.objects.exclude(pk=process_id).order_by("pk")
    for pk, seen_at, staff in rows.values_list("pk", "seen_at", "staff"):
        if seen_at <= limit:
            dead.append(pk)
        else:
            found.append(_read(staff, list[StaffSocket]))
    if dead:
        with _impatience():
            # one of them may have come to life again
            ServerProcess.objects.filter(pk__in=dead, seen_at__lte=limit).delete()
    return found


def _read(text: str, kind: type[list[Socket]]) -> list[Socket]:
    """What a row says; nothing, if another version of this program wrote it."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError:
        logger.warning("What another process tells of its sockets cannot be read")
        return []


def _impatience() -> AbstractContextManager[None]:
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, SQLite):
        return database.waiting_at_most(PATIENCE)
    return nullcontext()  # nobody else writes these rows
