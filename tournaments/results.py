"""Entering the result of a lobby: the write that a live show turns on."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from tournaments import events, rulebook, scoreboard
from tournaments.errors import EventDecidedError, GameNotFoundError, GameOutOfOrderError
from tournaments.models import Game, Lobby, Participant, Placement, Stage, Tournament
from tournaments.services import lock_tournament, publish_standings
from tournaments.standings import LOBBY_SIZE, GameRef


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

    Raises ``InvalidFieldsError`` (which names the player), ``GameNotFoundError``,
    ``GameOutOfOrderError``, ``EventDecidedError``, ``TournamentNotFoundError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        places = _resolve(tournament, result)
        stage = _stage_of(tournament, result.ref)
        _refuse_out_of_order(tournament, result.ref)
        _refuse_decided(tournament, result.ref)
        game, _ = Game.objects.get_or_create(
            tournament=tournament,
            day=result.ref.day,
            number=result.ref.game,
            defaults={"stage": stage},
        )
        lobby, _ = Lobby.objects.get_or_create(game=game, number=result.lobby)
        before = _seats(lobby)
        if before == places:
            return False
        _refuse_seated_elsewhere(lobby, tournament, places)
        replace_seats(lobby, places)
        action = "corrected" if any(place for place in before.values()) else "recorded"
        _tell(action, actor=actor, tournament=tournament, lobby=lobby, result=result, before=before)
        publish_standings(tournament=tournament, source="results")
        return True


def replace_seats(lobby: Lobby, places: Mapping[int, int | None]) -> None:
    """Fill a lobby: participant to place, ``None`` for whoever did not show up."""
    lobby.placements.all().delete()
    Placement.objects.bulk_create(
        Placement(lobby=lobby, participant_id=pk, place=place, is_absent=place is None)
        for pk, place in places.items()
    )


def by_name(participants: Sequence[Participant]) -> dict[str, Participant]:
    """Every name and every other spelling of the participants."""
    return {
        name: participant
        for participant in participants
        for name in (*participant.aliases, participant.name)
    }


def _resolve(tournament: Tournament, result: LobbyResult) -> dict[int, int | None]:
    """Participant to place, absent to ``None``; every fault of the result is named at once."""
    known = by_name(list(tournament.participants.all()))
    errors: dict[str, list[str]] = {}
    places: dict[int, int | None] = {}
    taken: dict[int, str] = {}
    for name, place in result.placements.items():
        path = f"placements.{name}"
        if place in taken:
            errors.setdefault(path, []).append(f"Place {place} is given to {taken[place]} too.")
        taken.setdefault(place, name)
        _seat(known, name, place, path=path, places=places, errors=errors)
    for name in result.absent:
        _seat(known, name, None, path=f"absent.{name}", places=places, errors=errors)
    if not errors and sorted(taken) != list(range(1, len(taken) + 1)):
        missing = next(place for place in range(1, LOBBY_SIZE + 1) if place not in taken)
        errors["placements"] = [f"The places have a gap: nobody is {missing}."]
    if errors:
        raise InvalidFieldsError(errors)
    return places


def _seat(
    known: Mapping[str, Participant],
    name: str,
    place: int | None,
    *,
    path: str,
    places: dict[int, int | None],
    errors: dict[str, list[str]],
) -> None:
    participant = known.get(name)
    if participant is None:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        errors.setdefault(path, []).append(f"No participant is called {name}.{hint}")
    elif participant.pk in places:
        errors.setdefault(path, []).append(f"{participant.name} is named twice.")
    else:
        places[participant.pk] = place


def _stage_of(tournament: Tournament, ref: GameRef) -> Stage:
    stages = list(tournament.stages.all())
    stage = next((stage for stage in stages if ref.day in stage.days), None)
    if stage is None:
        days = sorted(day for stage in stages for day in stage.days)
        raise GameNotFoundError(game=str(ref), days=", ".join(map(str, days)))
    return stage


def _refuse_out_of_order(tournament: Tournament, ref: GameRef) -> None:
    """A new game must be the next one of its day, or the first of the next day."""
    games = [GameRef(*pair) for pair in tournament.games.values_list("day", "number")]
    if ref in games or (ref.game == 1 and all(game < ref for game in games)):
        return
    newest = max((game for game in games if game.day == ref.day), default=GameRef(ref.day, 0))
    upcoming = GameRef(ref.day, newest.game + 1)
    if ref != upcoming:
        raise GameOutOfOrderError(game=str(ref), next_game=str(upcoming))


def _refuse_decided(tournament: Tournament, ref: GameRef) -> None:
    book = rulebook.read(tournament)
    standing = scoreboard.compute(book)
    stage = next((stage for stage in book.rules.stages if stage.number == standing.stage), None)
    if standing.champion is None or standing.after is None or stage is None:
        return
    if ref > standing.after and ref.day in stage.days:
        champion = book.participants[standing.champion].name
        raise EventDecidedError(game=str(ref), champion=champion, decided_in=str(standing.after))


def _refuse_seated_elsewhere(
    lobby: Lobby, tournament: Tournament, places: Mapping[int, int | None]
) -> None:
    others = (
        Placement.objects.filter(lobby__game=lobby.game, participant_id__in=list(places))
        .exclude(lobby=lobby)
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
    result: LobbyResult,
    before: Mapping[int, int | None],
) -> None:
    names = dict(tournament.participants.values_list("pk", "name"))
    old = {names[pk]: place for pk, place in before.items()}
    new = dict(result.placements) | dict.fromkeys(result.absent)
    trail.record(
        f"placement.{action}",
        actor=actor,
        target=lobby,
        changes={"placements": (old or None, new)},
    )
    emit(
        events.lobby_result_recorded(
            action,
            tournament_id=tournament.pk,
            game=str(result.ref),
            lobby=result.lobby,
            placements=result.placements,
            absent=list(result.absent),
            actor=actor,
        )
    )
