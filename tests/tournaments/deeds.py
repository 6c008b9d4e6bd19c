"""What tests of tournaments do again and again."""

import uuid
from collections.abc import Sequence
from typing import Any

from tests.support.api import Api
from tests.support.rows import rows


def path_of(tournament: dict[str, Any]) -> str:
    return f"/api/v1/tournaments/{tournament['id']}"


def new_lobby(api: Api, *, players: int = 8, **fields: Any) -> dict[str, Any]:
    """A tournament of its own with so many participants; their ``names`` are in it.

    They are put into the database: to register each would take longer than most tests.
    """
    tournament = api.new_tournament(
        name=f"Cup {uuid.uuid4()}", max_participants=max(2, players), **fields
    )
    names = [f"Player {number}" for number in range(1, players + 1)]
    columns = "(tournament_id, name, aliases, riot_id)"
    seats = ", ".join(["(%s, %s, '[]', '')"] * players)
    rows(
        api.server,
        f"INSERT INTO tournaments_participant {columns} VALUES {seats}",  # noqa: S608 - our words
        *(value for name in names for value in (tournament["id"], name)),
    )
    return tournament | {"names": names}


def put_result(
    api: Api,
    tournament: dict[str, Any],
    game: str,
    placements: dict[str, Any],
    *,
    lobby: int = 1,
    absent: Sequence[str] | None = None,
) -> Any:
    """The answer to one lobby's result."""
    body: dict[str, Any] = {"placements": placements}
    if absent is not None:
        body["absent"] = list(absent)
    return api.put(f"{path_of(tournament)}/games/{game}/lobbies/{lobby}/placements", json=body)


def enter(
    api: Api,
    tournament: dict[str, Any],
    game: str,
    names: Sequence[str],
    *,
    lobby: int = 1,
    absent: Sequence[str] = (),
) -> dict[str, Any]:
    """The standings after ``names`` were entered as first, second, third ..."""
    placements = {name: place for place, name in enumerate(names, start=1)}
    answer = put_result(api, tournament, game, placements, lobby=lobby, absent=absent)
    assert answer.status_code == 200, answer.text
    return answer.json()


def in_order(names: Sequence[str]) -> dict[str, int]:
    """They came first, second, third ..."""
    return {name: place for place, name in enumerate(names, start=1)}


def submit(
    api: Api,
    tournament: dict[str, Any],
    game: str,
    names: Sequence[str],
    *,
    lobby: int = 1,
    **fields: Any,
) -> Any:
    """The answer to what somebody says came of a lobby."""
    return api.post(
        f"{path_of(tournament)}/games/{game}/lobbies/{lobby}/submissions",
        json={"placements": in_order(names), **fields},
    )


def decide(api: Api, tournament: dict[str, Any], submission: int, verdict: str, **body: Any) -> Any:
    """``verdict`` is confirm or reject."""
    path = f"{path_of(tournament)}/submissions/{submission}/{verdict}"
    return api.post(path, json=body or None)


def history(api: Api, tournament: dict[str, Any], game: str, lobby: int = 1) -> list[dict]:
    """All that was said of a lobby, the newest first."""
    return api.get(f"{path_of(tournament)}/games/{game}/lobbies/{lobby}/results").json()["results"]


def corrected(game: str, names: Sequence[str], *, lobby: int = 1, **fields: Any) -> dict[str, Any]:
    """One lobby of a correction."""
    return {"game": game, "lobby": lobby, "placements": in_order(names), **fields}


def standings(api: Api, tournament: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"{path_of(tournament)}/standings").json()
