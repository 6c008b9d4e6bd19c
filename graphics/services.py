"""Writes of graphics. A save is a version, its revision and its events, in one transaction."""

from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction

from gal_dashboard.audit import trail
from gal_dashboard.core import options, rows
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from graphics import canvas, events, locks
from graphics.claims import Claim
from graphics.errors import GraphicArchivedError, RevisionNotFoundError, StaleGraphicError
from graphics.models import CanvasLease, Graphic, GraphicRevision, GraphicTournament
from graphics.options import IMAGE_HOSTS
from tournaments import selectors as tournament_selectors
from tournaments.event_data import PublicTournament
from tournaments.events import standings_published
from tournaments.services import lock_tournaments

DETACHED = 0  # the tournament_id that unties a graphic: null means "unchanged"
LONGEST_TITLE = 255
COPY = " (Copy)"

_FIELDS = {"tournament_id": "tournament"}  # changes are named by columns
_UNSAVED = frozenset(field.name for field in Graphic._meta.fields) - {"version", "updated_by"}  # noqa: SLF001 - Django documents _meta


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a client wants to be different; ``None`` leaves a field as it is.

    ``document`` is JSON text that passed the I-JSON gate.
    """

    title: str | None = None
    event_name: str | None = None
    document: str | None = None
    tournament_id: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A graphic after a save, and the lock under which it was made."""

    graphic: Graphic
    lease: CanvasLease | None


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
        _refuse_document(document)
        graphic.full_clean()
        graphic.save()
        _store_version(graphic, actor, is_retied=graphic.tournament_id is not None)
        told = trail.made(graphic, "title", "event_name", "tournament_id", "document")
        trail.record("graphic.created", actor=actor, target=graphic, changes=told)
        tell("created", graphic, actor=actor, is_retied=True)
        return graphic


def duplicate_graphic(
    *, actor: Actor, graphic_id: int, new_title: str | None, new_event_name: str | None
) -> Graphic:
    """A live copy at version 1, of an archived graphic too. Raises ``GraphicNotFoundError``."""
    with recording():
        original = lock_with_tournaments(graphic_id, is_publishing=True)[0]
        return create_graphic(
            actor=actor,
            title=new_title or original.title[: LONGEST_TITLE - len(COPY)] + COPY,
            event_name=new_event_name or original.event_name,
            document=original.document,
            tournament_id=original.tournament_id,
        )


def update_graphic(
    *,
    graphic_id: int,
    changes: Changes,
    claim: Claim,
    accepted_versions: frozenset[str] | None = None,
) -> Saved:
    """Save a new version, or nothing at all if nothing would be different.

    The row is locked before anything is judged, so of two writers the second sees the first one's
    version. ``accepted_versions`` are those of ``If-Match``; ``None`` accepts any.
    Raises, in this order, ``GraphicNotFoundError``, ``GraphicLockedError``,
    ``GraphicArchivedError`` or ``LockLostError``, ``StaleGraphicError``, ``InvalidFieldsError``,
    ``ValidationError``.
    """
    with recording():
        graphic, known = lock_with_tournaments(graphic_id, changes.tournament_id)
        lease = _refuse_write(graphic, claim, accepted_versions)
        _refuse_unknown_tournament(changes.tournament_id, known=known)
        _save_changes(graphic, changes, actor=claim.actor, action="graphic.updated")
        return Saved(graphic, lease)


def restore_revision(
    *,
    graphic_id: int,
    version: int,
    claim: Claim,
    accepted_versions: frozenset[str] | None = None,
) -> Saved:
    """Save an old version as a new one. Refuses as ``update_graphic``; ``RevisionNotFoundError``.

    A tournament that is gone meanwhile is not brought back: the graphic is tied to none.
    """
    with recording():
        revision = GraphicRevision.objects.filter(graphic=graphic_id, version=version).first()
        if revision is None:
            raise RevisionNotFoundError(version=version)
        tie = revision.tournament_id or DETACHED
        graphic, known = lock_with_tournaments(graphic_id, tie)
        lease = _refuse_write(graphic, claim, accepted_versions)
        changes = Changes(
            title=revision.title,
            event_name=revision.event_name,
            document=revision.document,
            tournament_id=tie if tie in known else DETACHED,
        )
        _save_changes(
            graphic,
            changes,
            actor=claim.actor,
            action="graphic.revision_restored",
            restored_from=version,
        )
        return Saved(graphic, lease)


def refuse_update(
    *, graphic_id: int, claim: Claim, accepted_versions: frozenset[str] | None
) -> None:
    """Judge a write whose fields are invalid anyway: a conflict is told before a broken rule.

    The client would else correct what it sent over an old version, only to be refused again.
    """
    with recording():
        _refuse_write(Graphic.objects.lock_row(graphic_id), claim, accepted_versions)


def release_tournament(*, actor: Actor, tournament_id: int) -> None:
    """Untie every graphic from a tournament that is about to go; the caller holds its row.

    For each graphic this is a change like any other: a version, a revision, events.
    """
    with recording():
        tied = Graphic.objects.filter(tournament_id=tournament_id).order_by("pk")
        for graphic_id in tied.values_list("pk", flat=True):
            graphic = Graphic.objects.lock_row(graphic_id)
            changes = Changes(tournament_id=DETACHED)
            _save_changes(graphic, changes, actor=actor, action="graphic.updated")


