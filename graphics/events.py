"""What graphics tell the world."""

from collections.abc import Mapping
from typing import Any

import orjson

from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import fits_in_frame
from gal_dashboard.events.recording import NewEvent
from graphics.models import Graphic


def public_body(graphic: Graphic) -> dict[str, Any]:
    """What an overlay sees. A document over 64 KiB is ``None``: fetch it by its version."""
    document = graphic.document
    return {
        "id": graphic.pk,
        "title": graphic.title,
        "data_json": orjson.Fragment(document) if fits_in_frame(document) else None,
        "version": graphic.version,
        "tournament_id": graphic.tournament_id,
    }


def graphic_changed(
    action: str,
    *,
    graphic: Graphic,
    actor: Actor,
    tournament: Mapping[str, Any] | None = None,
    is_retied: bool = False,
) -> NewEvent:
    """``action`` is created, updated or restored.

    When the tie to a tournament ``is_retied``, the event carries the tournament that the overlay
    shows from now on, or null: an overlay that folds events needs no second look.
    """
    data: dict[str, Any] = {
        "action": action,
        "graphic_id": graphic.pk,
        "version": graphic.version,
        "graphic": public_body(graphic),
    }
    if is_retied:
        data["tournament"] = tournament
    staff = {
        **data,
        "graphic": {
            **data["graphic"],
            "event_name": graphic.event_name,
            "archived": graphic.archived,
            "created_by": graphic.created_by,
            "updated_by": graphic.updated_by,
            "created_at": graphic.created_at,
            "updated_at": graphic.updated_at,
        },
        "actor": actor.name,
    }
    return NewEvent(
        type="graphic_update", name=f"graphic.{action}", payload=staff, public_payload=data
    )
