"""Formats that leagues play, as data: a tournament is given one, and may change it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tournaments.choices import DrawRule
from tournaments.standings import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFormat:
    """A stage as staff define it; stages are numbered in the order of their days.

    ``points`` and ``chain`` are ``None`` where those of the tournament hold. ``games`` are those of
    a day, ``None`` until it is decided; a draw holds for ``redraw_every`` of them, ``None``: for
    the whole day.
    """

    name: str
    days: tuple[int, ...]
    cuts: tuple[Cut, ...] = ()
    threshold: int | None = None
    points: Mapping[str, int] | None = None
    chain: tuple[str, ...] | None = None
    carries: bool = False
    games: int | None = None
    redraw_every: int | None = None
    draw_rule: str = DrawRule.SNAKE.value

    def __str__(self) -> str:
        parts = [f"days {', '.join(map(str, self.days))}", *map(cut_text, self.cuts)]
        parts += [f"checkmate at {self.threshold}"] if self.threshold else []
        parts += ["carries"] if self.carries else []
        parts += [f"{self.games} games a day"] if self.games else []
        parts += [f"drawn by {self.draw_rule} every {self.redraw_every or 'day'}"]
        parts += [f"points {', '.join(map(str, self.points.values()))}"] if self.points else []
        parts += [f"ordered by {', '.join(self.chain)}"] if self.chain else []
        return f"{self.name} ({'; '.join(parts)})"


def cut_text(cut: Cut) -> str:
    """``2: 8``: after day 2 eight go on; ``1.4: 32``: after game 4 of day 1."""
    moment = str(cut.day) if cut.game is None else f"{cut.day}.{cut.game}"
    return f"{moment}: {cut.to}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    title: str
    description: str
    stages: tuple[StageFormat, ...]


DEFAULT: Final = (StageFormat(name="Day 1", days=(1,)),)
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "single_day": Preset(
            title="Single day",
            description="Six games, drawn anew every two games by snake. The standings decide.",
            stages=(StageFormat(name="Day 1", days=(1,), games=6, redraw_every=2),),
        ),
        "two_days": Preset(
            title="Two days with a cut",
            description="Six games a day, points carried over. After day 1 thirty-two go on.",
            stages=(
                StageFormat(
                    name="Days 1 to 2",
                    days=(1, 2),
                    cuts=(Cut(1, None, 32),),
                    games=6,
                    redraw_every=2,
                ),
            ),
        ),
        "americas_cup": Preset(
            title="Americas Cup",
            description="128 > 64 > 32 > 16 > 8 on three days, each from zero. The third day is "
            "cut after its fifth and its sixth game.",
            stages=(
                StageFormat(
                    name="Day 1", days=(1,), cuts=(Cut(1, None, 64),), games=6, redraw_every=2
                ),
                StageFormat(
                    name="Day 2", days=(2,), cuts=(Cut(2, None, 32),), games=6, redraw_every=2
                ),
                StageFormat(
                    name="Day 3",
                    days=(3,),
                    cuts=(Cut(3, 5, 16), Cut(3, 6, 8)),
                    games=7,
                    redraw_every=2,
                ),
            ),
        ),
        "tacticians_crown": Preset(
            title="Tactician's Crown",
            description="Two days of six games, points carried over; the best eight play a "
            "checkmate final at 20 points.",
            stages=(
                StageFormat(
                    name="Days 1 to 2",
                    days=(1, 2),
                    cuts=(Cut(2, None, 8),),
                    games=6,
                    redraw_every=2,
                ),
                StageFormat(name="Final", days=(3,), threshold=20),
            ),
        ),
        "checkmate_final": Preset(
            title="Checkmate final",
            description="One lobby of eight. Who has 20 points and then wins a game is champion.",
            stages=(StageFormat(name="Final", days=(1,), threshold=20),),
        ),
    }
)
