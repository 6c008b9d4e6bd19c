"""Entering the result of a lobby: the write that a live show turns on."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from tournaments import drawing, events, rulebook
from tournaments.choices import EntryStatus
from tournaments.errors import (
    GameNotFoundError,
    GameOutOfOrderError,
    TournamentNotFoundError,
)
from tournaments.models import Game, Lobby, Placement, Stage, Tournament
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import Rulebook
from tournaments.seating import refuse_decided, upcoming_games
from tournaments.services import lock_tournament, publish_standings
from tournaments.standings import GameRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyResult:
    """What the caller says about one lobby, by names as they were sent."""

    ref: GameRef
    lobby: int
    placements: Mapping[str, int]
    absent: Sequence[str] = ()


def record_lobby_result(*, actor: Actor, tournament_id: int, result: LobbyResult) -> bool:
    """Store the whole result of one lobby, publish the standings; whether anything changed.

    A second call for the same lobby replaces the first: it is a correction. The same result again
    changes nothing and tells nobody. Writers of one tournament wait for each other, so each
    published standing holds all results before it.

    Raises, in this order, ``TournamentNotFoundError``, ``GameNotFoundError``,
    ``GameOutOfOrderError``, ``EventDecidedError``, ``InvalidFieldsError`` (which names the player).
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        stage = judge_game(tournament, result.ref)
        if store_lobby_result(tournament, result, stage=stage, actor=actor) is None:
            return False
        drawing.seat_next_game(tournament, result.ref)
        publish_standings(tournament=tournament, source="results", actor=actor)
        return True


def store_lobby_result(
    tournament: Tournament,
    result: LobbyResult,
    *,
    stage: Stage,
    actor: Actor,
    rewritten_next: Collection[int] = (),
) -> str | None:
    """Store one lobby of a judged game and tell the crew: "recorded", "corrected", or nothing.

    The caller holds the tournament's row, seats the next game and publishes. ``rewritten_next`` are
    lobbies of the game that it stores after this one: who sat there may sit here now.
    """
    places = resolve(tournament, result)
    drawing.drop_skipped(tournament, result.ref)
    game, _ = Game.objects.get_or_create(
        tournament=tournament,
        day=result.ref.day,
        number=result.ref.game,
        defaults={"stage": stage},
    )
    lobby, _ = Lobby.objects.get_or_create(game=game, number=result.lobby)
    _refuse_seated_elsewhere(lobby, places, but=rewritten_next)
    before = _seats(lobby)
    if before == places:
        return None
    _refuse_forgotten(lobby, places)
    _replace_seats(lobby, places)
    action = "corrected" if before else "recorded"
    _tell(action, actor=actor, tournament=tournament, lobby=lobby, places=places, before=before)
    return action


