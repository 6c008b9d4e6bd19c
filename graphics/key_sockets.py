"""Sockets that were opened by a key: how they get in, and their end when the key ends.

Everything here happens in the event loop.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from gal_dashboard.realtime.hub import hub
from gal_dashboard.realtime.ports import Opened
from gal_dashboard.realtime.protocol import CloseCode
from graphics import key_selectors
from graphics.key_uses import key_uses
from graphics.ready_views import ready_keys


class KeySockets:
    """A key that is revoked closes its sockets, and lets nobody in who asked just before.

    The database is asked before a socket is known here, so a word of the end may come in between:
    it is remembered while anybody asks, and looked up in the very step that lets the socket in.
    """

    def __init__(self) -> None:
        self._asking = 0
        self._revoked: set[int] = set()
        self._times_anew = 0

    async def open_by_key(self, key: str, address: str) -> Opened | None:
        self._asking += 1
        try:
            return await self._ask(key, address)
        finally:
            self._asking -= 1
            if not self._asking:  # whoever asks from now on hears of it from the database
                self._revoked.clear()

    async def _ask(self, key: str, address: str) -> Opened | None:
        while True:
            times_anew = self._times_anew
            opened = await hub.run(partial(key_selectors.opened_by, key))
            if opened is None or opened.key_id in self._revoked:
                return None
            if times_anew == self._times_anew:
                key_uses.note(opened.key_id, address)
                return opened

    async def hear(self, payload: Mapping[str, Any] | None) -> None:
        """What the processes tell each other about keys; ``None``: any key may have ended."""
        ready_keys.forget()
        if payload is not None:
            if self._asking:
                self._revoked.add(payload["key_id"])
            self._close({payload["key_id"]})
            return
        self._revoked.clear()  # in another life of the database its number may be another's
        self._times_anew += 1
        held = {connection.key_id for connection in hub.connections} - {None}
        if held:
            self._close(held - await hub.run(partial(key_selectors.live_keys, held)))

    def note_uses(self) -> None:
        """Who holds a socket uses the key. Called by the sweeper's thread."""
        for connection in tuple(hub.connections):
            key_uses.note(connection.key_id, connection.address)

    def _close(self, key_ids: set[int | None]) -> None:
        for connection in tuple(hub.connections):
            if connection.key_id is not None and connection.key_id in key_ids:
                connection.cut(CloseCode.GONE)


key_sockets = KeySockets()
