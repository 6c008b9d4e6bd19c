"""Reading an event file: a whole tournament with its format and its results.

The file is judged as a whole before anything is written; see ``demo/README.md`` for its form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gal_dashboard.core import ijson
from gal_dashboard.core.errors import DomainError
from tournaments.standings import LOBBY_SIZE, METRICS, GameRef

EVERY_GAME = GameRef(9999, 9999)


class EventFileError(DomainError):
    """Raised when a file cannot be an event; the sentence says where in it and why."""

    code = "event_file_invalid"
    message = "{file}: {fault}"


@dataclass(frozen=True, slots=True)
class LobbyPlan:
    """Names in a lobby: place by name, and who did not show up."""

    number: int
    placements: Mapping[str, int]
    absent: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.placements, *self.absent)


@dataclass(frozen=True, slots=True)
class StagePlan:
    number: int
    name: str
    days: tuple[int, ...]
    cuts: tuple[Mapping[str, int | None], ...]
    threshold: int | None


@dataclass(frozen=True, slots=True)
class EventPlan:
    """An event file as the tournament that it describes."""

    name: str
    source: str
    start: datetime | None
    end: datetime | None
    points: Mapping[str, int]
    chain: tuple[str, ...]
    stages: tuple[StagePlan, ...]
    games: Mapping[GameRef, tuple[LobbyPlan, ...]]
    participants: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]

    @property
    def result_count(self) -> int:
        return sum(len(lobby.placements) for lobbies in self.games.values() for lobby in lobbies)


def read_event_file(path: Path) -> EventPlan:
    """Raises ``EventFileError``, also for a file that cannot be read."""
    try:
        data = ijson.loads(path.read_bytes())
    except OSError as error:
        raise EventFileError(file=path.name, fault=error.strerror or "cannot be read") from None
    except ijson.IJSONError as error:
        raise EventFileError(file=path.name, fault=str(error)) from None
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise EventFileError(file=path.name, fault=fault) from None


def _plan(data: Mapping[str, Any]) -> EventPlan:
    rules = data["format"]
    games = {
        GameRef(day["day"], game["game"]): tuple(_lobby(lobby) for lobby in game["lobbies"])
        for day in data["days"]
        for game in day["games"]
    }
    unknown = [name for name in rules["tie_break"] if name not in METRICS]
    if unknown:
        raise ValueError(f"unknown metrics in the chain: {', '.join(unknown)}")
    spelling = dict(data.get("aliases", {}))
    aliases: dict[str, list[str]] = {}
    for other, name in spelling.items():
        aliases.setdefault(name, []).append(other)
    participants = tuple(
        dict.fromkeys(
            spelling.get(name, name)
            for _, lobbies in sorted(games.items())
            for lobby in lobbies
            for name in lobby.names
        )
    )
    plan = EventPlan(
        name=data["name"],
        source=data.get("source", ""),
        start=_moment(data.get("start_date")),
        end=_moment(data.get("end_date")),
        points={str(place): points for place, points in rules["points"].items()},
        chain=tuple(rules["tie_break"]),
        stages=tuple(_stages(rules)),
        games=games,
        participants=participants,
        aliases={name: tuple(others) for name, others in aliases.items()},
    )
    _check_games(plan, spelling)
    return plan


def _lobby(lobby: Mapping[str, Any]) -> LobbyPlan:
    return LobbyPlan(
        number=lobby["lobby"],
        placements=dict(lobby["placements"]),
        absent=tuple(lobby.get("absent", ())),
    )


def _check_games(plan: EventPlan, spelling: Mapping[str, str]) -> None:
    known_days = {day for stage in plan.stages for day in stage.days}
    for ref, lobbies in plan.games.items():
        if ref.day not in known_days:
            raise ValueError(f"game {ref}: day {ref.day} belongs to no stage")
        seated: set[str] = set()
        for lobby in lobbies:
            where = f"game {ref}, lobby {lobby.number}"
            places = sorted(lobby.placements.values())
            if places != list(range(1, len(places) + 1)) or len(lobby.names) > LOBBY_SIZE:
                raise ValueError(f"{where}: the places must be 1, 2, 3 ... up to {LOBBY_SIZE}")
            for name in (spelling.get(name, name) for name in lobby.names):
                if name in seated:
                    raise ValueError(f"{where}: {name} plays twice in this game")
                seated.add(name)


def _stages(rules: Mapping[str, Any]) -> Sequence[StagePlan]:
    final = rules.get("final") or {}
    cuts = [(*_cut_moment(key), size) for key, size in rules.get("cut_after", {}).items()]
    stages = []
    for number, days in enumerate(rules["carry"], start=1):
        is_final = final.get("day") in days
        stages.append(
            StagePlan(
                number=number,
                name="Final" if is_final else _stage_name(days),
                days=tuple(days),
                cuts=tuple(
                    {"day": day, "game": game, "to": size}
                    for day, game, size in cuts
                    if day in days
                ),
                threshold=final.get("threshold") if is_final else None,
            )
        )
    return stages


def _stage_name(days: Sequence[int]) -> str:
    return f"Day {days[0]}" if len(days) == 1 else f"Days {days[0]} to {days[-1]}"


def _cut_moment(key: str) -> tuple[int, int | None]:
    day, _, game = key.partition(".")
    return int(day), int(game) if game else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
