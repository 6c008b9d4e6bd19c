"""Who is connected: seen once a second in this process, and told to staff and other processes."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from django.db import Error

from gal_dashboard.realtime import activity, ports, processes, protocol
from gal_dashboard.realtime.activity import Activity
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.frames import UserPresence
from gal_dashboard.realtime.hub import Hub, hub
from gal_dashboard.realtime.ports import Editor
from gal_dashboard.realtime.processes import Process
from gal_dashboard.realtime.reader import Reader
from gal_dashboard.realtime.sockets import Sockets, StaffSocket, describe

logger = logging.getLogger(__name__)

FAREWELL_SECONDS: Final = 1.0


class Presence:
    """The registry of sockets of all processes.

    Looking is the whole mechanism: whatever sockets do, a look costs the same, and a thousand that
    come back at once are one change. This process is always right in it, others as they told last.
    """

    def __init__(self, hub: Hub) -> None:
        self.id = secrets.token_hex(4)
        self._hub = hub
        self._begin()

    def _begin(self) -> None:
        self._activity = Activity()
        self._told: set[str] = set()  # the staff sockets that know who is here
        self._elsewhere: list[list[StaffSocket]] = []
        self._editors: Sequence[Editor] = ()
        self._written: Sockets | None = None
        self._wrote_at = self._read_at = float("-inf")

    # --- From any thread --------------------------------------------------------------------------
    def survey(self) -> list[Process]:
        """All live processes with their sockets, this one first; others by one query."""
        return [
            Process(id=self.id, host=processes.HOST, sockets=self._here()),
            *processes.others(self.id, dead_after=self._hub.limits.presence_dead_seconds),
        ]

    def _here(self) -> Sockets:
        # One step of the interpreter, so that no socket comes or goes in the middle of it.
        return describe(tuple(self._hub.connections))

    # --- In the event loop ------------------------------------------------------------------------
    async def run(self) -> None:
        self._begin()
        while True:
            here = self._here()
            try:
                await self._exchange(here)
            except Error:
                logger.debug("Other processes cannot be told or asked who is connected")
            except Exception:  # it must go on
                logger.exception("Who is connected could not be exchanged")
            self._tell_staff(here)
            await asyncio.sleep(self._hub.limits.presence_seconds)

    async def say_farewell(self, reader: Reader) -> None:
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await reader.run(partial(processes.withdraw, self.id))

    async def _exchange(self, here: Sockets) -> None:
        """Read what others told, and tell them. Nobody is told what nobody reads."""
        limits, now = self._hub.limits, time.monotonic()
        if now - self._read_at >= limits.presence_read_seconds:
            self._read_at = now
            self._elsewhere, self._editors = await self._hub.run(self._read)
        has_company = bool(self._elsewhere) and here != self._written
        if has_company or now - self._wrote_at >= limits.presence_write_seconds:
            await self._hub.run(partial(processes.write, self.id, here))
            self._written, self._wrote_at = here, now

    def _read(self) -> tuple[list[list[StaffSocket]], Sequence[Editor]]:
        dead_after = self._hub.limits.presence_dead_seconds
        return processes.staff_elsewhere(self.id, dead_after=dead_after), ports.editors()

    def _tell_staff(self, here: Sockets) -> None:
        staff = [socket for sockets in (here.staff, *self._elsewhere) for socket in sockets]
        news = self._activity.news(activity.gather(staff, self._editors))
        ids = {socket.connection_id for socket in here.staff}
        listening = [one for one in self._hub.connections if one.id in ids]
        if news:
            _say(news, [one for one in listening if one.id in self._told])
        newcomers = [one for one in listening if one.id not in self._told]
        if newcomers:
            _say(self._activity.everybody(), newcomers)
        self._told = ids


def _say(users: list[UserPresence], connections: list[Connection]) -> None:
    message = protocol.user_activity(users)
    for connection in connections:
        if connection.wants(protocol.USER_ACTIVITY):
            connection.say(message)


presence = Presence(hub)
