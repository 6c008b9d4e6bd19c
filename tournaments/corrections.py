"""Correcting results of one or several lobbies at once: looked at first, then made, or taken back.

Draws and seats of games that are not played yet stay as they are: the preview tells which would be
others, and staff decide.
"""

from collections.abc import Sequence
from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import emit, recording
from tournaments import consequences, dependants, events, judging, results, rulebook, sheets
from tournaments.choices import SheetStatus
from tournaments.errors import (
    CorrectedSinceError,
    CorrectionChangedError,
    CorrectionNotFoundError,
    CorrectionUndoneError,
    TournamentNotFoundError,
)
from tournaments.judging import Entry, Judged, LobbyResult
from tournaments.models import Correction, Tournament
from tournaments.rulebook import Rulebook
from tournaments.services import lock_tournament
from tournaments.standings import GameRef


def preview_correction(*, tournament_id: int, wanted: Sequence[LobbyResult]) -> dict[str, Any]:
    """What ``correct_results`` would change. Writes nothing; raises as that does."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    book = rulebook.read(tournament)
    return preview_of(book, judging.judge_together(book, wanted))


def correct_results(
    *,
    actor: Actor,
    tournament_id: int,
    wanted: Sequence[LobbyResult],
    reason: str = "",
    fingerprint: str | None = None,
) -> Correction:
    """Replace the results of these lobbies, with one event and one publication of the standings.

    With a ``fingerprint`` only what the preview that had it said is done. Raises
    ``TournamentNotFoundError``, ``GameNotFoundError``, ``NothingToCorrectError``,
    ``InvalidFieldsError``, ``GamesAfterChampionError``, ``NothingChangedError``,
    ``CorrectionChangedError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        book = rulebook.read(tournament)
        judged = judging.judge_together(book, wanted)
        if fingerprint is not None:
            refuse_unless_seen(book, judged, fingerprint)
        return _make(tournament, judged, actor=actor, reason=reason)


def undo_correction(
    *, actor: Actor, tournament_id: int, correction_id: int, reason: str = ""
) -> Correction:
    """Put the results of before a correction back: a correction of its own.

    Raises ``CorrectionNotFoundError``, ``CorrectionUndoneError``, ``CorrectedSinceError`` if one of
    its lobbies has got another result since, and what ``correct_results`` raises.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        undone = tournament.corrections.filter(pk=correction_id).first()
        if undone is None:
            raise CorrectionNotFoundError
        by = tournament.corrections.filter(undoes=undone).values_list("pk", flat=True).first()
        if by is not None:
            raise CorrectionUndoneError(undone_by=by)
        _refuse_changed_since(undone)
        book = rulebook.read(tournament)
        before = [_as_before(book, lobby) for lobby in undone.lobbies]
        judged = judging.judge_together(book, before)
        return _make(tournament, judged, actor=actor, reason=reason, undoes=undone)


def preview_of(book: Rulebook, judged: Judged) -> dict[str, Any]:
    """What ``judged`` would change, its ``fingerprint``, and which graphics show it."""
    graphics = dependants.screens(tournament_id=book.tournament.pk)
    return {**_consequences(book, judged), "graphics": graphics}


def refuse_unless_seen(book: Rulebook, judged: Judged, fingerprint: str) -> None:
    """Raises ``CorrectionChangedError`` unless the preview that had the fingerprint still holds."""
    newest = _consequences(book, judged)["fingerprint"]
    if fingerprint != newest:
        raise CorrectionChangedError(fingerprint=newest)


def _consequences(book: Rulebook, judged: Judged) -> dict[str, Any]:
    held = book.tournament.draws.filter(replaced_at__isnull=True).order_by("day", "number")
    return consequences.of_correction(book, judged, held)


def _make(
    tournament: Tournament,
    judged: Judged,
    *,
    actor: Actor,
    reason: str,
    undoes: Correction | None = None,
) -> Correction:
    correction = Correction(
        tournament=tournament,
        lobbies=[_stored(entry) for entry in judged.entries],
        reason=reason,
        made_by=actor.name,
        undoes=undoes,
    )
    correction.full_clean()
    correction.save()
    for entry in judged.entries:
        lobby = sheets.lobby_row(tournament, entry.ref, entry.lobby)
        sheet = sheets.new_sheet(lobby, entry.after, actor=actor)
        sheets.confirm(sheet, actor=actor, correction=correction)
    _tell(correction, judged, actor)
    results.go_on(tournament, judged, actor=actor)
    return correction


def _stored(entry: Entry) -> dict[str, Any]:
    return {
        "game": str(entry.ref),
        "lobby": entry.lobby,
        "before": sheets.stored(entry.before),
        "after": sheets.stored(entry.after),
    }


def _tell(correction: Correction, judged: Judged, actor: Actor) -> None:
    book = judged.book
    told: dict[str, tuple[Any, Any]] = {
        f"game {entry.ref}, lobby {entry.lobby}": (
            book.by_name(entry.before),
            book.by_name(entry.after),
        )
        for entry in judged.entries
    }
    if correction.reason:
        told["reason"] = (None, correction.reason)
    if correction.undoes_id:
        told["undoes"] = (None, correction.undoes_id)
    trail.record("placement.corrected_together", actor=actor, target=correction, changes=told)
    emit(
        events.results_corrected_together(
            tournament_id=book.tournament.pk,
            correction_id=correction.pk,
            undoes=correction.undoes_id,
            reason=correction.reason,
            results=[
                events.lobby_outcome(entry.ref, entry.lobby, book.by_name(entry.after))
                for entry in judged.entries
            ],
            actor=actor,
        )
    )


def _refuse_changed_since(correction: Correction) -> None:
    changed = correction.sheets.exclude(status=SheetStatus.CONFIRMED)
    rows = changed.values_list("lobby__game__day", "lobby__game__number", "lobby__number")
    lobbies = [(str(GameRef(day, game)), lobby) for day, game, lobby in rows.order_by("pk")]
    if lobbies:
        raise CorrectedSinceError(lobbies=lobbies)


def _as_before(book: Rulebook, lobby: dict[str, Any]) -> LobbyResult:
    said = book.by_name({int(pk): place for pk, place in lobby["before"].items()})
    return LobbyResult.of(GameRef.parse(lobby["game"]), lobby["lobby"], said)
