"""Standings in the words of the wire: made when they are published, then served as they are."""

from collections.abc import Iterable
from typing import Any

from tournaments import explanations, outlook, standings
from tournaments.choices import ParticipantStatus
from tournaments.outlook import Outlook
from tournaments.rulebook import GameSheet, Rulebook
from tournaments.standings import GameRef, Row, StageRules, StageSoFar, Standings


def compute(rulebook: Rulebook, *, after: GameRef | None = None) -> Standings:
    """The standing after the newest game with a result, or after game ``after``."""
    people = rulebook.participants.values()
    return standings.compute(
        rulebook.rules,
        rulebook.participants,
        rulebook.results(),
        after=after,
        manual_ranks={p.pk: p.manual_rank for p in people if p.manual_rank is not None},
        seeds={p.pk: p.seed for p in people if p.seed is not None},
    )


def document(rulebook: Rulebook, standing: Standings, *, snapshot_id: int | None) -> dict[str, Any]:
    """The standings as REST and frames carry them, rows in order of rank, then of name.

    The name orders nothing but rows that share a rank, and those say that they are tied.
    """
    rows = sorted(
        standing.rows, key=lambda row: (row.rank, rulebook.participants[row.participant].name)
    )
    stage = _stage_of(rulebook, standing)
    rules, seats = rulebook.rules, rulebook.tournament.lobby_size
    points = rules.points if stage is None else rules.points_in(stage)
    outlooks = outlook.look_ahead(standing, stage, points, seats=seats)
    reasons = explanations.explain(rows)
    return {
        "tournament_id": rulebook.tournament.pk,
        "snapshot_id": snapshot_id,
        "after": str(standing.after) if standing.after else None,
        "complete": standing.complete,
        "stage": _stage(stage),
        "label": _label(rulebook, standing),
        "cut": standing.cut,
        "games_left": outlook.games_left_of(standing, stage),
        "chain": list(standing.chain),
        "round_names": round_names(standing),
        "lobbies": _lobbies_in_play(rulebook, standing),
        "stages": _stages(rulebook, standing),
        "standings": [
            _row(rulebook, row, outlooks[row.participant], reason)
            for row, reason in zip(rows, reasons, strict=True)
        ],
    }


def round_names(standing: Standings) -> list[str]:
    return _names(range(1, len(standing.rounds) + 1))


def _names(rounds: Iterable[int]) -> list[str]:
    return [f"round_{number}" for number in rounds]


def _row(rulebook: Rulebook, row: Row, ahead: Outlook, reason: str | None) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "tied": row.tied,
        "participant_id": row.participant,
        "player_name": rulebook.participants[row.participant].name,
        "total_points": row.total_points,
        "event_points": row.event_points,
        "round_scores": {
            f"round_{number}": points for number, points in sorted(row.round_scores.items())
        },
        "rank_change": row.rank_change,
        "status": status_of(row),
        "explanation": reason,
        "points_to_cut": ahead.points_to_cut,
        "max_points": ahead.max_points,
        "clinched": ahead.clinched,
        "eliminated": ahead.eliminated,
        "needed_place": ahead.needed_place,
    }


def status_of(row: Row) -> str | None:
    if row.champion:
        return ParticipantStatus.CHAMPION.value
    if row.in_check:
        return ParticipantStatus.IN_CHECK.value
    return ParticipantStatus.ELIMINATED.value if row.eliminated else None


def _stage_of(rulebook: Rulebook, standing: Standings) -> StageRules | None:
    stages = rulebook.rules.stages
    return next((stage for stage in stages if stage.number == standing.stage), None)


def _stage(stage: StageRules | None) -> dict[str, Any] | None:
    if stage is None:
        return None
    return {
        "number": stage.number,
        "name": stage.name,
        "kind": "points" if stage.threshold is None else "checkmate",
        "threshold": stage.threshold,
    }


def _stages(rulebook: Rulebook, standing: Standings) -> list[dict[str, Any]]:
    """All stages of the event, with how those ended that are over.

    Only the order is told: the points are those of the rounds, which stand in the rows. So 128
    players stay small enough for a frame.
    """
    begun = {stage.number: stage for stage in standing.stages}
    return [_stage_so_far(stage, begun.get(stage.number)) for stage in rulebook.rules.stages]


def _stage_so_far(stage: StageRules, so_far: StageSoFar | None) -> dict[str, Any]:
    return {
        "number": stage.number,
        "name": stage.name,
        "rounds": _names(so_far.rounds) if so_far else [],
        "carried": _names(so_far.carried) if so_far else [],
        "players": so_far.players if so_far else None,
        "order": so_far.order if so_far else None,
    }


def _label(rulebook: Rulebook, standing: Standings) -> str:
    """How far the stage has come, to be shown beside its name."""
    if standing.after is None:
        return "Before the first game"
    if standing.champion is not None:
        return "Final standings"
    stage = next(stage for stage in rulebook.rules.stages if stage.number == standing.stage)
    game = standing.after.game
    progress = f"After game {game}" if standing.complete else f"Game {game} in play"
    return progress if len(stage.days) == 1 else f"Day {standing.after.day} · {progress}"


def _lobbies_in_play(rulebook: Rulebook, standing: Standings) -> list[dict[str, Any]]:
    game = _game_in_play(rulebook, standing)
    if game is None:
        return []
    return [
        {
            "game": str(game.ref),
            "lobby": lobby.number,
            "participant_ids": [seat.participant_id for seat in lobby.seats],
        }
        for lobby in game.lobbies
    ]


def _game_in_play(rulebook: Rulebook, standing: Standings) -> GameSheet | None:
    """The next game if it is drawn and the event goes on, else the newest one with a result."""
    newest = next((game for game in rulebook.games if game.ref == standing.after), None)
    if newest is not None and (not standing.complete or standing.champion is not None):
        return newest
    upcoming = (
        game
        for game in rulebook.games
        if game.lobbies and (newest is None or game.ref > newest.ref) and not game.has_result
    )
    return next(upcoming, newest)
