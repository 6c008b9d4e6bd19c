"""What graphics tell the world."""

from collections.abc import Mapping
from typing import Any

import orjson

from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import fits_in_frame
from gal_dashboard.events.recording import NewEvent
from graphics.models import CanvasLease, Graphic


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


def graphic_withdrawn(action: str, *, graphic: Graphic, actor: Actor) -> NewEvent:
    """``action`` is archived or deleted: the last that overlays hear, who hold their picture."""
    data = {"action": action, "graphic_id": graphic.pk, "version": graphic.version}
    staff = {
        **data,
        "title": graphic.title,
        "event_name": graphic.event_name,
        "actor": actor.name,
        "reason": graphic.archive_reason,
    }
    return NewEvent(
        type="graphic_update", name=f"graphic.{action}", payload=staff, public_payload=data
    )


def lock_changed(
    action: str, lease: CanvasLease, *, by: Actor | None = None, reason: str = ""
) -> NewEvent:
    """``action`` is acquired, renewed, or how the lease ended. For staff only."""
    is_locked = lease.end == ""
    payload: dict[str, Any] = {
        "action": action,
        "graphic_id": lease.graphic_id,
        "locked": is_locked,
        "locked_by": lease.user_name if is_locked else None,
        "expires_at": lease.expires_at if is_locked else None,
        "lock_fence": lease.fence,
        "actor": by.name if by else lease.user_name,
    }
    if by is not None:
        payload["reason"] = reason
    return NewEvent(type="lock_status", name=f"graphic.lock_{action}", payload=payload)
