"""Who is connected now, and whether overlays show what they should."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from gal_dashboard.core.context import Actor
from gal_dashboard.events import log, streams
from gal_dashboard.realtime.ports import Editor
from gal_dashboard.realtime.presence import presence
from gal_dashboard.realtime.processes import Process
from gal_dashboard.realtime.sockets import OverlaySocket, StaffSocket
from graphics import selectors
from graphics.models import Graphic
from tournaments.dependants import Screen

# Where an overlay stands is known to those who may have it do something.
SEES_ADDRESSES: Final = "graphics:write"


@dataclass(frozen=True, slots=True)
class Connections:
    """``body`` is what REST tells; ``titles`` names every graphic that occurs in it."""

    body: dict[str, Any]
    titles: Mapping[int, str]


def connections_of_all(viewer: Actor) -> Connections:
    """Every socket of every process as ``viewer`` may see it, in a fixed number of queries.

    What an overlay should show is read after what it drew: one that is told behind may have caught
    up by now, one that is not was not.
    """
    found = presence.survey()
    editors = selectors.editors()
    shown = _Shown(found, editors)
    return Connections(body=_body(found, editors, shown, viewer), titles=shown.titles)


def screens_of(*, tournament_id: int) -> list[Screen]:
    """The graphics that show a tournament, archived ones too, with their overlays of now."""
    rows = Graphic.objects.filter(follows__tournament_id=tournament_id).order_by("pk")
    followed = Counter(
        socket.graphic_id for process in presence.survey() for socket in process.sockets.overlays
    )
    return [
        Screen(id=pk, title=title, archived=archived, overlays=followed[pk])
        for pk, title, archived in rows.values_list("pk", "title", "archived")
    ]


def _body(
    found: Sequence[Process], editors: Sequence[Editor], shown: "_Shown", viewer: Actor
) -> dict[str, Any]:
    with_address = viewer.may(SEES_ADDRESSES)
    bodies = [
        _overlay_body(socket, process, shown, with_address=with_address)
        for process in found
        for socket in process.sockets.overlays
    ]
    staff = [
        _staff_body(socket, process, editors)
        for process in found
        for socket in process.sockets.staff
    ]
    return {
        "total": {
            "sockets": len(bodies) + len(staff),
            "overlays": len(bodies),
            "staff": len(staff),
            "behind": sum(body["is_behind"] for body in bodies),
        },
        "overlays": sorted(bodies, key=lambda one: (one["graphic_id"], one["since"])),
        "staff": sorted(staff, key=lambda one: (one["user_name"], one["since"])),
        "editors": [
            {
                "graphic_id": editor.graphic_id,
                "title": shown.title(editor.graphic_id),
                "user_id": editor.user_id,
                "user_name": editor.user_name,
            }
            for editor in editors
        ],
        "processes": [
            {
                "id": process.id,
                "host": process.host,
                "overlays": len(process.sockets.overlays),
                "staff": len(process.sockets.staff),
            }
            for process in found
        ],
        "timestamp": timezone.now(),
    }


class _Shown:
    """The graphics that somebody shows, views or edits, and where their streams are."""

    def __init__(self, found: Sequence[Process], editors: Sequence[Editor]) -> None:
        followed = {socket.graphic_id for process in found for socket in process.sockets.overlays}
        viewed = {socket.viewing for process in found for socket in process.sockets.staff}
        ids = followed | (viewed - {None}) | {editor.graphic_id for editor in editors}
        rows = Graphic.objects.filter(pk__in=ids).values("pk", "title", "version", "archived")
        self._graphics: dict[int, Mapping[str, Any]] = {row["pk"]: row for row in rows}
        self._heads = log.heads(map(streams.overlay, sorted(followed)))

    @property
    def titles(self) -> dict[int, str]:
        return {pk: row["title"] for pk, row in self._graphics.items()}

    def title(self, graphic_id: int) -> str | None:
        row = self._graphics.get(graphic_id)
        return row["title"] if row else None

    def is_archived(self, graphic_id: int) -> bool:
        row = self._graphics.get(graphic_id)
        return row is not None and row["archived"]

    def version(self, graphic_id: int) -> int | None:
        row = self._graphics.get(graphic_id)
        return row["version"] if row else None

    def head(self, graphic_id: int) -> int:
        return self._heads.get(streams.overlay(graphic_id), 0)


def _overlay_body(
    socket: OverlaySocket, process: Process, shown: _Shown, *, with_address: bool
) -> dict[str, Any]:
    version, head = shown.version(socket.graphic_id), shown.head(socket.graphic_id)
    drawn = None
    if socket.seq is not None:
        drawn = {
            "version": socket.version,
            "seq": socket.seq,
            "at": socket.drawn_at,
            "delay_ms": socket.delay_ms,
        }
    has_version = socket.version is not None and socket.version >= (version or 0)
    has_all = socket.seq is not None and socket.seq >= head
    return {
        "connection_id": socket.connection_id,
        "graphic_id": socket.graphic_id,
        "title": shown.title(socket.graphic_id),
        "archived": shown.is_archived(socket.graphic_id),
        "since": socket.since,
        "address": socket.address if with_address else None,
        "drawn": drawn,
        "current": {"version": version, "seq": head},
        "is_behind": not (has_version and has_all),
        "process": process.id,
    }


def _staff_body(socket: StaffSocket, process: Process, editors: Sequence[Editor]) -> dict[str, Any]:
    return {
        "connection_id": socket.connection_id,
        "user_id": socket.user_id,
        "user_name": socket.user_name,
        "since": socket.since,
        "viewing": socket.viewing,
        "editing": sorted(
            editor.graphic_id
            for editor in editors
            if (editor.user_id, editor.user_name) == (socket.user_id, socket.user_name)
        ),
        "process": process.id,
    }
