"""Which rows a show file keeps of a tournament, in the order in which they are made again.

Columns are those of the form; a column that is in neither a form nor ``LEFT_OUT`` fails a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Model

from tournaments.choices import SheetStatus
from tournaments.models import (
    Correction,
    Draw,
    Game,
    Lobby,
    Participant,
    Placement,
    ResultSheet,
    Stage,
)
from tournaments.transfer import forms
from tournaments.transfer.forms import FileForm

TOURNAMENT: Final = "tournament.json"
PEOPLE: Final = "people.json"
PARTICIPANTS: Final = "participants.json"
STAGES: Final = "stages.json"
DRAWS: Final = "draws.json"
GAMES: Final = "games.json"
LOBBIES: Final = "lobbies.json"
CORRECTIONS: Final = "corrections.json"
SHEETS: Final = "sheets.json"
PLACEMENTS: Final = "placements.json"
STANDINGS: Final = "standings.json"

# What a number of a participant is on the other side; None is one who is gone.
Renumber = Callable[[int | None], int | None]
# A column's JSON with the numbers in it put through the function; the same way out and in.
Code = Callable[[Any, Renumber], Any]
Rule = tuple[tuple[str, ...], Callable[[Any], bool]]


class NamesNobodyError(ValueError):
    """Raised for a result of somebody who is not there."""


def _always(row: Any) -> bool:
    return True


def _places(places: Mapping[str, Any], number: Renumber) -> dict[str, Any]:
    """Keys in the order of numbers: PostgreSQL keeps no other."""
    renumbered: dict[int, Any] = {}
    for pk, place in places.items():
        known = number(int(pk))
        if known is None:
            raise NamesNobodyError(f"it names participant {pk}, who is not there")
        renumbered[known] = place
    return {str(pk): place for pk, place in sorted(renumbered.items())}


def _seats(lobbies: list[list[int | None]], number: Renumber) -> list[list[int | None]]:
    """A draw may name somebody who was removed since."""
    return [[number(pk) for pk in lobby] for lobby in lobbies]


def _corrected(lobbies: list[dict[str, Any]], number: Renumber) -> list[dict[str, Any]]:
    return [
        {**lobby, **{side: _places(lobby[side], number) for side in ("before", "after")}}
        for lobby in lobbies
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of one model as one member.

    ``of`` leads from a row to its tournament. ``refs`` are foreign keys, by the member that they
    point into; ``codes`` are JSON columns with numbers of participants. ``unique`` are columns that
    no two rows share, where the row is one that the function names.
    """

    member: str
    model: type[Model]
    form: type[FileForm]
    of: str = "tournament"
    refs: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Code] = field(default_factory=dict)
    unique: tuple[Rule, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.form.__struct_fields__


TABLES: Final = (
    Table(
        member=PARTICIPANTS,
        model=Participant,
        form=forms.ParticipantForm,
        refs={"user": PEOPLE},
        unique=((("name",), _always),),
    ),
    Table(
        member=STAGES,
        model=Stage,
        form=forms.StageForm,
        unique=((("number",), _always),),
    ),
    Table(
        member=DRAWS,
        model=Draw,
        form=forms.DrawForm,
        codes={"lobbies": _seats},
        unique=((("day", "number"), lambda draw: draw.replaced_at is None),),
    ),
    Table(
        member=GAMES,
        model=Game,
        form=forms.GameForm,
        refs={"stage": STAGES, "draw": DRAWS},
        unique=((("day", "number"), _always),),
    ),
    Table(
        member=LOBBIES,
        model=Lobby,
        form=forms.LobbyForm,
        of="game__tournament",
        refs={"game": GAMES},
        unique=((("game", "number"), _always),),
    ),
    Table(
        member=CORRECTIONS,
        model=Correction,
        form=forms.CorrectionForm,
        refs={"undoes": CORRECTIONS},
        codes={"lobbies": _corrected},
        unique=((("undoes",), lambda correction: correction.undoes is not None),),
    ),
    Table(
        member=SHEETS,
        model=ResultSheet,
        form=forms.SheetForm,
        of="lobby__game__tournament",
        refs={"lobby": LOBBIES, "correction": CORRECTIONS},
        codes={"placements": _places},
        unique=((("lobby",), lambda sheet: sheet.status == SheetStatus.CONFIRMED),),
    ),
    Table(
        member=PLACEMENTS,
        model=Placement,
        form=forms.PlacementForm,
        of="lobby__game__tournament",
        refs={"lobby": LOBBIES, "participant": PARTICIPANTS},
        unique=(
            (("lobby", "participant"), _always),
            (("lobby", "place"), lambda seat: seat.place is not None),
        ),
    ),
)

# Tables and columns that stay behind, and why. A column is ``Model.column``.
LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ScoreboardSnapshot": "what was published when is a log; results publish it anew",
        "ScoreboardEntry": "goes with its snapshot",
        **{
            f"{model}.tournament": "the file is of one"
            for model in ("Participant", "Stage", "Draw", "Game", "Correction")
        },
    }
)
