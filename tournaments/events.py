"""What tournaments tell the world."""

from collections.abc import Iterable, Mapping
from typing import Any

from gal_dashboard.core import wire
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import NewEvent
from tournaments.event_data import (
    RESULTS,
    TO_STAFF,
    Change,
    CorrectedLobby,
    PublicTournament,
    ResultRejected,
    ResultsCorrectedTogether,
    ResultSubmitted,
    StaffStandingsPublished,
    StaffTournament,
    Standings,
    StandingsPublished,
    TournamentUpdated,
)
from tournaments.standings import GameRef


def public_part(tournament: Mapping[str, Any]) -> PublicTournament:
    """What overlays may know of a tournament, from what REST shows."""
    return PublicTournament(
        **{name: tournament[name] for name in PublicTournament.__struct_fields__}
    )


def tournament_changed(
    action: str,
    *,
    tournament: Mapping[str, Any],
    actor: Actor,
    change: Change | None = None,
) -> NewEvent:
    """``action`` is created, updated or deleted; ``tournament`` as REST shows it.

    ``change`` tells the crew what an update was. No overlay follows a tournament that is new or
    gone.
    """
    pk = tournament["id"]
    return NewEvent(
        type="tournament_update",
        name=change.kind if change else f"tournament.{action}",
        payload=TO_STAFF[action](
            tournament_id=pk,
            tournament=StaffTournament(**tournament),
            change=change,
            actor=actor.name,
        ),
        public_payload=TournamentUpdated(tournament_id=pk, tournament=public_part(tournament))
        if action == "updated"
        else None,
    )


def published_standings(document: str | None) -> Standings | None:
    """Standings as JSON text, as frames carry them: none over 64 KiB."""
    if document is None or not wire.fits_in_frame(document):
        return None
    return wire.ready(Standings, document)


def standings_published(
    *, tournament_id: int | None, snapshot_id: int | None, document: str | None, actor: Actor
) -> NewEvent:
    """Standings as JSON text, ``None`` without any. Over 64 KiB only their snapshot is named.

    ``actor`` did what they were published for; overlays do not hear of them.
    """
    told: dict[str, Any] = {
        "tournament_id": tournament_id,
        "snapshot_id": snapshot_id,
        "standings": published_standings(document),
    }
    return NewEvent(
        type="standings_update",
        name="standings.published",
        payload=StaffStandingsPublished(**told, actor=actor.name),
        public_payload=StandingsPublished(**told),
    )


def lobby_outcome(ref: GameRef, lobby: int, places: Mapping[str, int | None]) -> dict[str, Any]:
    """What came of a lobby, as events say it; ``None`` is an absence."""
    return {
        "game": str(ref),
        "lobby": lobby,
        "placements": {name: place for name, place in places.items() if place is not None},
        "absent": [name for name, place in places.items() if place is None],
    }


def lobby_result_confirmed(
    action: str,
    *,
    tournament_id: int,
    result: Mapping[str, Any],
    submission_id: int | None,
    actor: Actor,
) -> NewEvent:
    """``action`` is recorded for a first result, corrected for a later one. Staff only.

    ``result`` is a ``lobby_outcome``; ``submission_id`` names what was confirmed, if it waited.
    """
    return NewEvent(
        type="placement_update",
        name=f"placement.{action}",
        payload=RESULTS[action](
            tournament_id=tournament_id, **result, submission_id=submission_id, actor=actor.name
        ),
    )


def result_submitted(
    *,
    tournament_id: int,
    result: Mapping[str, Any],
    submission_id: int,
    note: str,
    actor: Actor,
) -> NewEvent:
    """``result`` is a ``lobby_outcome``, which waits to be confirmed. Staff only."""
    return NewEvent(
        type="placement_update",
        name="placement.submitted",
        payload=ResultSubmitted(
            tournament_id=tournament_id,
            **result,
            submission_id=submission_id,
            note=note,
            actor=actor.name,
        ),
    )


def result_rejected(
    *,
    tournament_id: int,
    result: Mapping[str, Any],
    submission_id: int,
    reason: str,
    actor: Actor,
) -> NewEvent:
    """``result`` is a ``lobby_outcome``, which will not count. Staff only."""
    return NewEvent(
        type="placement_update",
        name="placement.rejected",
        payload=ResultRejected(
            tournament_id=tournament_id,
            **result,
            submission_id=submission_id,
            reason=reason,
            actor=actor.name,
        ),
    )


def results_corrected_together(
    *,
    tournament_id: int,
    correction_id: int,
    undoes: int | None,
    reason: str,
    results: Iterable[Mapping[str, Any]],
    actor: Actor,
) -> NewEvent:
    """``results`` are what counts for each of the lobbies now. Staff only."""
    return NewEvent(
        type="placement_update",
        name="placement.corrected_together",
        payload=ResultsCorrectedTogether(
            tournament_id=tournament_id,
            correction_id=correction_id,
            undoes=undoes,
            reason=reason,
            lobbies=[CorrectedLobby(**result) for result in results],
            actor=actor.name,
        ),
    )
