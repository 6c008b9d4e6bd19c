"""Results that somebody submits and somebody else confirms or rejects."""

from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import emit, recording
from tournaments import corrections, drawing, events, judging, results, rulebook, sheets
from tournaments.choices import SheetStatus
from tournaments.errors import (
    SubmissionDecidedError,
    SubmissionNotFoundError,
    TournamentNotFoundError,
)
from tournaments.judging import LobbyResult
from tournaments.models import ResultSheet, Tournament
from tournaments.rulebook import Rulebook
from tournaments.services import lock_tournament
from tournaments.standings import GameRef


def submit_result(
    *, actor: Actor, tournament_id: int, result: LobbyResult, note: str = ""
) -> ResultSheet:
    """Keep what somebody says came of a lobby, until it is decided on; no standing changes.

    A lobby may have several that wait, also beside a result: then they propose a correction.
    Raises what ``record_lobby_result`` raises.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        book = rulebook.read(tournament)
        entry = judging.judge(book, result).entries[0]
        lobby = sheets.lobby_row(tournament, entry.ref, entry.lobby)
        sheet = sheets.new_sheet(lobby, entry.after, actor=actor, note=note)
        sheet.full_clean()
        sheet.save()
        said = book.by_name(entry.after)
        told: dict[str, tuple[Any, Any]] = {"placements": (None, said)}
        if note:
            told["note"] = (None, note)
        trail.record("placement.submitted", actor=actor, target=lobby, changes=told)
        emit(
            events.result_submitted(
                tournament_id=tournament.pk,
                result=events.lobby_outcome(entry.ref, entry.lobby, said),
                submission_id=sheet.pk,
                note=note,
                actor=actor,
            )
        )
        return sheet


def preview_confirmation(*, tournament_id: int, submission_id: int) -> dict[str, Any]:
    """What ``confirm_submission`` would change, as the preview of a correction says it.

    Writes nothing. Raises as that does, ``CorrectionChangedError`` aside.
    """
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    book = rulebook.read(tournament)  # before the sheet: whom that names may go in between
    sheet = _waiting(tournament, submission_id)
    return corrections.preview_of(book, judging.judge(book, _as_said(sheet, book)))


def confirm_submission(
    *, actor: Actor, tournament_id: int, submission_id: int, fingerprint: str | None = None
) -> ResultSheet:
    """Make a submission the result of its lobby, by the rules as they are now.

    One that says what counts already takes its place, and no standing changes. With a
    ``fingerprint`` another result is replaced only if the preview that had it still holds; who saw
    none gives an empty one. Raises ``SubmissionNotFoundError``, ``SubmissionDecidedError``, what
    ``record_lobby_result`` does, and ``CorrectionChangedError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        sheet = _waiting(tournament, submission_id)
        book = rulebook.read(tournament)
        judged = judging.judge(book, _as_said(sheet, book))
        entry = judged.entries[0]
        if fingerprint is not None and entry.is_correction and entry.changes_anything:
            corrections.refuse_unless_seen(book, judged, fingerprint)
        drawing.drop_skipped(tournament, entry.ref)
        sheets.confirm(sheet, actor=actor)
        results.tell_confirmed(sheet, entry, judged.book, actor=actor, submission_id=sheet.pk)
        if entry.changes_anything:
            results.go_on(tournament, judged, actor=actor)
        return sheet


def reject_submission(
    *, actor: Actor, tournament_id: int, submission_id: int, reason: str = ""
) -> ResultSheet:
    """Decide that a submission will not count.

    Raises ``SubmissionNotFoundError``, ``SubmissionDecidedError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        sheet = _waiting(tournament, submission_id)
        sheet.reason = reason
        sheets.decide(sheet, SheetStatus.REJECTED, actor=actor)
        said = rulebook.read(tournament).by_name(sheet.places)
        told: dict[str, tuple[Any, Any]] = {"placements": (said, None)}
        if reason:
            told["reason"] = (None, reason)
        trail.record("placement.rejected", actor=actor, target=sheet.lobby, changes=told)
        emit(
            events.result_rejected(
                tournament_id=tournament.pk,
                result=events.lobby_outcome(_ref_of(sheet), sheet.lobby.number, said),
                submission_id=sheet.pk,
                reason=reason,
                actor=actor,
            )
        )
        return sheet


def _waiting(tournament: Tournament, submission_id: int) -> ResultSheet:
    rows = ResultSheet.objects.filter(lobby__game__tournament=tournament, pk=submission_id)
    sheet = rows.select_related("lobby__game__tournament").first()
    if sheet is None:
        raise SubmissionNotFoundError
    if sheet.status != SheetStatus.SUBMITTED:
        raise SubmissionDecidedError(status=sheet.status, decided_by=sheet.decided_by)
    return sheet


def _as_said(sheet: ResultSheet, book: Rulebook) -> LobbyResult:
    """By the names of now: participants may have got others since."""
    return LobbyResult.of(_ref_of(sheet), sheet.lobby.number, book.by_name(sheet.places))


def _ref_of(sheet: ResultSheet) -> GameRef:
    return GameRef(sheet.lobby.game.day, sheet.lobby.game.number)
