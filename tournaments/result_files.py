"""Results as CSV: one row for each seat that has a result. How a file is read and written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from gal_dashboard.core import csv_files
from gal_dashboard.core.errors import InvalidFieldsError
from tournaments.limits import HIGHEST_LOBBY, LONGEST_NAME
from tournaments.standings import LOBBY_SIZE, GameRef

COLUMNS: Final = ("game", "lobby", "player", "place", "absent")
REQUIRED: Final = ("game", "lobby", "player", "place")
MOST_LINES: Final = 5000

_LOBBY = re.compile(r"[1-9][0-9]{0,3}\Z")
_PLACE = re.compile(rf"[1-{LOBBY_SIZE}]\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A player in a lobby; without a place they were absent."""

    number: int
    game: GameRef
    lobby: int
    player: str
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyLines:
    """What a file says of one lobby."""

    game: GameRef
    lobby: int
    lines: Sequence[Line]

    @property
    def places(self) -> dict[str, int | None]:
        """Place by name, ``None`` for an absence."""
        return {line.player: line.place for line in self.lines}


def write(rows: Iterable[Mapping[str, Any]]) -> str:
    """Results, as ``selectors.result_rows`` has them, as a file that ``read`` takes."""
    return csv_files.write(
        COLUMNS,
        (
            [
                GameRef(row["day"], row["game"]),
                row["lobby_number"],
                row["player"],
                row["place"] or "",
                csv_files.yes_or_no(row["is_absent"]),
            ]
            for row in rows
        ),
    )


def read(text: str) -> list[LobbyLines]:
    """The lobbies of a file in the order of play.

    Raises ``InvalidFieldsError`` with paths ``lines.<number>.<column>``, or ``document`` for what
    is no such file: all that can be said without knowing the tournament.
    """
    try:
        rows = csv_files.read(text, columns=COLUMNS, required=REQUIRED, most=MOST_LINES)
    except csv_files.CsvFaultError as fault:
        raise InvalidFieldsError({"document": [str(fault)]}) from None
    if not rows:
        raise InvalidFieldsError({"document": ["It has no results."]})
    if len(rows) > MOST_LINES:
        sentence = f"It has more than {MOST_LINES} results; divide it."
        raise InvalidFieldsError({"document": [sentence]})
    errors: dict[str, list[str]] = {}
    lines = []
    for row in rows:
        found = _faults(row)
        errors |= {f"lines.{row.number}{column}": [said] for column, said in found.items()}
        if not found:
            lines.append(_line(row))
    lobbies = _by_lobby(lines)
    for fault_path, sentence in [*_named_twice(lines), *_faults_of_lobbies(lobbies)]:
        errors.setdefault(fault_path, []).append(sentence)
    if errors:
        raise InvalidFieldsError(errors)
    return lobbies


def _faults(row: csv_files.Row) -> dict[str, str]:
    """What is wrong with a row in itself, by ``.column``; by nothing for the row as a whole."""
    if row.fault is not None:
        return {"": row.fault}
    cells = row.cells
    player, place = cells["player"], cells["place"]
    is_absent = csv_files.is_yes(cells.get("absent", ""), default=False)
    faults = {}
    if not _is_game(cells["game"]):
        faults[".game"] = "Must be DAY.GAME, such as 2.6."
    if not _LOBBY.match(cells["lobby"]) or int(cells["lobby"]) > HIGHEST_LOBBY:
        faults[".lobby"] = f"Must be the number of a lobby, 1 to {HIGHEST_LOBBY}."
    if not player or len(player) > LONGEST_NAME:
        faults[".player"] = f"Must be a name of at most {LONGEST_NAME} characters."
    elif is_absent is None:
        faults[".absent"] = f"{player}: must be yes or no."
    elif is_absent and place:
        faults[".absent"] = f"{player} has a place and was absent: it can only be one of both."
    elif not is_absent and not _PLACE.match(place):
        faults[".place"] = f"{player}: must be a place from 1 to {LOBBY_SIZE}, or absent."
    return faults


def _is_game(text: str) -> bool:
    try:
        GameRef.parse(text)
    except ValueError:
        return False
    return True


def _line(row: csv_files.Row) -> Line:
    cells = row.cells
    return Line(
        number=row.number,
        game=GameRef.parse(cells["game"]),
        lobby=int(cells["lobby"]),
        player=cells["player"],
        place=int(cells["place"]) if cells["place"] else None,
    )


def _by_lobby(lines: Sequence[Line]) -> list[LobbyLines]:
    ordered = sorted(lines, key=lambda line: (line.game, line.lobby, line.number))
    return [
        LobbyLines(game=game, lobby=lobby, lines=list(own))
        for (game, lobby), own in groupby(ordered, key=lambda line: (line.game, line.lobby))
    ]


def _named_twice(lines: Sequence[Line]) -> Iterable[tuple[str, str]]:
    first: dict[tuple[GameRef, str], Line] = {}
    for line in lines:
        known = first.setdefault((line.game, line.player), line)
        if known is not line:
            said = f"{line.player} stands in game {line.game} twice: in line {known.number} too."
            yield f"lines.{line.number}.player", said


def _faults_of_lobbies(lobbies: Iterable[LobbyLines]) -> Iterable[tuple[str, str]]:
    for own in lobbies:
        where = f"Lobby {own.lobby} of game {own.game}"
        if len(own.lines) > LOBBY_SIZE:
            line = own.lines[LOBBY_SIZE]
            said = f"{where} has more than {LOBBY_SIZE} players: {line.player} is one too many."
            yield f"lines.{line.number}.player", said
        if all(line.place is None for line in own.lines):
            yield f"lines.{own.lines[0].number}.place", f"{where} has nobody with a place."
