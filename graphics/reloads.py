"""Telling overlay pages to load themselves anew."""

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording
from gal_dashboard.realtime import reloads
from gal_dashboard.realtime.presence import presence
from graphics.models import Graphic


def order_reload(
    *,
    actor: Actor,
    graphic_id: int | None = None,
    connection_id: str | None = None,
    reason: str = "",
) -> int:
    """Have the overlays of a graphic, or one of them, or all reload their page; how many are meant.

    Each does so once, after the server gave it the new page; one that is not connected now never
    hears of it. Raises ``InvalidFieldsError`` for a graphic or an overlay that is not there.
    """
    meant = [
        socket
        for process in presence.survey()
        for socket in process.sockets.overlays
        if graphic_id in {None, socket.graphic_id} and connection_id in {None, socket.connection_id}
    ]
    if connection_id is not None:
        if not meant:
            raise InvalidFieldsError({"connection_id": ["No such overlay is connected now."]})
        graphic_id = meant[0].graphic_id
    with recording():
        graphic = None
        if graphic_id is not None:
            graphic = Graphic.objects.defer("document").filter(pk=graphic_id).first()
            if graphic is None:
                raise InvalidFieldsError({"graphic_id": ["There is no such graphic."]})
        trail.record(
            reloads.NAME,
            actor=actor,
            target=graphic,
            changes={
                "overlay": (None, connection_id or ("of this graphic" if graphic else "all")),
                "count": (None, len(meant)),
                "reason": (None, reason),
            },
        )
        reloads.order(graphic_id=graphic_id, connection_id=connection_id, reason=reason)
    return len(meant)
