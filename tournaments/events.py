"""What tournaments tell the world."""

from collections.abc import Mapping
from typing import Any

from gal_dashboard.core import wire
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import NewEvent
from tournaments.event_data import (
    RESULTS,
    TO_STAFF,
    Change,
    PublicTournament,
    StaffStandingsPublished,
    StaffTournament,
    Standings,
    StandingsPublished,
    TournamentUpdated,
)


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


def lobby_result_recorded(
    action: str,
    *,
    tournament_id: int,
    game: str,
    lobby: int,
    placements: Mapping[str, int],
    absent: list[str],
    actor: Actor,
) -> NewEvent:
    """``action`` is recorded for a first result, corrected for a later one. Staff only."""
    return NewEvent(
        type="placement_update",
        name=f"placement.{action}",
        payload=RESULTS[action](
            tournament_id=tournament_id,
            game=game,
            lobby=lobby,
            placements=dict(placements),
            absent=absent,
            actor=actor.name,
        ),
    )