def lock_with_tournaments(
    graphic_id: int, tournament_id: int | None = None, *, is_publishing: bool = False
) -> tuple[Graphic, frozenset[int | None]]:
    """The locked graphic and, where its tie may change, which tournaments are there, locked too.

    Who is only going to publish the tie's standings locks the tournament that it has.

    Tournaments are locked before graphics, everywhere, and both the old and the new one: who
    publishes for the old one must not send its standings after the graphic has left it. Which one
    is the old is only certain under the graphic's lock; if it was another, all begins again.
    """
    if tournament_id is None and not is_publishing:
        graphic = Graphic.objects.lock_row(graphic_id)
        return graphic, frozenset({graphic.tournament_id})
    while True:
        tie = Graphic.objects.filter(pk=graphic_id).values_list("tournament_id", flat=True).first()
        moves = is_publishing or (tournament_id or None) != tie
        rows.run_put_off()  # the caller's own, which giving locks back must not take back
        with suppress(_TiedMeanwhileError), transaction.atomic():
            known = lock_tournaments(filter(None, {tie, tournament_id}) if moves else ())
            graphic = Graphic.objects.lock_row(graphic_id)
            if graphic.tournament_id != tie:
                raise _TiedMeanwhileError  # gives the locks back
            return graphic, known | {tie}


class _TiedMeanwhileError(Exception):
    """Raised when a graphic was tied to another tournament between a look and its lock."""


def _refuse_write(
    graphic: Graphic, claim: Claim, accepted_versions: frozenset[str] | None
) -> CanvasLease | None:
    if graphic.archived:  # its lock has ended with the archiving
        raise GraphicArchivedError
    lease = locks.refuse_unless_writable(graphic, claim)
    if accepted_versions is not None and str(graphic.version) not in accepted_versions:
        raise StaleGraphicError(current_version=graphic.version)
    return lease


def _refuse_unknown_tournament(tournament_id: int | None, *, known: Container[int | None]) -> None:
    if tournament_id and tournament_id not in known:
        raise InvalidFieldsError({"tournament_id": ["There is no such tournament."]})


def _refuse_document(document: str) -> None:
    hosts = options.value(IMAGE_HOSTS)
    faults = canvas.faults(orjson.loads(document), image_hosts=hosts)
    if faults:
        raise InvalidFieldsError({f"data_json.{path}": told for path, told in faults.items()})


def _save_changes(
    graphic: Graphic,
    changes: Changes,
    *,
    actor: Actor,
    action: str,
    restored_from: int | None = None,
) -> None:
    """Write what differs as the next version; nothing is written or told if nothing does."""
    changed = _apply(graphic, changes)
    if not changed:
        return
    if "document" in changed:
        _refuse_document(graphic.document)
    graphic.version += 1
    graphic.updated_by = actor.name
    graphic.full_clean(exclude=_UNSAVED - {_FIELDS.get(name, name) for name in changed})
    rows.update_at_the_end(graphic, *changed, "version", "updated_by", "updated_at")
    is_retied = "tournament_id" in changed
    _store_version(graphic, actor, is_retied=is_retied, restored_from=restored_from)
    told = changed if restored_from is None else changed | {"restored_from": (None, restored_from)}
    trail.record(action, actor=actor, target=graphic, changes=told)
    tell("updated", graphic, actor=actor, is_retied=is_retied)


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


def _store_version(
    graphic: Graphic, actor: Actor, *, is_retied: bool, restored_from: int | None = None
) -> None:
    revision = GraphicRevision(
        graphic=graphic,
        version=graphic.version,
        title=graphic.title,
        event_name=graphic.event_name,
        document=graphic.document,
        tournament_id=graphic.tournament_id,
        restored_from=restored_from,
        author=actor.name,
        session_sid=actor.sid or "",
    )
    rows.insert_at_the_end(revision)
    if is_retied:
        _store_tie(graphic)


def _store_tie(graphic: Graphic) -> None:
    follows = GraphicTournament.objects.filter(graphic=graphic)
    if graphic.tournament_id is None:
        follows.delete()
    else:
        follows.exclude(tournament_id=graphic.tournament_id).delete()
        GraphicTournament.objects.get_or_create(
            graphic=graphic, tournament_id=graphic.tournament_id
        )


def tell(action: str, graphic: Graphic, *, actor: Actor, is_retied: bool) -> None:
    """Emit what became of a graphic, and its standings where its tie to a tournament is new."""
    overlays = [] if graphic.archived else [graphic.pk]  # an archived one ended its stream
    tournament = _tournament_of(graphic) if is_retied else None
    changed = events.graphic_changed(
        action, graphic=graphic, actor=actor, tournament=tournament, is_retied=is_retied
    )
    emit(changed, overlays=overlays)
    if is_retied and (action != "created" or graphic.tournament_id is not None):
        snapshot_id, document = tournament_selectors.newest_document(graphic.tournament_id)
        shown = standings_published(
            tournament_id=graphic.tournament_id,
            snapshot_id=snapshot_id,
            document=document,
            actor=actor,
        )
        emit(shown, overlays=overlays)


def _tournament_of(graphic: Graphic) -> PublicTournament | None:
    if graphic.tournament_id is None:
        return None
    return tournament_selectors.public_tournament(graphic.tournament_id)
