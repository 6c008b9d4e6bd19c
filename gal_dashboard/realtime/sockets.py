"""What is known of a socket, in this process and in the rows of others."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from gal_dashboard.events import streams
from gal_dashboard.realtime.connection import Connection


class OverlaySocket(msgspec.Struct, frozen=True, kw_only=True):
    """An overlay: since when, from where, and what it said it has drawn last."""

    connection_id: str
    graphic_id: int
    since: datetime
    address: str
    version: int | None
    seq: int | None
    drawn_at: datetime | None
    delay_ms: int | None


class StaffSocket(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the crew, and the graphic that they say to look at."""

    connection_id: str
    user_id: int | None
    user_name: str
    since: datetime
    viewing: int | None


class Sockets(msgspec.Struct, frozen=True, kw_only=True):
    """All sockets of one process, the oldest first."""

    overlays: list[OverlaySocket]
    staff: list[StaffSocket]


def describe(connections: Iterable[Connection]) -> Sockets:
    overlays: list[OverlaySocket] = []
    staff: list[StaffSocket] = []
    for connection in sorted(connections, key=lambda one: (one.since, one.id)):
        graphic_id = streams.graphic_of(connection.stream)
        if connection.actor is not None:
            staff.append(_staff_socket(connection))
        elif graphic_id is not None:
            overlays.append(_overlay_socket(connection, graphic_id))
    return Sockets(overlays=overlays, staff=staff)


def _overlay_socket(connection: Connection, graphic_id: int) -> OverlaySocket:
    drawn = connection.rendered
    return OverlaySocket(
        connection_id=connection.id,
        graphic_id=graphic_id,
        since=connection.since,
        address=connection.address,
        version=drawn.version if drawn else None,
        seq=drawn.seq if drawn else None,
        drawn_at=drawn.at if drawn else None,
        delay_ms=drawn.delay_ms if drawn else None,
    )


def _staff_socket(connection: Connection) -> StaffSocket:
    actor = connection.actor
    return StaffSocket(
        connection_id=connection.id,
        user_id=actor.user_id if actor else None,
        user_name=actor.name if actor else "",
        since=connection.since,
        viewing=connection.viewing,
    )
