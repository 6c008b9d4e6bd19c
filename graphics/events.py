"""What graphics tell the world."""

from typing import Any

from msgspec import UNSET

from gal_dashboard.core import wire
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import NewEvent
from graphics.event_data import (
    LOCK_STATUS,
    SHOWN,
    SHOWN_TO_STAFF,
    WITHDRAWN,
    WITHDRAWN_TO_STAFF,
    PublicGraphic,
    StaffGraphic,
)
from graphics.models import CanvasLease, Graphic
from tournaments.event_data import PublicTournament


def public_body(graphic: Graphic) -> PublicGraphic:
    """What an overlay sees. A document over 64 KiB is ``None``: fetch it by its version."""
    return PublicGraphic(
        id=graphic.pk,
        title=graphic.title,
        data_json=_shown_document(graphic),
        version=graphic.version,
        tournament_id=graphic.tournament_id,
    )


def _staff_body(graphic: Graphic) -> StaffGraphic:
    return StaffGraphic(
        id=graphic.pk,
        title=graphic.title,
        data_json=_shown_document(graphic),
        version=graphic.version,
        tournament_id=graphic.tournament_id,
        event_name=graphic.event_name,
        archived=graphic.archived,
        created_by=graphic.created_by,
        updated_by=graphic.updated_by,
        created_at=graphic.created_at,
        updated_at=graphic.updated_at,
    )


def _shown_document(graphic: Graphic) -> dict[str, Any] | None:
    return wire.ready(dict[str, Any], graphic.document) if _fits_in_frame(graphic) else None


def _fits_in_frame(graphic: Graphic) -> bool:
    if "document" in graphic.get_deferred_fields():  # to be read only if it will be shown
        return graphic.document_bytes <= wire.LARGEST_IN_FRAME
    return wire.fits_in_frame(graphic.document)


def graphic_changed(
    action: str,
    *,
    graphic: Graphic,
    actor: Actor,
    tournament: PublicTournament | None = None,
    is_retied: bool = False,
) -> NewEvent:
    """``action`` is created, updated or restored.

    When the tie to a tournament ``is_retied``, the event carries the tournament that the overlay
    shows from now on, or null: an overlay that folds events needs no second look.
    """
    shown = tournament if is_retied else UNSET
    return NewEvent(
        type="graphic_update",
        name=f"graphic.{action}",
        payload=SHOWN_TO_STAFF[action](
            graphic_id=graphic.pk,
            version=graphic.version,
            graphic=_staff_body(graphic),
            tournament=shown,
            actor=actor.name,
        ),
        public_payload=SHOWN[action](
            graphic_id=graphic.pk,
            version=graphic.version,
            graphic=public_body(graphic),
            tournament=shown,
        ),
    )


def graphic_withdrawn(action: str, *, graphic: Graphic, actor: Actor) -> NewEvent:
    """``action`` is archived or deleted: the last that overlays hear, who hold their picture."""
    return NewEvent(
        type="graphic_update",
        name=f"graphic.{action}",
        payload=WITHDRAWN_TO_STAFF[action](
            graphic_id=graphic.pk,
            version=graphic.version,
            title=graphic.title,
            event_name=graphic.event_name,
            actor=actor.name,
            reason=graphic.archive_reason,
        ),
        public_payload=WITHDRAWN[action](graphic_id=graphic.pk, version=graphic.version),
    )


def lock_changed(
    action: str, lease: CanvasLease, *, by: Actor | None = None, reason: str = ""
) -> NewEvent:
    """``action`` is acquired, renewed, or how the lease ended. For staff only.

    ``by`` is who broke it; only then there is a ``reason``.
    """
    is_locked = lease.end == ""
    why = {} if by is None else {"reason": reason}
    return NewEvent(
        type="lock_status",
        name=f"graphic.lock_{action}",
        payload=LOCK_STATUS[action](
            graphic_id=lease.graphic_id,
            locked=is_locked,
            locked_by=lease.user_name if is_locked else None,
            expires_at=lease.expires_at if is_locked else None,
            lock_fence=lease.fence,
            actor=by.name if by else lease.user_name,
            **why,
        ),
    )
