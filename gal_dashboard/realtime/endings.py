"""Sockets end with the session that they were opened in."""

from collections.abc import Mapping
from typing import Any

from gal_dashboard.realtime.hub import hub
from gal_dashboard.realtime.protocol import CloseCode


async def close_sockets(ended: Mapping[str, Any] | None) -> None:
    """Close the sockets of one session, as soon as this process hears of its end.

    After a gap (``None``) there is nothing to do: the hub's poll looks at all sessions anyway.
    """
    if ended is None:
        return
    for connection in tuple(hub.connections):
        if connection.actor is not None and connection.actor.sid == ended.get("sid"):
            connection.cut(CloseCode.NOT_SIGNED_IN)
