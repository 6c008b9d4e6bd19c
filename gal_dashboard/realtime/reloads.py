"""A person's order to overlay pages: load yourselves anew."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from gal_dashboard.events import streams
from gal_dashboard.events.recording import emit_internal
from gal_dashboard.realtime import protocol
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.hub import hub

logger = logging.getLogger(__name__)

ORDERS: Final = streams.internal("reloads")
NAME: Final = "overlay.reload_ordered"
# Nobody who gave an order before an outage expects it to be followed after it.
VALID_FOR: Final = timedelta(seconds=60)


def order(*, graphic_id: int | None, connection_id: str | None, reason: str) -> None:
    """Have every process tell its overlays: those of a graphic, one socket, or all.

    The order has an id, by which a page that meets it again in another process knows it.
    """
    emit_internal(
        ORDERS,
        name=NAME,
        payload={
            "order": secrets.token_hex(8),
            "graphic_id": graphic_id,
            "connection_id": connection_id,
            "reason": reason,
            "ordered_at": timezone.now(),
        },
    )


async def obey(payload: Mapping[str, Any] | None) -> None:
    if payload is None:  # whoever begins anew has heard of no order, and follows none
        return
    if timezone.now() - datetime.fromisoformat(payload["ordered_at"]) > VALID_FOR:
        logger.warning("An order to reload overlays came too late")
        return
    message = protocol.reload(payload["reason"], order=payload["order"])
    for connection in tuple(hub.connections):
        if _is_meant(connection, payload):
            connection.say(message)


def _is_meant(connection: Connection, payload: Mapping[str, Any]) -> bool:
    graphic_id = streams.graphic_of(connection.stream)
    return (
        graphic_id is not None
        and payload["graphic_id"] in {None, graphic_id}
        and payload["connection_id"] in {None, connection.id}
    )
