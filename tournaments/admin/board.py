"""What has been played, what is open and what comes next, as the page of results shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tournaments import scoreboard
from tournaments.draws import lobbies_needed
from tournaments.rulebook import GameSheet, LobbySheet, Rulebook
from tournaments.standings import GameRef, Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyCell:
    """One lobby of a game: ``winner`` once its result is in; without seats it was not drawn."""

    number: int
    winner: str | None
    is_drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GameRow:
    ref: GameRef
    lobbies: Sequence[LobbyCell]
    is_complete: bool
    is_next: bool = False

    @property
    def open_lobby(self) -> int | None:
        """The first lobby without a result."""
        return next((lobby.number for lobby in self.lobbies if lobby.winner is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBoard:
    name: str
    remark: str
    games: Sequence[GameRow]


def board_of(book: Rulebook) -> list[StageBoard]:
    """All games by stage, with the ones that may be entered next."""
    standing = scoreboard.compute(book)
    rows = [_row(book, game, is_complete) for game, is_complete in _with_completeness(book)]
    rows += _upcoming(book, standing, known={row.ref for row in rows})
    return [
        StageBoard(
            name=book.stage_names[stage.number],
            remark="" if stage.threshold is None else f"Checkmate at {stage.threshold} points",
            games=sorted(
                (row for row in rows if row.ref.day in stage.days), key=lambda row: row.ref
            ),
        )
        for stage in book.rules.stages
    ]


def sheet_of(book: Rulebook, ref: GameRef, number: int) -> LobbySheet | None:
    """The seats of one lobby; ``None`` while nobody was drawn into it."""
    lobbies = next((game.lobbies for game in book.games if game.ref == ref), ())
    return next((lobby for lobby in lobbies if lobby.number == number), None)


def game_in_play(book: Rulebook) -> GameSheet | None:
    """The game that lacks results: the newest with one, or the next one that is drawn."""
    sheets = _with_completeness(book)
    newest = max((game.ref for game in book.games if game.has_result), default=None)
    return next(
        (
            game
            for game, is_complete in sheets
            if game.lobbies and not is_complete and (newest is None or game.ref >= newest)
        ),
        None,
    )


def row_of(book: Rulebook, game: GameSheet) -> GameRow:
    """One game of the board that is not complete."""
    return _row(book, game, is_complete=False)


def _with_completeness(book: Rulebook) -> Sequence[tuple[GameSheet, bool]]:
    return [
        (game, result.complete) for game, result in zip(book.games, book.results(), strict=True)
    ]


def _row(book: Rulebook, game: GameSheet, is_complete: bool) -> GameRow:  # noqa: FBT001 - the name says it
    cells = {lobby.number: _cell(book, lobby) for lobby in game.lobbies}
    if not is_complete:
        cells = _blank_cells(book, game.ref) | cells
    return GameRow(
        ref=game.ref,
        lobbies=[cells[number] for number in sorted(cells)],
        is_complete=is_complete,
        is_next=not is_complete,
    )


def _cell(book: Rulebook, lobby: LobbySheet) -> LobbyCell:
    winner = next((seat.participant_id for seat in lobby.seats if seat.place == 1), None)
    return LobbyCell(
        number=lobby.number,
        winner=book.participants[winner].name if winner else None,
        is_drawn=bool(lobby.seats),
    )


def _blank_cells(book: Rulebook, ref: GameRef) -> Mapping[int, LobbyCell]:
    count = lobbies_needed(book.field_of(ref), book.tournament.lobby_size)
    return {
        number: LobbyCell(number=number, winner=None, is_drawn=False)
        for number in range(1, count + 1)
    }


def _upcoming(book: Rulebook, standing: Standings, *, known: set[GameRef]) -> list[GameRow]:
    """The next game of the day and the first of the next day, unless somebody has won already.

    None while the newest game has no result at all: it is the next one.
    """
    is_open = bool(book.games) and not book.games[-1].has_result
    if is_open or standing.champion is not None or not book.participants:
        return []
    days = sorted(day for stage in book.rules.stages for day in stage.days)
    newest = max(known, default=None)
    if newest is None:
        refs = [GameRef(day, 1) for day in days[:1]]
    else:
        later = [GameRef(day, 1) for day in days if day > newest.day]
        refs = [GameRef(newest.day, newest.game + 1), *later[:1]]
    return [
        GameRow(
            ref=ref,
            lobbies=list(_blank_cells(book, ref).values()),
            is_complete=False,
            is_next=True,
        )
        for ref in refs
    ]
