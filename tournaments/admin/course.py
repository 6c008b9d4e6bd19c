"""Where an event stands, whom it waits for, and the one step that comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tournaments import scoreboard, seating
from tournaments.admin.board import GameRow, game_in_play, row_of
from tournaments.choices import EntryStatus, TournamentStatus
from tournaments.models import Participant
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import Rulebook
from tournaments.standings import GameRef, Row, Standings

NEAR_THE_LINE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``page`` names an address below the tournament's number; ``args`` is what else it takes."""

    label: str
    page: str
    args: tuple[Any, ...] = ()
    query: str = ""
    is_deed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheLine:
    participant: int
    name: str
    rank: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLine:
    """Who stands next to a cut. ``tied`` share the rank at the line: nobody can be drawn so."""

    to: int
    inside: Sequence[AtTheLine]
    outside: Sequence[AtTheLine]
    tied: Sequence[AtTheLine]

    @property
    def last_inside(self) -> Sequence[AtTheLine]:
        return self.inside[-NEAR_THE_LINE:]

    @property
    def first_outside(self) -> Sequence[AtTheLine]:
        return self.outside[:NEAR_THE_LINE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """``comes_next`` is the game that may be drawn now, ``is_decided`` that none is to come."""

    book: Rulebook
    standing: Standings
    in_play: GameRow | None
    comes_next: GameRef | None
    is_decided: bool

    @property
    def champion(self) -> Participant | None:
        winner = self.standing.champion
        return None if winner is None else self.book.participants[winner]

    @property
    def stage(self) -> str:
        """The name of the stage that is played, or comes next, or was the last."""
        ref = self.in_play.ref if self.in_play else self.comes_next or self.standing.after
        stages = self.book.rules.stages
        return next((stage.name for stage in stages if ref and ref.day in stage.days), "")

    @property
    def cut(self) -> CutLine | None:
        """The cut that comes with the next draw."""
        standing = self.standing
        if self.comes_next is None or standing.after is None:
            return None
        people = self.book.participants
        rows = [
            _at_the_line(row, people[row.participant])
            for row in standing.rows
            if not row.eliminated and people[row.participant].status in TAKING_PART
        ]
        cuts = seating.cuts_between(self.book, standing.after, self.comes_next)
        to = min((cut.to for cut in cuts), default=None)
        if to is None or to >= len(rows):
            return None
        line = rows[to - 1].rank
        is_tied = line == rows[to].rank
        return CutLine(
            to=to,
            inside=rows[:to],
            outside=rows[to:],
            tied=[row for row in rows if row.rank == line] if is_tied else [],
        )


def _at_the_line(row: Row, participant: Participant) -> AtTheLine:
    return AtTheLine(
        participant=row.participant,
        name=participant.name,
        rank=row.rank,
        points=row.total_points,
    )


def course_of(book: Rulebook) -> Course:
    standing = scoreboard.compute(book)
    decided = _decided_days(book, standing)
    sheet = game_in_play(book)
    in_play = None if sheet is None or sheet.ref.day in decided else row_of(book, sheet)
    upcoming = [ref for ref in seating.next_games(book) if ref.day not in decided]
    has_begun = standing.after is not None
    return Course(
        book=book,
        standing=standing,
        in_play=in_play,
        comes_next=upcoming[0] if upcoming and in_play is None else None,
        is_decided=has_begun and in_play is None and not upcoming,
    )


def _decided_days(book: Rulebook, standing: Standings) -> Sequence[int]:
    """The days of a checkmate stage that has its champion: no game of them is played any more."""
    if standing.champion is None:
        return ()
    return next(stage.days for stage in book.rules.stages if stage.number == standing.stage)


def next_step(course: Course, entries: Mapping[str, int]) -> Step | None:
    """The step that brings the event on; ``entries`` are its participants, counted by status."""
    status = course.book.tournament.status
    taking_part = sum(entries.get(one, 0) for one in TAKING_PART)
    if status == TournamentStatus.COMPLETED:
        return Step(label="Look at the final standings", page="standings", is_deed=False)
    if status in _WITHOUT_PEOPLE:
        return _WITHOUT_PEOPLE[status]
    if not taking_part:
        return Step(label="Add participants", page="roster")
    if status == TournamentStatus.IN_PROGRESS:
        return _step_of_play(course)
    if status == TournamentStatus.CHECK_IN and entries.get(EntryStatus.REGISTERED):
        return Step(label="Check participants in", page="registration")
    return _MOVES_ON[status]


def whom_it_waits_for(course: Course, entries: Mapping[str, int]) -> str:
    """The state of the event in a sentence or two."""
    tournament = course.book.tournament
    taking_part = sum(entries.get(one, 0) for one in TAKING_PART)
    if tournament.status == TournamentStatus.COMPLETED:
        return _winner(course) or "The event is over."
    if tournament.status == TournamentStatus.CANCELLED:
        return "The event was called off."
    if tournament.status == TournamentStatus.IN_PROGRESS:
        return _state_of_play(course)
    parts = [f"{taking_part} of {tournament.max_participants} places are taken."]
    if waiting := entries.get(EntryStatus.WAITING):
        parts.append(f"{waiting} on the waitlist.")
    if tournament.status == TournamentStatus.CHECK_IN:
        missing = entries.get(EntryStatus.REGISTERED, 0)
        all_here = "Everybody has checked in."
        parts.append(f"{missing} have not checked in yet." if missing else all_here)
    return " ".join(parts)


def _move(label: str, status: TournamentStatus) -> Step:
    return Step(label=label, page="transition", args=(status.value,))


_MOVES_ON: Final = {
    TournamentStatus.REGISTRATION_OPEN: _move(
        "Close the registration", TournamentStatus.REGISTRATION_CLOSED
    ),
    TournamentStatus.REGISTRATION_CLOSED: _move("Start the check-in", TournamentStatus.CHECK_IN),
    TournamentStatus.CHECK_IN: _move("Start the event", TournamentStatus.IN_PROGRESS),
}
_WITHOUT_PEOPLE: Final = {
    TournamentStatus.DRAFT: _move("Open the registration", TournamentStatus.REGISTRATION_OPEN),
    TournamentStatus.POSTPONED: _move("Open the registration", TournamentStatus.REGISTRATION_OPEN),
    TournamentStatus.CANCELLED: _move("Plan it anew", TournamentStatus.DRAFT),
}


def _step_of_play(course: Course) -> Step | None:
    if course.is_decided:
        return _move("Finish the event", TournamentStatus.COMPLETED)
    if course.in_play is not None:
        return _step_of_game(course.in_play)
    if course.comes_next is None:
        return None
    cut = course.cut
    return Step(
        label=f"Draw game {course.comes_next}" + (f" and cut to {cut.to}" if cut else ""),
        page="draw",
        query="?propose=1",
    )


def _step_of_game(game: GameRow) -> Step:
    number = game.open_lobby
    if number is None:  # lobbies that nobody drew here, and some who play have no result
        return Step(label=f"See who lacks a result in game {game.ref}", page="results")
    return Step(
        label=f"Enter lobby {number} of game {game.ref}",
        page="lobby",
        args=(str(game.ref), number),
    )


def _state_of_play(course: Course) -> str:
    if course.is_decided:
        return _winner(course) or "All games are played."
    if course.in_play is not None:
        return _state_of_game(course.in_play)
    after = course.standing.after
    return f"Game {after} is complete." if after else "Nothing has been played yet."


def _state_of_game(game: GameRow) -> str:
    if len(game.lobbies) == 1:
        return f"Game {game.ref} is being played."
    entered = sum(lobby.winner is not None for lobby in game.lobbies)
    return f"{entered} of {len(game.lobbies)} lobbies of game {game.ref} are in."


def _winner(course: Course) -> str:
    if course.champion is not None:
        return f"{course.champion} has won the event."
    first = [row for row in course.standing.rows if row.rank == 1]
    if course.standing.after is None or len(first) != 1:
        return ""
    return f"{course.book.participants[first[0].participant]} has won the event."
