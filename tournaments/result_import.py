"""Many results at once: a file goes in as a whole or not at all, and is published once."""

from collections.abc import Mapping, Sequence
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
from tournaments import drawing, result_files, results, rulebook, scoreboard, selectors
from tournaments.errors import GameNotFoundError, ResultsChangedError
from tournaments.models import Stage, Tournament
from tournaments.result_files import LobbyLines
from tournaments.services import lock_tournament, publish_standings
from tournaments.standings import GameRef

# Faults after these are not looked for: who sent the wrong file need not read all of it.
MOST_FAULTS: Final = 200
NEW: Final = "new"
CORRECTED: Final = "corrected"
UNCHANGED: Final = "unchanged"
OUTCOMES: Final = (NEW, CORRECTED, UNCHANGED)
# Place by name for each lobby that has a result, ``None`` for an absence.
StoredLobbies: TypeAlias = Mapping[tuple[GameRef, int], Mapping[str, int | None]]
_OUTCOME_OF: Final[Mapping[str | None, str]] = {
    "recorded": NEW,
    "corrected": CORRECTED,
    None: UNCHANGED,
}


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
        outcomes = _store(tournament, lobbies, before, actor)
        has_changed = any(one.outcome != UNCHANGED for one in outcomes)
        is_published = has_changed and not is_dry_run
        standings = _published(tournament, actor) if is_published else _computed(tournament)
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
) -> list[LobbyOutcome]:
    """Store one game after the other. After a fault nothing is stored, but names are judged.

    Whether a game may have a result is not asked then: that hangs on those before it.
    """
    outcomes: list[LobbyOutcome] = []
    changing: list[LobbyLines] = []
    for own in lobbies:
        if before.get((own.game, own.lobby)) == own.places:
            outcomes.append(LobbyOutcome(game=own.game, lobby=own.lobby, outcome=UNCHANGED))
        else:
            changing.append(own)
    errors: dict[str, list[str]] = {}
    for ref, lobbies_of_game in groupby(changing, key=attrgetter("game")):
        of_game = list(lobbies_of_game)
        stage = None
        try:
            stage = results.judge_game(tournament, ref)
        except DomainError as refused:
            if not errors or isinstance(refused, GameNotFoundError):
                first = min(line.number for own in of_game for line in own.lines)
                errors[f"lines.{first}.game"] = [str(refused)]
        if errors or stage is None:
            errors |= _faults_of_names(tournament, of_game)
        else:
            errors |= _store_game(tournament, stage, of_game, actor, outcomes)
        if len(errors) >= MOST_FAULTS:
            errors["document"] = ["There may be more faults: the file was read no further."]
            break
    if errors:
        raise InvalidFieldsError(errors)
    return sorted(outcomes, key=lambda one: (one.game, one.lobby))


def _stored(tournament: Tournament) -> StoredLobbies:
    """What there is of each lobby: one that a file repeats need not be judged."""
    lobbies: dict[tuple[GameRef, int], dict[str, int | None]] = {}
    for row in selectors.result_rows(tournament.pk):
        key = GameRef(row["day"], row["game"]), row["lobby_number"]
        lobbies.setdefault(key, {})[row["player"]] = row["place"]
    return lobbies


def _store_game(
    tournament: Tournament,
    stage: Stage,
    lobbies: Sequence[LobbyLines],
    actor: Actor,
    outcomes: list[LobbyOutcome],
) -> dict[str, list[str]]:
    """Store the lobbies of one game and add what came of each; the faults, by their paths."""
    errors: dict[str, list[str]] = {}
    numbers = [own.lobby for own in lobbies]
    for index, own in enumerate(lobbies, start=1):
        try:
            action = results.store_lobby_result(
                tournament,
                _result(own),
                stage=stage,
                actor=actor,
                rewritten_next=numbers[index:],
            )
        except InvalidFieldsError as refused:
            errors |= _by_line(own, refused)
        else:
            outcome = _OUTCOME_OF[action]
            outcomes.append(LobbyOutcome(game=own.game, lobby=own.lobby, outcome=outcome))
    if not errors and any(one.outcome != UNCHANGED for one in outcomes[-len(lobbies) :]):
        drawing.seat_next_game(tournament, lobbies[0].game)
    return errors


def _faults_of_names(tournament: Tournament, lobbies: Sequence[LobbyLines]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for own in lobbies:
        try:
            results.resolve(tournament, _result(own))
        except InvalidFieldsError as refused:
            errors |= _by_line(own, refused)
    return errors


def _result(own: LobbyLines) -> results.LobbyResult:
    return results.LobbyResult(
        ref=own.game,
        lobby=own.lobby,
        placements={line.player: line.place for line in own.lines if line.place is not None},
        absent=[line.player for line in own.lines if line.place is None],
    )


def _by_line(own: LobbyLines, refused: InvalidFieldsError) -> dict[str, list[str]]:
    """What was said of a player belongs to their line; of somebody missing, to the first."""
    numbers = {line.player: line.number for line in own.lines}
    errors: dict[str, list[str]] = {}
    for path, sentences in refused.errors.items():
        number = numbers.get(path.partition(".")[2], own.lines[0].number)
        errors.setdefault(f"lines.{number}.player", []).extend(sentences)
    return errors


def _published(tournament: Tournament, actor: Actor) -> dict[str, Any]:
    snapshot = publish_standings(tournament=tournament, source="results", actor=actor)
    document: dict[str, Any] = orjson.loads(snapshot.document)
    return document


def _computed(tournament: Tournament) -> dict[str, Any]:
    book = rulebook.read(tournament)
    return scoreboard.document(book, scoreboard.compute(book), snapshot_id=None)
