"""The two published events, read into the types of the pure functions.

A participant's number is the place of the name in the file, from 1.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tournaments.standings import Cut, GameRef, GameResult, LobbyResult, Rules, StageRules

DEMO = Path(__file__).resolve().parents[2] / "tournaments" / "demo"
CUP = DEMO / "inkborn-fables-americas-cup-1.json"
CROWN = DEMO / "inkborn-fables-tacticians-crown.json"


@dataclass(frozen=True, slots=True)
class EventFile:
    rules: Rules
    games: tuple[GameResult, ...]
    ids: dict[str, int]

    @property
    def participants(self) -> list[int]:
        return list(self.ids.values())

    def names(self, numbers: list[int]) -> list[str]:
        name_of = {number: name for name, number in self.ids.items()}
        return [name_of[number] for number in numbers]

    def game(self, ref: str) -> GameResult:
        return next(game for game in self.games if game.ref == GameRef.parse(ref))

    def seated(self, ref: str) -> list[set[int]]:
        """Who sat in each lobby of a game, lobby 1 first; who was absent had a seat too."""
        lobbies = sorted(self.game(ref).lobbies, key=lambda lobby: lobby.number)
        return [set(lobby.placements) | lobby.absent for lobby in lobbies]

    def players_of_day(self, day: int) -> set[int]:
        return {
            one
            for game in self.games
            if game.ref.day == day
            for seats in self.seated(str(game.ref))
            for one in seats
        }


def read_event(path: Path) -> EventFile:
    document = json.loads(path.read_text(encoding="utf-8"))
    ids = _Ids(document.get("aliases", {}))
    games = tuple(
        GameResult(
            GameRef(day["day"], game["game"]),
            tuple(
                LobbyResult(
                    lobby["lobby"],
                    {ids.of(name): place for name, place in lobby["placements"].items()},
                    frozenset(ids.of(name) for name in lobby.get("absent", ())),
                )
                for lobby in game["lobbies"]
            ),
            complete=True,
        )
        for day in document["days"]
        for game in day["games"]
    )
    return EventFile(_rules(document["format"]), games, ids.by_name)


class _Ids:
    def __init__(self, aliases: dict[str, str]) -> None:
        self._aliases = aliases
        self.by_name: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self.by_name.setdefault(self._aliases.get(name, name), len(self.by_name) + 1)


def _rules(layout: dict[str, Any]) -> Rules:
    cuts = [_cut(point, to) for point, to in layout.get("cut_after", {}).items()]
    final = layout.get("final", {})
    return Rules(
        points={int(place): points for place, points in layout["points"].items()},
        chain=tuple(layout["tie_break"]),
        stages=tuple(
            StageRules(
                number=number,
                name=f"Stage {number}",
                days=tuple(days),
                cuts=tuple(cut for cut in cuts if cut.day in days),
                threshold=final["threshold"] if final.get("day") in days else None,
            )
            for number, days in enumerate(layout["carry"], start=1)
        ),
    )


def _cut(point: str, to: int) -> Cut:
    if "." not in point:
        return Cut(int(point), None, to)
    ref = GameRef.parse(point)
    return Cut(ref.day, ref.game, to)
