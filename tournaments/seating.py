"""What a draw would be: read from the rulebook, written nowhere.

A draw follows the standing after the newest game: who went on at the last cut and has not
withdrawn, in order of rank, those who share one by seed, then by arrival.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gal_dashboard.core.errors import InvalidFieldsError
from tournaments import draws, scoreboard, stages
from tournaments.choices import DrawRule
from tournaments.errors import (
    CutUndecidedError,
    EventDecidedError,
    GameNotFoundError,
    GameOpenError,
    GameOutOfOrderError,
    GamePlayedError,
    NobodyToDrawError,
)
from tournaments.models import Draw, Participant
from tournaments.presets import StageFormat
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import Rulebook
from tournaments.standings import Cut, GameRef, Row, Standings

# Of the seeds that are chosen here: short enough to be read out.
LARGEST_CHOSEN_SEED: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What staff want drawn; what they leave open, the format of the stage decides.

    ``lobbies`` are names of participants, for a draw by hand; ``seed`` is for one by chance.
    """

    game: GameRef | None = None
    rule: str | None = None
    seed: int | None = None
    lobbies: Sequence[Sequence[str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """A participant in a lobby; ``rank`` in the standing that the draw follows, if there is one."""

    participant: int
    name: str
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A draw as it would be. ``fingerprint`` tells it from every other."""

    game: GameRef
    rule: str
    seed: int | None
    after: GameRef | None
    lobbies: tuple[tuple[Seated, ...], ...]

    @property
    def numbers(self) -> list[list[int]]:
        return [[seat.participant for seat in lobby] for lobby in self.lobbies]

    @property
    def fingerprint(self) -> str:
        text = f"{self.game} {self.rule} {self.seed} {self.numbers}"
        return sha256(text.encode()).hexdigest()[:16]


def propose(book: Rulebook, wish: Wish) -> Proposal:
    """What ``drawing.publish_draw`` would publish now; raises what it raises."""
    standing = scoreboard.compute(book)
    ref = _judge_game(book, standing, wish.game)
    rule = wish.rule or format_of_day(book, ref.day).draw_rule
    rows = {row.participant: row for row in standing.rows}
    if rule == DrawRule.MANUAL:
        lobbies = _by_hand(book, wish.lobbies)
        seed = None
    else:
        order = _field(book, standing, ref)
        count = draws.lobbies_needed(len(order), book.tournament.lobby_size)
        seed = _seed(wish) if rule == DrawRule.RANDOM else None
        lobbies = dealt(rule, order, count, seed)
    return Proposal(
        game=ref,
        rule=rule,
        seed=seed,
        after=standing.after,
        lobbies=tuple(tuple(_seated(book, rows, pk) for pk in lobby) for lobby in lobbies),
    )


def upcoming_games(book: Rulebook) -> list[GameRef]:
    """The games of which one is next.

    That is the one that is drawn; one that was only seated because a draw still held may be skipped
    for the first of the next day. Without a draw it is the next game of the day or the first of the
    next day: a day ends when the next one begins.
    """
    played = [game.ref for game in book.games if game.has_result]
    newest = max(played, default=GameRef(0, 0))
    days = sorted(day for stage in book.rules.stages for day in stage.days)
    later = [GameRef(day, 1) for day in days if day > newest.day][:1]
    drawn = next((game for game in book.games if game.lobbies and game.ref > newest), None)
    if drawn is not None:
        return [drawn.ref, *(later if drawn.may_be_skipped else [])]
    return [*([GameRef(newest.day, newest.game + 1)] if played else []), *later]


def next_games(book: Rulebook) -> list[GameRef]:
    """Those of the upcoming games that may be drawn: none beyond the games that its day shall have.

    One that is drawn and not played may be drawn anew.
    """
    drawn = {game.ref for game in book.games if game.lobbies}
    return [ref for ref in upcoming_games(book) if ref in drawn or not _is_beyond(book, ref)]


def _is_beyond(book: Rulebook, ref: GameRef) -> bool:
    games = next(stage.games for stage in book.rules.stages if ref.day in stage.days)
    return games is not None and ref.game > games


def holds(draw: Draw, book: Rulebook, ref: GameRef) -> bool:
    """Whether ``draw`` seats game ``ref`` too: the same day, no cut between, not yet redrawn."""
    stage = format_of_day(book, draw.day)
    first = GameRef(draw.day, draw.number)
    cuts = [cut for one in book.rules.stages for cut in one.cuts]
    is_cut = any(cut.is_before(ref) and not cut.is_before(first) for cut in cuts)
    is_due = stage.redraw_every is not None and ref.game >= draw.number + stage.redraw_every
    is_last = stage.games is not None and ref.game > stage.games
    return not (is_cut or is_due or is_last)


def refuse_decided(book: Rulebook, ref: GameRef) -> None:
    """Raises ``EventDecidedError`` for a game after the one that found the champion."""
    stage = next(stage for stage in book.rules.stages if ref.day in stage.days)
    if stage.threshold is not None:  # no other stage has a champion before its end
        _refuse_after_champion(book, scoreboard.compute(book), ref)


def _refuse_after_champion(book: Rulebook, standing: Standings, ref: GameRef) -> None:
    if standing.champion is None or standing.after is None or ref <= standing.after:
        return
    stage = next(stage for stage in book.rules.stages if stage.number == standing.stage)
    if ref.day in stage.days:
        champion = book.participants[standing.champion].name
        raise EventDecidedError(game=str(ref), champion=champion, decided_in=str(standing.after))


def _judge_game(book: Rulebook, standing: Standings, wanted: GameRef | None) -> GameRef:
    """The game to draw, or a refusal."""
    possible = next_games(book)
    newest = next((result for result in reversed(book.results()) if result.has_results), None)
    if wanted is None and not possible:
        raise GameOutOfOrderError(game="after the last", next_game="none: all are played")
    ref = wanted or possible[0]
    days = [day for stage in book.rules.stages for day in stage.days]
    if ref.day not in days:
        raise GameNotFoundError(game=str(ref), days=", ".join(map(str, sorted(days))))
    if any(game.ref == ref and game.has_result for game in book.games):
        raise GamePlayedError(game=str(ref))
    if newest is not None and not newest.complete:
        raise GameOpenError(game=str(newest.ref))
    if ref not in possible:
        raise GameOutOfOrderError(game=str(ref), next_game=" or ".join(map(str, possible)))
    _refuse_after_champion(book, standing, ref)
    return ref


def _field(book: Rulebook, standing: Standings, ref: GameRef) -> list[int]:
    """Who plays in game ``ref``, best first. Raises where a tie at the cut leaves that open."""
    rows = [
        row
        for row in standing.rows
        if not row.eliminated and book.participants[row.participant].status in TAKING_PART
    ]
    cuts = cuts_between(book, standing.after, ref)
    to = min((cut.to for cut in cuts), default=len(rows))
    if to < len(rows) and rows[to - 1].rank == rows[to].rank:
        tied = [row for row in rows if row.rank == rows[to].rank]
        names = [book.participants[row.participant].name for row in tied]
        raise CutUndecidedError(cut=to, tied=names)
    if not rows[:to]:
        raise NobodyToDrawError
    return in_order(book, rows[:to])


def cuts_between(book: Rulebook, after: GameRef | None, ref: GameRef) -> list[Cut]:
    """The cuts that lie after game ``after`` and before game ``ref``; none before any game."""
    if after is None:
        return []
    cuts = (cut for stage in book.rules.stages for cut in stage.cuts)
    return [cut for cut in cuts if cut.is_before(ref) and not cut.is_before(after)]


def in_order(book: Rulebook, rows: Iterable[Row]) -> list[int]:
    """Participants by rank, those who share one by seed, then by arrival."""
    return [row.participant for row in sorted(rows, key=lambda row: _order(book, row))]


def _order(book: Rulebook, row: Row) -> tuple[int, bool, int, int, int]:
    participant = book.participants[row.participant]
    seed = participant.seed
    return row.rank, seed is None, seed or 0, participant.arrival, participant.pk


def dealt(rule: str, order: list[int], count: int, seed: int | None) -> list[list[int]]:
    """The lobbies of a rule that needs no hand; by chance, who stands in the order is enough."""
    if rule == DrawRule.SWISS:
        return draws.swiss(order, count)
    if rule == DrawRule.RANDOM and seed is not None:
        return draws.by_chance(order, count, seed)
    return draws.snake(order, count)


def _seed(wish: Wish) -> int:
    return wish.seed if wish.seed is not None else secrets.randbelow(LARGEST_CHOSEN_SEED) + 1


def _by_hand(book: Rulebook, named: Sequence[Sequence[str]] | None) -> list[list[int]]:
    """Names to numbers; every fault is named at once."""
    if not named:
        raise InvalidFieldsError({"lobbies": ["Say who sits in which lobby."]})
    known = _known(book.participants.values())
    errors: dict[str, list[str]] = {}
    seen: dict[int, int] = {}
    size = book.tournament.lobby_size
    for number, lobby in enumerate(named):
        if not 1 <= len(lobby) <= size:
            errors[f"lobbies.{number}"] = [f"A lobby seats 1 to {size}."]
        for index, name in enumerate(lobby):
            path = f"lobbies.{number}.{index}"
            participant = known.get(name)
            if participant is None:
                errors[path] = [f"Nobody who takes part is called {name}."]
            elif participant in seen:
                errors[path] = [f"{name} sits in lobby {seen[participant]} already."]
            else:
                seen[participant] = number + 1
    if errors:
        raise InvalidFieldsError(errors)
    return [[known[name] for name in lobby] for lobby in named]


def _known(participants: Iterable[Participant]) -> dict[str, int]:
    inside = [one for one in participants if one.status in TAKING_PART]
    spellings = {alias: one.pk for one in inside for alias in one.aliases}
    return spellings | {one.name: one.pk for one in inside}


def _seated(book: Rulebook, rows: Mapping[int, Row], pk: int) -> Seated:
    row = rows.get(pk)
    rank = row.rank if row is not None and book.games else None
    return Seated(participant=pk, name=book.participants[pk].name, rank=rank)


def format_of_day(book: Rulebook, day: int) -> StageFormat:
    return next(stage for stage in stages.read(book.tournament.pk) if day in stage.days)
