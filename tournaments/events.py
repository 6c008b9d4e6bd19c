"""What tournaments tell the world."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import fits_in_frame
from gal_dashboard.events.recording import NewEvent

# Notes, rules and sources are the crew's; an overlay is open to everybody.
PUBLIC_MEMBERS: Final = (
    "id",
    "name",
    "status",
    "max_participants",
    "current_participants",
    "start_date",
    "end_date",
)


def public_part(tournament: Mapping[str, Any]) -> dict[str, Any]:
    """What overlays may know of a tournament, from what REST shows."""
    return {name: tournament[name] for name in PUBLIC_MEMBERS}


def tournament_changed(action: str, *, tournament: Mapping[str, Any], actor: Actor) -> NewEvent:
    """``action`` is created, updated or deleted; ``tournament`` as REST shows it."""
    data = {"action": action, "tournament_id": tournament["id"]}
    return NewEvent(
        type="tournament_update",
        name=f"tournament.{action}",
        payload={**data, "tournament": dict(tournament), "actor": actor.name},
        public_payload={**data, "tournament": public_part(tournament)},
    )


def standings_published(
    *, tournament_id: int | None, snapshot_id: int | None, document: str | None
) -> NewEvent:
    """Standings as JSON text, ``None`` without any. Over 64 KiB only their snapshot is named."""
    fits = document is not None and fits_in_frame(document)
    data = {
        "action": "published",
        "tournament_id": tournament_id,
        "snapshot_id": snapshot_id,
        "standings": orjson.Fragment(document) if fits and document is not None else None,
    }
    return NewEvent(
        type="standings_update", name="standings.published", payload=data, public_payload=data
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
        payload={
            "action": action,
            "tournament_id": tournament_id,
            "game": game,
            "lobby": lobby,
            "placements": dict(placements),
            "absent": absent,
            "actor": actor.name,
        },
    )
