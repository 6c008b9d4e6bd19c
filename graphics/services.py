"""Writes of graphics. A save is a version, its revision and its events, in one transaction."""

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from graphics import events
from graphics.errors import GraphicArchivedError, GraphicNotFoundError, StaleGraphicError
from graphics.models import Graphic, GraphicRevision, GraphicTournament
from tournaments import selectors as tournament_selectors
from tournaments.events import standings_published
from tournaments.services import lock_tournaments

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
    """A new graphic at version 1. Raises ``InvalidFieldsError``, ``ValidationError``."""
    with recording():
        known = lock_tournaments([tournament_id] if tournament_id else [])
        _refuse_unknown_tournament(tournament_id, known=known)
        graphic = Graphic(
            title=title,
            event_name=event_name,
            document=document,
            tournament_id=tournament_id or None,
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
    Raises, in this order, ``GraphicNotFoundError``, ``GraphicArchivedError``,
    ``StaleGraphicError``, ``InvalidFieldsError``, ``ValidationError``.
    """
    with recording():
        graphic, known = _lock_with_tournaments(graphic_id, changes.tournament_id)
        _refuse_write(graphic, accepted_versions=accepted_versions)
        _refuse_unknown_tournament(changes.tournament_id, known=known)
        changed = _apply(graphic, changes)
        if changed:
            graphic.full_clean()
            _save(graphic, changed, actor=actor)
        return graphic


def refuse_update(*, graphic_id: int, accepted_versions: frozenset[str] | None) -> None:
    """Judge a write whose fields are invalid anyway: a conflict is told before a broken rule.

    The client would else correct what it sent over an old version, only to be refused again.
    """
    graphic = Graphic.objects.defer("document").filter(pk=graphic_id).first()
    if graphic is None:
        raise GraphicNotFoundError
    _refuse_write(graphic, accepted_versions=accepted_versions)


def release_tournament(*, actor: Actor, tournament_id: int) -> None:
    """Untie every graphic from a tournament that is about to go; the caller holds its row.

    For each graphic this is a change like any other: a version, a revision, events.
    """
    with recording():
        tied = Graphic.objects.filter(tournament_id=tournament_id).order_by("pk")
        for graphic_id in tied.values_list("pk", flat=True):
            graphic = lock_graphic(graphic_id)
            changed = _apply(graphic, Changes(tournament_id=DETACHED))
            _save(graphic, changed, actor=actor)


def lock_graphic(graphic_id: int) -> Graphic:
    """The graphic with its row locked until the end of the transaction."""
    graphic = Graphic.objects.select_for_update().filter(pk=graphic_id).first()
    if graphic is None:
        raise GraphicNotFoundError
    return graphic


def _lock_with_tournaments(
    graphic_id: int, tournament_id: int | None
) -> tuple[Graphic, frozenset[int | None]]:
    """The locked graphic and, where its tie may change, which tournaments are there, locked too.

    Tournaments are locked before graphics, everywhere, and both the old and the new one: who
    publishes for the old one must not send its standings after the graphic has left it. Which one
    is the old is only certain under the graphic's lock; if it was another, all begins again.
    """
    while True:
        tie = Graphic.objects.filter(pk=graphic_id).values_list("tournament_id", flat=True).first()
        moves = tournament_id is not None and (tournament_id or None) != tie
        with suppress(_TiedMeanwhileError), transaction.atomic():
            known = lock_tournaments(filter(None, {tie, tournament_id}) if moves else ())
            graphic = lock_graphic(graphic_id)
            if tournament_id is not None and graphic.tournament_id != tie:
                raise _TiedMeanwhileError  # gives the locks back
            return graphic, known | {tie}


class _TiedMeanwhileError(Exception):
    """Raised when a graphic was tied to another tournament between a look and its lock."""


def _refuse_write(graphic: Graphic, *, accepted_versions: frozenset[str] | None) -> None:
    if graphic.archived:
        raise GraphicArchivedError
    if accepted_versions is not None and str(graphic.version) not in accepted_versions:
        raise StaleGraphicError(current_version=graphic.version)


def _refuse_unknown_tournament(tournament_id: int | None, *, known: Container[int | None]) -> None:
    if tournament_id and tournament_id not in known:
        raise InvalidFieldsError({"tournament_id": ["There is no such tournament."]})


def _apply(graphic: Graphic, changes: Changes) -> dict[str, tuple[Any, Any]]:
    """Set what differs; the fields with their values before and after."""
    wanted: dict[str, Any] = {
        name: value
        for name in ("title", "event_name", "document")
        if (value := getattr(changes, name)) is not None
    }
    if changes.tournament_id is not None:
        wanted["tournament_id"] = changes.tournament_id or None
    changed = {
        name: (before, value)
        for name, value in wanted.items()
        if (before := getattr(graphic, name)) != value
    }
    for name, (_, value) in changed.items():
        setattr(graphic, name, value)
    return changed


def _save(graphic: Graphic, changed: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> None:
    graphic.version += 1
    graphic.updated_by = actor.name
    graphic.save(update_fields=[*changed, "version", "updated_by", "updated_at"])
    _store_version(graphic, actor)
    trail.record("graphic.updated", actor=actor, target=graphic, changes=changed)
    _tell("updated", graphic, actor=actor, is_retied="tournament_id" in changed)


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
    overlays = [] if graphic.archived else [graphic.pk]  # an archived one ended its stream
    tournament = _tournament_of(graphic) if is_retied else None
    changed = events.graphic_changed(
        action, graphic=graphic, actor=actor, tournament=tournament, is_retied=is_retied
    )
    emit(changed, overlays=overlays)
    if is_retied and (action != "created" or graphic.tournament_id is not None):
        snapshot_id, document = tournament_selectors.newest_document(graphic.tournament_id)
        shown = standings_published(
            tournament_id=graphic.tournament_id, snapshot_id=snapshot_id, document=document
        )
        emit(shown, overlays=overlays)


def _tournament_of(graphic: Graphic) -> Mapping[str, Any] | None:
    if graphic.tournament_id is None:
        return None
    return tournament_selectors.public_tournament(graphic.tournament_id)
