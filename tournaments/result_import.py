"""Many results at once: a file goes in as a whole or not at all, and is published once."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeAlias

import orjson

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from gal_dashboard.events.recording import recording
from tournaments import drawing, judging, result_files, results, rulebook, scoreboard, selectors
from tournaments.errors import GameNotFoundError, ResultsChangedError
from tournaments.judging import Entry, LobbyResult
from tournaments.models import Tournament
from tournaments.result_files import LobbyLines
from tournaments.rulebook import Rulebook
from tournaments.services import lock_tournament, publish_standings
from tournaments.standings import GameRef

# Faults after these are not looked for: who sent the wrong file need not read all of it.
MOST_FAULTS: Final = 200
# Rows of the standings that a report shows.
TOP: Final = 8
NEW: Final = "new"
CORRECTED: Final = "corrected"
UNCHANGED: Final = "unchanged"
OUTCOMES: Final = (NEW, CORRECTED, UNCHANGED)
# Place by name for each lobby that has a result, ``None`` for an absence.
StoredLobbies: TypeAlias = Mapping[tuple[GameRef, int], Mapping[str, int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyOutcome:
    """What a file does to one lobby."""

    game: GameRef
    lobby: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """``standings`` are those after it; their ``snapshot_id`` is null if none were published.

    ``fingerprint`` tells the file's lobbies, as they were before, from every other state of them.
    """

    lobbies: Sequence[LobbyOutcome]
    fingerprint: str
    standings: Mapping[str, Any]

    @property
    def top(self) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self.standings["standings"]
        return rows[:TOP]

    @property
    def changes_something(self) -> bool:
        return any(lobby.outcome != UNCHANGED for lobby in self.lobbies)

    def count(self, outcome: str) -> int:
        return sum(lobby.outcome == outcome for lobby in self.lobbies)


class _OnlyLookedError(Exception):
    """Raised at the end of a dry run, to take everything back."""


def import_results(
    *,
    actor: Actor,
    tournament_id: int,
    text: str,
    is_dry_run: bool,
    fingerprint: str | None = None,
) -> ImportReport:
    """Store the results of a file, all or nothing; lobbies that it does not name stay as they are.

    Each lobby is judged and stored as if it came by itself, in the order of play, and the crew is
    told of it; the standings are published once, after the last. A dry run does the same and takes
    it back, so it says exactly what would be; with its ``fingerprint`` only that is done.

    Raises ``TournamentNotFoundError``, ``ResultsChangedError``, and ``InvalidFieldsError`` with
    paths as ``result_files.read`` has them, also for what is refused of a single lobby as a
    conflict.
    """
    lobbies = result_files.read(text)
    with suppress(_OnlyLookedError), recording():
        tournament = lock_tournament(tournament_id)
        before = _stored(tournament)
        found = _fingerprint(lobbies, before)
        if fingerprint is not None and fingerprint != found:
            raise ResultsChangedError(fingerprint=found)
        outcomes, book = _store(tournament, lobbies, before, actor)
        has_changed = any(one.outcome != UNCHANGED for one in outcomes)
        is_published = has_changed and not is_dry_run
        standings = _published(book, actor) if is_published else _computed(book)
        report = ImportReport(lobbies=outcomes, fingerprint=found, standings=standings)
        if is_published:
            told = {outcome: (None, report.count(outcome)) for outcome in OUTCOMES}
            trail.record("results.imported", actor=actor, target=tournament, changes=told)
        if is_dry_run:
            raise _OnlyLookedError
    return report


def _fingerprint(lobbies: Sequence[LobbyLines], before: StoredLobbies) -> str:
    own = [sorted(before.get((one.game, one.lobby), {}).items()) for one in lobbies]
    return sha256(str(own).encode()).hexdigest()[:16]


def _store(
    tournament: Tournament, lobbies: Sequence[LobbyLines], before: StoredLobbies, actor: Actor
) -> tuple[list[LobbyOutcome], Rulebook]:
    """Store one game after the other; what came of each lobby, and the event as it is then.

    After a fault nothing is stored, but names are judged. Whether a game may have a result is not
    asked then: that hangs on those before it.
    """
    outcomes: list[LobbyOutcome] = []
    changing: list[LobbyLines] = []
    for own in lobbies:
        if before.get((own.game, own.lobby)) == own.places:
            outcomes.append(LobbyOutcome(game=own.game, lobby=own.lobby, outcome=UNCHANGED))
        else:
            changing.append(own)
    book = rulebook.read(tournament)
    errors: dict[str, list[str]] = {}
    for ref, lobbies_of_game in groupby(changing, key=attrgetter("game")):
        of_game = list(lobbies_of_game)
        refused = _fault_of_game(book, ref)
        if refused and (not errors or isinstance(refused, GameNotFoundError)):
            errors |= _of_the_game(of_game, refused)
        if errors:
            errors |= _faults_of_names(book, of_game)
        else:
            book, of_each = _store_game(book, of_game, actor, errors)
            outcomes += of_each
        if len(errors) >= MOST_FAULTS:
            errors["document"] = ["There may be more faults: the file was read no further."]
            break
    if errors:
        raise InvalidFieldsError(errors)
    return sorted(outcomes, key=lambda one: (one.game, one.lobby)), book


def _stored(tournament: Tournament) -> StoredLobbies:
    """What there is of each lobby: one that a file repeats need not be judged."""
    lobbies: dict[tuple[GameRef, int], dict[str, int | None]] = {}
    for row in selectors.result_rows(tournament.pk):
        key = GameRef(row["day"], row["game"]), row["lobby_number"]
        lobbies.setdefault(key, {})[row["player"]] = row["place"]
    return lobbies


def _fault_of_game(book: Rulebook, ref: GameRef) -> DomainError | None:
    """Why a game may have no result now."""
    try:
        judging.judge_game(book, ref)
    except DomainError as refused:
        return refused
    return None


def _store_game(
    book: Rulebook, lobbies: Sequence[LobbyLines], actor: Actor, errors: dict[str, list[str]]
) -> tuple[Rulebook, list[LobbyOutcome]]:
    """Store the lobbies of one game, or add to ``errors``; the event then, what came of each."""
    try:
        judged = judging.judge_side_by_side(book, [_result(own) for own in lobbies])
    except InvalidFieldsError as refused:
        errors |= _by_line(lobbies, refused.errors.items())
        return book, []
    except DomainError as refused:
        errors |= _of_the_game(lobbies, refused)
        return book, []
    for entry in judged.entries:
        if entry.changes_anything:
            results.store(book.tournament, entry, judged.book, actor=actor)
    outcomes = [
        LobbyOutcome(game=entry.ref, lobby=entry.lobby, outcome=_outcome_of(entry))
        for entry in judged.entries
    ]
    return drawing.seat_next_game(book.tournament, judged.book), outcomes


def _outcome_of(entry: Entry) -> str:
    if not entry.changes_anything:
        return UNCHANGED
    return CORRECTED if entry.is_correction else NEW


def _faults_of_names(book: Rulebook, lobbies: Sequence[LobbyLines]) -> dict[str, list[str]]:
    said = (
        (f"{index}.{path}", [sentence])
        for index, own in enumerate(lobbies)
        for path, sentence in judging.faults_of_names(book, _result(own))
    )
    return _by_line(lobbies, said)


def _result(own: LobbyLines) -> LobbyResult:
    return LobbyResult.of(own.game, own.lobby, own.places)


def _of_the_game(lobbies: Sequence[LobbyLines], refused: DomainError) -> dict[str, list[str]]:
    first = min(line.number for own in lobbies for line in own.lines)
    return {f"lines.{first}.game": [str(refused)]}


def _by_line(
    lobbies: Sequence[LobbyLines], said: Iterable[tuple[str, Sequence[str]]]
) -> dict[str, list[str]]:
    """What was said of a player belongs to their line; of somebody missing, to the first.

    Paths are those of ``judging``: ``<index of the lobby>.placements.<name>``.
    """
    errors: dict[str, list[str]] = {}
    for path, sentences in said:
        index, _, name = path.split(".", 2)
        own = lobbies[int(index)]
        numbers = {line.player: line.number for line in own.lines}
        number = numbers.get(name, own.lines[0].number)
        errors.setdefault(f"lines.{number}.player", []).extend(sentences)
    return errors


def _published(book: Rulebook, actor: Actor) -> dict[str, Any]:
    snapshot = publish_standings(
        tournament=book.tournament, source="results", actor=actor, book=book
    )
    document: dict[str, Any] = orjson.loads(snapshot.document)
    return document


def _computed(book: Rulebook) -> dict[str, Any]:
    return scoreboard.document(book, scoreboard.compute(book), snapshot_id=None)
