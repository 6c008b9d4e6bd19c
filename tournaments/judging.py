"""What a result may be: judged from the rulebook, written nowhere."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from gal_dashboard.core.errors import InvalidFieldsError
from tournaments import scoreboard
from tournaments.choices import EntryStatus
from tournaments.errors import (
    GameNotFoundError,
    GameOutOfOrderError,
    GamesAfterChampionError,
    NothingChangedError,
    NothingToCorrectError,
)
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import Places, Rulebook
from tournaments.seating import refuse_decided, upcoming_games
from tournaments.standings import GameRef, StageRules, Standings

# What is said of which field.
Faults = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyResult:
    """What the caller says about one lobby, by names as they were sent."""

    ref: GameRef
    lobby: int
    placements: Mapping[str, int]
    absent: Sequence[str] = ()

    @classmethod
    def of(cls, ref: GameRef, lobby: int, said: Mapping[str, int | None]) -> Self:
        """From places by name, ``None`` for an absence."""
        return cls(
            ref=ref,
            lobby=lobby,
            placements={name: place for name, place in said.items() if place is not None},
            absent=[name for name, place in said.items() if place is None],
        )

    @property
    def named(self) -> list[tuple[str, str, int | None]]:
        """The path of each field, who it names, and the place."""
        placed = [(f"placements.{name}", name, place) for name, place in self.placements.items()]
        return [*placed, *((f"absent.{name}", name, None) for name in self.absent)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One lobby as it is and as it will be, by numbers of participants."""

    ref: GameRef
    lobby: int
    before: Places
    after: Places

    @property
    def is_correction(self) -> bool:
        return bool(self.before)

    @property
    def changes_anything(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Results that may be written, and the event as it will be with all of them."""

    entries: tuple[Entry, ...]
    book: Rulebook


def judge(book: Rulebook, result: LobbyResult) -> Judged:
    """Raises, in this order, ``GameNotFoundError``, ``GameOutOfOrderError``,
    ``EventDecidedError``, ``InvalidFieldsError`` (which names the player) and
    ``GamesAfterChampionError``.
    """
    judge_game(book, result.ref)
    return _judge(book, {"": result})


def judge_side_by_side(book: Rulebook, results: Sequence[LobbyResult]) -> Judged:
    """Several lobbies of one game, judged by what is so once all of them are written.

    That the game may have results was judged before. Raises ``InvalidFieldsError`` with paths
    ``<index>.placements.<name>`` and ``<index>.absent.<name>``, ``GamesAfterChampionError``.
    """
    return _judge(book, {f"{index}.": one for index, one in enumerate(results)})


def faults_of_names(book: Rulebook, result: LobbyResult) -> Sequence[tuple[str, str]]:
    """What is wrong with a result in itself, by path, whether or not its game may have one."""
    lobby = book.lobby(result.ref, result.lobby)
    _, faults = _resolve(book, result, seated=lobby.places if lobby else {})
    return faults


def judge_together(book: Rulebook, results: Sequence[LobbyResult]) -> Judged:
    """Corrections of several lobbies, judged by what is so once all of them are written.

    So two players may change lobbies. Raises ``GameNotFoundError``, ``NothingToCorrectError``,
    ``InvalidFieldsError`` with paths ``results.<index>...``, ``GamesAfterChampionError``,
    ``NothingChangedError``.
    """
    for result in results:
        _refuse_unknown(book, result.ref)
        lobby = book.lobby(result.ref, result.lobby)
        if lobby is None or not lobby.has_result:
            raise NothingToCorrectError(game=str(result.ref), lobby=result.lobby)
    _refuse_twice(results)
    judged = _judge(book, {f"results.{index}.": one for index, one in enumerate(results)})
    changing = tuple(entry for entry in judged.entries if entry.changes_anything)
    if not changing:
        raise NothingChangedError
    return Judged(entries=changing, book=judged.book)


def judge_game(book: Rulebook, ref: GameRef) -> None:
    """Whether a game may have a result now."""
    _refuse_unknown(book, ref)
    _refuse_out_of_order(book, ref)
    refuse_decided(book, ref)


def _judge(book: Rulebook, results: Mapping[str, LobbyResult]) -> Judged:
    """``results`` by what stands before the paths of their fields."""
    entries: dict[str, Entry] = {}
    errors: dict[str, list[str]] = {}
    for prefix, result in results.items():
        lobby = book.lobby(result.ref, result.lobby)
        before = lobby.places if lobby else {}
        places, faults = _resolve(book, result, seated=before)
        for path, sentence in faults:
            errors.setdefault(f"{prefix}{path}", []).append(sentence)
        entries[prefix] = Entry(ref=result.ref, lobby=result.lobby, before=before, after=places)
    if errors:
        raise InvalidFieldsError(errors)
    after = book
    for entry in entries.values():
        after = after.with_result(entry.ref, entry.lobby, entry.after)
    for prefix, entry in entries.items():
        for path, sentence in (*_seated_elsewhere(after, entry), *_forgotten(book, after, entry)):
            errors.setdefault(f"{prefix}{path}", []).append(sentence)
    if errors:
        raise InvalidFieldsError(errors)
    _refuse_games_after_champion(book, after)
    return Judged(entries=tuple(entries.values()), book=after)


def _refuse_unknown(book: Rulebook, ref: GameRef) -> None:
    days = sorted(day for stage in book.rules.stages for day in stage.days)
    if ref.day not in days:
        raise GameNotFoundError(game=str(ref), days=", ".join(map(str, days)))


def _refuse_out_of_order(book: Rulebook, ref: GameRef) -> None:
    """A result belongs to a game that has one already, or to the next one.

    How many games a day shall have is no rule here: there may be one more.
    """
    game = book.game(ref)
    upcoming = upcoming_games(book)
    if not (game and game.has_result) and ref not in upcoming:
        raise GameOutOfOrderError(game=str(ref), next_game=" or ".join(map(str, upcoming)))


def _refuse_twice(results: Sequence[LobbyResult]) -> None:
    seen: set[tuple[GameRef, int]] = set()
    errors = {}
    for index, result in enumerate(results):
        if (result.ref, result.lobby) in seen:
            sentence = f"Lobby {result.lobby} of game {result.ref} is corrected twice."
            errors[f"results.{index}.lobby"] = [sentence]
        seen.add((result.ref, result.lobby))
    if errors:
        raise InvalidFieldsError(errors)


def _resolve(
    book: Rulebook, result: LobbyResult, *, seated: Places
) -> tuple[dict[int, int | None], list[tuple[str, str]]]:
    """Participant to place, and every fault of the result at once.

    Who waits for a place plays no new game, but keeps the results of before a withdrawal.
    """
    everybody = book.everybody.values()
    known = {alias: one.pk for one in everybody for alias in one.aliases}
    known |= {one.name: one.pk for one in everybody}  # a name is worth more than a spelling
    waiting = {one.pk for one in everybody if one.status == EntryStatus.WAITING} - seated.keys()
    faults: list[tuple[str, str]] = []
    places: dict[int, int | None] = {}
    for path, name, place in result.named:
        participant = known.get(name)
        if participant is None:
            faults.append((path, _unknown(name, known)))
        elif participant in waiting:
            faults.append((path, f"{name} is on the waitlist."))
        elif participant in places:
            faults.append((path, f"{name} is named twice."))
        else:
            places[participant] = place
    faults += _faults_of_places(result.placements)
    faults += _too_many(result, book.tournament.lobby_size)
    return places, faults


def faults_of_seats(places: Mapping[str, int | None], size: int) -> list[str]:
    """What is wrong with a result whatever became of it: its places, and how many it seats."""
    result = LobbyResult.of(GameRef(1, 1), 1, places)
    found = (*_faults_of_places(result.placements), *_too_many(result, size))
    return [sentence for _, sentence in found]


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"No participant is called {name}.{hint}"


def _faults_of_places(placements: Mapping[str, int]) -> Faults:
    """Places are 1, 2, 3 ... without a gap, each given once."""
    owners: dict[int, str] = {}
    for name, place in placements.items():
        if place in owners:
            yield f"placements.{name}", f"Place {place} is given to {owners[place]} too."
        owners.setdefault(place, name)
    for expected, place in enumerate(sorted(owners), start=1):
        if place != expected:
            name = owners[place]
            gap = f"The places have a gap: {name} is at {place}, but nobody is at {expected}."
            yield f"placements.{name}", gap
            return


def _too_many(result: LobbyResult, size: int) -> Faults:
    """A lobby seats eight players, so four teams of two."""
    for name, place in result.placements.items():
        if place > size:
            yield (
                f"placements.{name}",
                f"A lobby of this tournament seats {size}: there is no place {place} for {name}.",
            )
    room = max(0, size - len(result.placements))
    for name in result.absent[room:]:
        sentence = f"A lobby of this tournament seats {size}: {name} is one too many."
        yield f"absent.{name}", sentence


def _seated_elsewhere(after: Rulebook, entry: Entry) -> Faults:
    game = after.game(entry.ref)
    for other in game.lobbies if game else ():
        if other.number == entry.lobby:
            continue
        for seat in other.seats:
            if seat.participant_id in entry.after:
                name = after.everybody[seat.participant_id].name
                yield f"placements.{name}", f"{name} sits in lobby {other.number} of this game."


def _forgotten(book: Rulebook, after: Rulebook, entry: Entry) -> Faults:
    """Whoever was drawn into the lobby has a place or was absent, unless withdrawn meanwhile."""
    game, then = book.game(entry.ref), after.game(entry.ref)
    lobby = game.lobby(entry.lobby) if game else None
    if game is None or lobby is None or then is None:
        return
    named = {seat.participant_id for one in then.lobbies for seat in one.seats}
    for seat in lobby.seats:
        participant = book.everybody[seat.participant_id]
        is_owed = seat.participant_id in game.drawn and participant.status in TAKING_PART
        if is_owed and seat.participant_id not in named:
            sentence = f"{participant.name} sits in this lobby: give a place, or say absent."
            yield f"placements.{participant.name}", sentence


def _refuse_games_after_champion(before: Rulebook, after: Rulebook) -> None:
    """A result may give and take the title, as long as nobody played on after it was won."""
    for stage in after.rules.stages:
        standing, games = _after_champion(after, stage)
        if not games or standing is None or standing.champion is None:
            continue
        if games - _after_champion(before, stage)[1]:
            raise GamesAfterChampionError(
                champion=after.participants[standing.champion].name,
                decided_in=str(standing.after),
                games=[str(ref) for ref in sorted(games)],
            )


def _after_champion(
    book: Rulebook, stage: StageRules
) -> tuple[Standings | None, frozenset[GameRef]]:
    """The standing at the end of a checkmate stage, and the games of it that do not count."""
    played = [game.ref for game in book.games if game.has_result and game.ref.day in stage.days]
    if stage.threshold is None or not played:
        return None, frozenset()
    standing = scoreboard.compute(book, after=max(played))
    if standing.champion is None or standing.after is None:
        return standing, frozenset()
    decided_in = standing.after
    return standing, frozenset(ref for ref in played if ref > decided_in)
