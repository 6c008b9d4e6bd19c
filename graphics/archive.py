"""Taking graphics out of the list, back into it, and away for good."""

from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import emit, recording
from graphics import events, locks
from graphics.choices import LeaseEnd
from graphics.claims import Claim
from graphics.errors import AlreadyArchivedError, NotArchivedError
from graphics.models import Graphic
from graphics.services import lock_with_tournaments, tell


def archive_graphic(*, graphic_id: int, claim: Claim, reason: str = "") -> Graphic:
    """Take a graphic off the list; its overlays hold their picture and ask for it again.

    The holder's own lock ends with it. Raises ``GraphicNotFoundError``, ``LockBusyError``,
    ``AlreadyArchivedError``.
    """
    with recording():
        graphic, _ = lock_with_tournaments(graphic_id, is_publishing=True)
        _refuse_archive(graphic, claim)
        locks.end_with_graphic(graphic, LeaseEnd.ARCHIVED)
        graphic.archived = True
        graphic.archived_at = timezone.now()
        graphic.archived_by = claim.actor.name
        graphic.archive_reason = reason
        graphic.full_clean()
        _save(graphic)
        changes = {"archived": (False, True), "reason": ("", reason)}
        trail.record("graphic.archived", actor=claim.actor, target=graphic, changes=changes)
        withdrawn = events.graphic_withdrawn("archived", graphic=graphic, actor=claim.actor)
        emit(withdrawn, overlays=[graphic.pk])
        return graphic


def judge_archive(*, graphic_id: int, claim: Claim) -> None:
    """Raise what ``archive_graphic`` would refuse this claimant, whatever the reason given."""
    with recording():
        _refuse_archive(Graphic.objects.lock_row(graphic_id), claim)


def restore_graphic(*, graphic_id: int, actor: Actor) -> Graphic:
    """Bring an archived graphic back as it was. Raises ``NotArchivedError``."""
    with recording():
        graphic, _ = lock_with_tournaments(graphic_id, is_publishing=True)
        if not graphic.archived:
            raise NotArchivedError
        changes = {"archived": (True, False), "reason": (graphic.archive_reason, "")}
        graphic.archived, graphic.archived_at = False, None
        graphic.archived_by = graphic.archive_reason = ""
        _save(graphic)
        trail.record("graphic.restored", actor=actor, target=graphic, changes=changes)
        tell("restored", graphic, actor=actor, is_retied=True)
        return graphic


def delete_graphic(*, graphic_id: int, claim: Claim, only_archived: bool = False) -> str:
    """Remove a graphic with its revisions; its title. The audit trail and the event log keep it.

    Raises ``GraphicNotFoundError``, ``LockBusyError``, and ``NotArchivedError`` where
    ``only_archived`` are to be removed.
    """
    with recording():
        graphic, _ = lock_with_tournaments(graphic_id, is_publishing=True)
        locks.refuse_if_busy(graphic, claim)
        if only_archived and not graphic.archived:
            raise NotArchivedError
        locks.end_with_graphic(graphic, LeaseEnd.DELETED)
        told = trail.gone(graphic, "title", "event_name", "tournament_id", "version", "archived")
        trail.record("graphic.deleted", actor=claim.actor, target=graphic, changes=told)
        withdrawn = events.graphic_withdrawn("deleted", graphic=graphic, actor=claim.actor)
        emit(withdrawn, overlays=[graphic.pk])
        graphic.delete()
        return graphic.title


def _refuse_archive(graphic: Graphic, claim: Claim) -> None:
    locks.refuse_if_busy(graphic, claim)
    if graphic.archived:
        raise AlreadyArchivedError


def _save(graphic: Graphic) -> None:
    graphic.save(
        update_fields=["archived", "archived_at", "archived_by", "archive_reason", "updated_at"]
    )
