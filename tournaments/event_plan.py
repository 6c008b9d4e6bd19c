"""An event as its file describes it: checked, but not in the database yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tournaments.standings import GameRef

EVERY_GAME = GameRef(9999, 9999)


@dataclass(frozen=True, slots=True)
class LobbyPlan:
    """Names in a lobby, as the file spells them: place by name, and who did not show up."""

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
    redraw_every: int | None


@dataclass(frozen=True, slots=True)
class EventPlan:
    """``participants`` in the order of their first game; ``aliases`` are their other spellings."""

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
    def last_game(self) -> GameRef:
        return max(self.games)
