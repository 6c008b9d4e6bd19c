"""Writes of graphics. A save is a version, its revision and its events, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from graphics import events
from graphics.errors import GraphicArchivedError, GraphicNotFoundError, StaleGraphicError
from graphics.models import Graphic, GraphicRevision, GraphicTournament
from tournaments import selectors as tournament_selectors
from tournaments.errors import TournamentNotFoundError
from tournaments.events import standings_published
from tournaments.services import lock_tournament

DETACHED = 0  # the tournament_id that unties a graphic: null means "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a client wants to be different; ``None`` leaves a field as it is.

    ``document`` is JSON text that passed the I-JSON gate.
    """

    title: str | None = None
    event_name: str | None = None
    document: str | None = None
    tournament_id: int | None = None


def create_graphic(
    *,
    actor: Actor,
    title: str,
    event_name: str,
    document: str = "{}",
    tournament_id: int | None = None,
) -> Graphic:
    """A new graphic at version 1. Raises ``InvalidFieldsError`` for an unknown tournament."""
    with recording():
        graphic = Graphic(
            title=title,
            event_name=event_name,
            document=document,
            tournament_id=_lock_new_tournament(tournament_id),
            created_by=actor.name,
            updated_by=actor.name,
        )
        graphic.full_clean()
        graphic.save()
        _store_version(graphic, actor)
        trail.record("graphic.created", actor=actor, target=graphic)
        _tell("created", graphic, actor=actor, is_retied=True)
        return graphic


def update_graphic(
    *,
    actor: Actor,
    graphic_id: int,
    changes: Changes,
    accepted_versions: frozenset[str] | None = None,
) -> Graphic:
    """Save a new version, or nothing at all if nothing would be different.

    The row is locked before anything is judged, so of two writers the second sees the first one's
    version. ``accepted_versions`` are those of ``If-Match``; ``None`` accepts any.
    Raises ``GraphicNotFoundError``, ``GraphicArchivedError``, ``StaleGraphicError``,
    ``InvalidFieldsError``.
    """
    with recording():
        # lock order everywhere: the tournament before the graphic
        wanted = _lock_new_tournament(changes.tournament_id)
        graphic = lock_graphic(graphic_id)
        refuse_write(graphic, accepted_versions=accepted_versions)
        changed = _apply(graphic, changes, wanted)
        if not changed:
            return graphic
        graphic.version += 1
        graphic.updated_by = actor.name
        graphic.full_clean()
        graphic.save(update_fields=[*changed, "version", "updated_by", "updated_at"])
        _store_version(graphic, actor)
        trail.record("graphic.updated", actor=actor, target=graphic, changes=changed)
        _tell("updated", graphic, actor=actor, is_retied="tournament_id" in changed)
        return graphic


def lock_graphic(graphic_id: int) -> Graphic:
    """The graphic with its row locked until the end of the transaction."""
    graphic = Graphic.objects.select_for_update().filter(pk=graphic_id).first()
    if graphic is None:
        raise GraphicNotFoundError
    return graphic


def refuse_write(graphic: Graphic, *, accepted_versions: frozenset[str] | None) -> None:
    """Judge a write before its rules are looked at: 409 for an archived one, then 412."""
    if graphic.archived:
        raise GraphicArchivedError
    if accepted_versions is not None and str(graphic.version) not in accepted_versions:
        raise StaleGraphicError(current_version=graphic.version)


def _lock_new_tournament(tournament_id: int | None) -> int | None:
    if not tournament_id:
        return None
    try:
        return lock_tournament(tournament_id).pk
    except TournamentNotFoundError:
        raise InvalidFieldsError({"tournament_id": ["There is no such tournament."]}) from None


def _apply(graphic: Graphic, changes: Changes, wanted: int | None) -> dict[str, tuple[Any, Any]]:
    """Set what differs; the fields with their values before and after."""
    new: dict[str, Any] = {
        name: value
        for name in ("title", "event_name", "document")
        if (value := getattr(changes, name)) is not None
    }
    if changes.tournament_id is not None:
        new["tournament_id"] = wanted
    changed = {
        name: (before, value)
        for name, value in new.items()
        if (before := getattr(graphic, name)) != value
    }
    for name, (_, value) in changed.items():
        setattr(graphic, name, value)
    return changed


def _store_version(graphic: Graphic, actor: Actor) -> None:
    GraphicRevision.objects.create(
        graphic=graphic,
        version=graphic.version,
        title=graphic.title,
        event_name=graphic.event_name,
        document=graphic.document,
        tournament_id=graphic.tournament_id,
        author=actor.name,
        session_sid=actor.sid or "",
    )
    follows = GraphicTournament.objects.filter(graphic=graphic)
    if graphic.tournament_id is None:
        follows.delete()
    else:
        follows.exclude(tournament_id=graphic.tournament_id).delete()
        GraphicTournament.objects.get_or_create(
            graphic=graphic, tournament_id=graphic.tournament_id
        )


def _tell(action: str, graphic: Graphic, *, actor: Actor, is_retied: bool) -> None:
    tournament = _tournament_of(graphic) if is_retied else None
    changed = events.graphic_changed(
        action, graphic=graphic, actor=actor, tournament=tournament, is_retied=is_retied
    )
    emit(changed, overlays=[graphic.pk])
    if is_retied and (action != "created" or graphic.tournament_id is not None):
        snapshot_id, document = tournament_selectors.newest_document(graphic.tournament_id)
        shown = standings_published(
            tournament_id=graphic.tournament_id, snapshot_id=snapshot_id, document=document
        )
        emit(shown, overlays=[graphic.pk])


def _tournament_of(graphic: Graphic) -> Mapping[str, Any] | None:
    if graphic.tournament_id is None:
        return None
    return tournament_selectors.tournament_body(graphic.tournament_id)