def refuse_result(*, tournament_id: int, ref: GameRef) -> None:
    """Judge a result whose fields are invalid anyway: that there is no such game comes first."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    judge_game(tournament, ref)


def judge_game(tournament: Tournament, ref: GameRef) -> Stage:
    """The stage of a game that may have a result now."""
    stages = list(tournament.stages.all())
    stage = next((stage for stage in stages if ref.day in stage.days), None)
    if stage is None:
        days = sorted(day for stage in stages for day in stage.days)
        raise GameNotFoundError(game=str(ref), days=", ".join(map(str, days)))
    book = rulebook.read(tournament)
    _refuse_out_of_order(book, ref)
    refuse_decided(book, ref)
    return stage


def _refuse_out_of_order(book: Rulebook, ref: GameRef) -> None:
    """A result belongs to a game that has one already, or to the next one.

    How many games a day shall have is no rule here: there may be one more.
    """
    has_one = any(game.ref == ref and game.has_result for game in book.games)
    upcoming = upcoming_games(book)
    if not has_one and ref not in upcoming:
        raise GameOutOfOrderError(game=str(ref), next_game=" or ".join(map(str, upcoming)))


def resolve(tournament: Tournament, result: LobbyResult) -> dict[int, int | None]:
    """Participant to place, absent to ``None``; every fault of the result is named at once."""
    participants = list(tournament.participants.all())
    known = {alias: one.pk for one in participants for alias in one.aliases}
    known |= {one.name: one.pk for one in participants}  # a name is worth more than a spelling
    waiting = {one.pk for one in participants if one.status == EntryStatus.WAITING}
    errors: dict[str, list[str]] = {}
    places: dict[int, int | None] = {}
    named = [(f"placements.{name}", name, place) for name, place in result.placements.items()]
    named += [(f"absent.{name}", name, None) for name in result.absent]
    for path, name, place in named:
        participant = known.get(name)
        if participant is None:
            errors.setdefault(path, []).append(_unknown(name, known))
        elif participant in waiting:
            errors.setdefault(path, []).append(f"{name} is on the waitlist.")
        elif participant in places:
            errors.setdefault(path, []).append(f"{name} is named twice.")
        else:
            places[participant] = place
    for path, sentence in _faults_of_places(result.placements):
        errors.setdefault(path, []).append(sentence)
    if errors:
        raise InvalidFieldsError(errors)
    return places


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"No participant is called {name}.{hint}"


def _faults_of_places(placements: Mapping[str, int]) -> Iterator[tuple[str, str]]:
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


def _refuse_seated_elsewhere(
    lobby: Lobby, places: Mapping[int, int | None], *, but: Collection[int]
) -> None:
    """``but`` are lobbies that do not count."""
    others = (
        Placement.objects.filter(lobby__game=lobby.game_id, participant_id__in=list(places))
        .exclude(lobby__number__in=[lobby.number, *but])
        .select_related("participant", "lobby")
    )
    errors = {
        f"placements.{seat.participant.name}": [
            f"{seat.participant.name} sits in lobby {seat.lobby.number} of this game."
        ]
        for seat in others
    }
    if errors:
        raise InvalidFieldsError(errors)


def _refuse_forgotten(lobby: Lobby, places: Mapping[int, int | None]) -> None:
    """Whoever was drawn into the lobby has a place or was absent, unless withdrawn meanwhile."""
    if lobby.game.draw_id is None:
        return
    seats = lobby.placements.exclude(participant__in=list(places)).select_related("participant")
    errors = {
        f"placements.{seat.participant.name}": [
            f"{seat.participant.name} sits in this lobby: give a place, or say absent."
        ]
        for seat in seats
        if seat.participant.status in TAKING_PART
    }
    if errors:
        raise InvalidFieldsError(errors)


def _replace_seats(lobby: Lobby, places: Mapping[int, int | None]) -> None:
    lobby.placements.all().delete()
    Placement.objects.bulk_create(
        Placement(lobby=lobby, participant_id=pk, place=place, is_absent=place is None)
        for pk, place in places.items()
    )


def _seats(lobby: Lobby) -> dict[int, int | None]:
    """Only seats with a result: a drawn seat that is still open is no result."""
    return {
        seat.participant_id: seat.place
        for seat in lobby.placements.all()
        if seat.place is not None or seat.is_absent
    }


def _tell(
    action: str,
    *,
    actor: Actor,
    tournament: Tournament,
    lobby: Lobby,
    places: Mapping[int, int | None],
    before: Mapping[int, int | None],
) -> None:
    names = dict(tournament.participants.values_list("pk", "name"))
    then = {names[pk]: place for pk, place in before.items()}
    now = {names[pk]: place for pk, place in places.items()}
    trail.record(
        f"placement.{action}",
        actor=actor,
        target=lobby,
        changes={"placements": (then or None, now)},
    )
    recorded = events.lobby_result_recorded(
        action,
        tournament_id=tournament.pk,
        game=f"{lobby.game.day}.{lobby.game.number}",
        lobby=lobby.number,
        placements={name: place for name, place in now.items() if place is not None},
        absent=[name for name, place in now.items() if place is None],
        actor=actor,
    )
    emit(recorded)
