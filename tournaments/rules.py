"""What a standing is computed from: the rules of an event, and the results of its games."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tournaments.metrics import LOBBY_SIZE

# \Z and [0-9]: $ would let a final newline through, \d digits of other scripts
_GAME_REF = re.compile(r"([1-9][0-9]{0,3})\.([1-9][0-9]{0,3})\Z")


@dataclass(frozen=True, slots=True, order=True)
class GameRef:
    """Day and game of that day, both from 1. Sorts in the order of play."""

    day: int
    game: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``3.1``. Only what ``str()`` would write is taken; all else is a ``ValueError``."""
        match = _GAME_REF.match(text)
        if match is None:
            raise ValueError(f"{text!r} is not DAY.GAME, such as 3.1.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.day}.{self.game}"


@dataclass(frozen=True, slots=True)
class LobbyResult:
    """Places by participant; without places the lobby is still open and its absences wait too."""

    number: int
    placements: Mapping[int, int]
    absent: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        places = self.placements.values()
        if any(not 1 <= place <= LOBBY_SIZE for place in places):
            raise ValueError(f"Lobby {self.number} has a place outside 1 to {LOBBY_SIZE}.")
        if len(set(places)) != len(places):
            raise ValueError(f"Lobby {self.number} gives one place to two participants.")


@dataclass(frozen=True, slots=True)
class GameResult:
    """What is known of one game; ``complete`` once all its lobbies are in."""

    ref: GameRef
    lobbies: tuple[LobbyResult, ...]
    complete: bool

    @property
    def has_results(self) -> bool:
        return any(lobby.placements for lobby in self.lobbies)


@dataclass(frozen=True, slots=True)
class Cut:
    """``to`` participants go on after this game; ``game`` None: after the last one of that day."""

    day: int
    game: int | None
    to: int

    @property
    def moment(self) -> tuple[int, float]:
        return self.day, math.inf if self.game is None else self.game

    def is_before(self, ref: GameRef) -> bool:
        return self.moment < (ref.day, ref.game)


@dataclass(frozen=True, slots=True)
class StageRules:
    """Days whose points count together; with a ``threshold`` the stage ends by checkmate.

    A stage that ``carries`` goes on with the points and places of the stage before it. Its own
    ``points`` and ``chain`` replace those of the event. ``games`` are those of one
    day, None where that is not known; they change nothing here.
    """

    number: int
    name: str
    days: tuple[int, ...]
    cuts: tuple[Cut, ...] = ()
    threshold: int | None = None
    points: Mapping[int, int] | None = None
    chain: tuple[str, ...] | None = None
    carries: bool = False
    games: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Points by place (a place that is not named scores nothing), the chain, and the stages."""

    points: Mapping[int, int]
    chain: tuple[str, ...]
    stages: tuple[StageRules, ...]

    def points_in(self, stage: StageRules) -> Mapping[int, int]:
        return self.points if stage.points is None else stage.points

    def chain_in(self, stage: StageRules | None) -> tuple[str, ...]:
        return self.chain if stage is None or stage.chain is None else stage.chain
