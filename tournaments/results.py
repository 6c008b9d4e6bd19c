"""Entering the result of a lobby: the write that a live show turns on."""

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import emit, recording
from tournaments import drawing, events, judging, rulebook, sheets
from tournaments.errors import TournamentNotFoundError
from tournaments.judging import Entry, Judged, LobbyResult
from tournaments.models import ResultSheet, Tournament
from tournaments.rulebook import Rulebook
from tournaments.services import lock_tournament, publish_standings
from tournaments.standings import GameRef


def record_lobby_result(*, actor: Actor, tournament_id: int, result: LobbyResult) -> bool:
    """Store the whole result of one lobby, publish the standings; whether anything changed.

    It is submitted and confirmed in one. A second call for the same lobby replaces the first: it is
    a correction. The same result again changes nothing and tells nobody. Writers of one tournament
    wait for each other, so each published standing holds all results before it.

    Raises, in this order, ``TournamentNotFoundError``, ``GameNotFoundError``,
    ``GameOutOfOrderError``, ``EventDecidedError``, ``InvalidFieldsError`` (which names the player),
    ``GamesAfterChampionError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        judged = judging.judge(rulebook.read(tournament), result)
        entry = judged.entries[0]
        if not entry.changes_anything:
            return False
        store(tournament, entry, judged.book, actor=actor)
        go_on(tournament, judged, actor=actor)
        return True


def store(tournament: Tournament, entry: Entry, book: Rulebook, *, actor: Actor) -> None:
    """Submit and confirm the result of a lobby in one, and tell the crew.

    ``book`` is the event as it is with it. The caller holds the tournament's row and goes on.
    """
    drawing.drop_skipped(tournament, entry.ref)
    lobby = sheets.lobby_row(tournament, entry.ref, entry.lobby)
    sheet = sheets.new_sheet(lobby, entry.after, actor=actor)
    sheets.confirm(sheet, actor=actor)
    tell_confirmed(sheet, entry, book, actor=actor)


def refuse_result(*, tournament_id: int, ref: GameRef) -> None:
    """Judge a result whose fields are invalid anyway: that there is no such game comes first."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    judging.judge_game(rulebook.read(tournament), ref)


def go_on(tournament: Tournament, judged: Judged, *, actor: Actor) -> None:
    """After new results: seat the next game if it is time, and show the standings."""
    book = drawing.seat_next_game(tournament, judged.book)
    publish_standings(tournament=tournament, source="results", actor=actor, book=book)


def tell_confirmed(
    sheet: ResultSheet,
    entry: Entry,
    book: Rulebook,
    *,
    actor: Actor,
    submission_id: int | None = None,
) -> None:
    """Write down and tell the crew what counts for a lobby now."""
    action = "corrected" if entry.is_correction else "recorded"
    then, now = book.by_name(entry.before), book.by_name(entry.after)
    trail.record(
        f"placement.{action}",
        actor=actor,
        target=sheet.lobby,
        changes={"placements": (then or None, now)},
    )
    emit(
        events.lobby_result_confirmed(
            action,
            tournament_id=book.tournament.pk,
            result=events.lobby_outcome(entry.ref, entry.lobby, now),
            submission_id=submission_id,
            actor=actor,
        )
    )
