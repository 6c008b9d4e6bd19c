"""Rules and results of one tournament, read into the plain data of ``standings``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Self

from tournaments.models import Draw, Game, Participant, Placement, Stage, Tournament
from tournaments.querysets import TAKING_PART
from tournaments.standings import Cut, GameRef, GameResult, LobbyResult, Rules, StageRules

# Of one lobby: the place of each participant, None for who was absent.
Places = Mapping[int, int | None]
# A game: its number in the database, day, number, and the number and the lobbies of its draw.
GameRow = tuple[int, int, int, int | None, list[list[int]] | None]
# A seat: the game's number in the database, lobby, participant, place, whether absent.
SeatRow = tuple[int, int, int, int | None, bool]


@dataclass(frozen=True, slots=True)
class Seat:
    """One row of a lobby: ``place`` is set, or the participant was absent, or the game is open."""

    participant_id: int
    place: int | None
    is_absent: bool

    @property
    def is_judged(self) -> bool:
        return self.place is not None or self.is_absent


@dataclass(frozen=True, slots=True)
class LobbySheet:
    number: int
    seats: tuple[Seat, ...]

    @classmethod
    def of(cls, number: int, seats: Iterable[Seat]) -> Self:
        """Open seats stand as they were drawn; judged ones by place, the absent last.

        So lobbies with one result are equal, whoever wrote it down in which order.
        """
        rows = sorted(seats, key=_by_place)
        return cls(number, tuple(rows))

    @property
    def has_result(self) -> bool:
        return any(seat.place is not None for seat in self.seats)

    @property
    def places(self) -> dict[int, int | None]:
        """The result; a drawn seat that is still open is not in it."""
        return {seat.participant_id: seat.place for seat in self.seats if seat.is_judged}

    def result(self) -> LobbyResult:
        return LobbyResult(
            number=self.number,
            placements={seat.participant_id: seat.place for seat in self.seats if seat.place},
            absent=frozenset(seat.participant_id for seat in self.seats if seat.is_absent),
        )


def _by_place(seat: Seat) -> tuple[bool, int, int]:
    if not seat.is_judged:
        return False, 0, 0
    return seat.is_absent, seat.place or 0, seat.participant_id


@dataclass(frozen=True, slots=True)
class GameSheet:
    """``drawn_for`` is the game whose draw seated this one; none if nobody drew it here.

    ``drawn`` are those whom that draw named.
    """

    ref: GameRef
    lobbies: tuple[LobbySheet, ...]
    drawn_for: int | None
    drawn: frozenset[int] = frozenset()

    @property
    def is_drawn(self) -> bool:
        """Its lobbies were drawn here, so they are all there are."""
        return self.drawn_for is not None

    @property
    def may_be_skipped(self) -> bool:
        """It was only seated because the draw of an earlier game still held, and is not played."""
        return self.drawn_for not in {None, self.ref.game} and not self.has_result

    @property
    def has_result(self) -> bool:
        return any(lobby.has_result for lobby in self.lobbies)

    def lobby(self, number: int) -> LobbySheet | None:
        return next((lobby for lobby in self.lobbies if lobby.number == number), None)

    def with_lobby(self, lobby: LobbySheet) -> "GameSheet":
        others = [other for other in self.lobbies if other.number != lobby.number]
        lobbies = sorted([*others, lobby], key=attrgetter("number"))
        return replace(self, lobbies=tuple(lobbies))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that ``standings.compute`` needs, and names for people.

    ``participants`` are those in the standings, ``everybody`` is whoever registered. Games in which
    nobody sits are left out: at most there are results that wait to be confirmed.
    """

    tournament: Tournament
    rules: Rules
    stage_names: Mapping[int, str]
    everybody: Mapping[int, Participant]
    participants: Mapping[int, Participant]
    games: tuple[GameSheet, ...]

    def game(self, ref: GameRef) -> GameSheet | None:
        return next((game for game in self.games if game.ref == ref), None)

    def lobby(self, ref: GameRef, number: int) -> LobbySheet | None:
        game = self.game(ref)
        return game.lobby(number) if game else None

    def by_name(self, places: Places) -> dict[str, int | None]:
        """Places with the names of participants, the absent last."""
        rows = sorted(places.items(), key=lambda row: (row[1] is None, row[1] or 0, row[0]))
        return {self.everybody[pk].name: place for pk, place in rows}

    def with_game(self, game: GameSheet) -> Self:
        """The same event with this game, in place of the one of its number if there is one."""
        others = (other for other in self.games if other.ref != game.ref)
        games = tuple(sorted([*others, game], key=attrgetter("ref")))
        return replace(self, games=games, participants=_in_the_standings(self.everybody, games))

    def with_result(self, ref: GameRef, number: int, places: Places) -> Self:
        """The same event, had one lobby ended like this; games that it skips are gone."""
        game = self.game(ref) or GameSheet(ref, (), drawn_for=None)
        seats = (Seat(pk, place, is_absent=place is None) for pk, place in places.items())
        goes_on = (game for game in self.games if game.ref >= ref or not game.may_be_skipped)
        event = replace(self, games=tuple(goes_on))
        return event.with_game(game.with_lobby(LobbySheet.of(number, seats)))

    def results(self) -> list[GameResult]:
        return [
            GameResult(
                ref=game.ref,
                lobbies=tuple(lobby.result() for lobby in game.lobbies),
                complete=self._is_complete(game),
            )
            for game in self.games
        ]

    def _is_complete(self, game: GameSheet) -> bool:
        """All lobbies are in; of a game that nobody drew here, as many as the cuts have left."""
        judged = sum(seat.is_judged for lobby in game.lobbies for seat in lobby.seats)
        return (
            game.has_result
            and all(lobby.has_result for lobby in game.lobbies)
            and (game.is_drawn or judged >= self.field_of(game.ref))
        )

    def field_of(self, ref: GameRef) -> int:
        """How many play in this game: all who take part, or what the last cut before it left."""
        cuts = [cut for stage in self.rules.stages for cut in stage.cuts if cut.is_before(ref)]
        taking_part = sum(one.status in TAKING_PART for one in self.participants.values())
        return min([taking_part, *(cut.to for cut in cuts)])


def read(tournament: Tournament) -> Rulebook:
    """Four queries, however large the event is."""
    stages = list(Stage.objects.filter(tournament=tournament).order_by("number"))
    participants = {
        participant.pk: participant
        for participant in Participant.objects.filter(tournament=tournament)
        .select_related("user")
        .order_by("pk")
    }
    games = Game.objects.filter(tournament=tournament).values_list(
        "pk", "day", "number", "draw__number", "draw__lobbies"
    )
    seats = (
        Placement.objects.filter(lobby__game__tournament=tournament)
        .order_by("lobby__number", "pk")
        .values_list("lobby__game_id", "lobby__number", "participant_id", "place", "is_absent")
    )
    return assemble(tournament, stages, participants, games=list(games), seats=list(seats))


def assemble(
    tournament: Tournament,
    stages: Sequence[Stage],
    participants: Mapping[int, Participant],
    *,
    games: Sequence[GameRow],
    seats: Sequence[SeatRow],
) -> Rulebook:
    """The rulebook of rows that need not be in the database; seats in the order of their making."""
    sheets = _sheets(games, seats)
    return Rulebook(
        tournament=tournament,
        rules=rules_of(tournament, stages),
        stage_names={stage.number: stage.name for stage in stages},
        everybody=participants,
        participants=_in_the_standings(participants, sheets),
        games=sheets,
    )


def seated(ref: GameRef, draw: Draw, lobbies: Mapping[int, Sequence[int]]) -> GameSheet:
    """A game that ``draw`` has just seated."""
    return GameSheet(
        ref=ref,
        lobbies=tuple(
            LobbySheet(number, tuple(Seat(pk, None, is_absent=False) for pk in people))
            for number, people in sorted(lobbies.items())
        ),
        drawn_for=draw.number,
        drawn=_named(draw.lobbies),
    )


def _named(lobbies: Sequence[Sequence[int]] | None) -> frozenset[int]:
    return frozenset(one for lobby in lobbies or () for one in lobby)


def _in_the_standings(
    participants: Mapping[int, Participant], games: Sequence[GameSheet]
) -> Mapping[int, Participant]:
    """Who takes part, and who has withdrawn but has a seat: what was played stays."""
    seats = (seat for game in games for lobby in game.lobbies for seat in lobby.seats)
    seated = {seat.participant_id for seat in seats}
    return {
        pk: participant
        for pk, participant in participants.items()
        if participant.status in TAKING_PART or pk in seated
    }


def rules_of(tournament: Tournament, stages: Sequence[Stage]) -> Rules:
    return Rules(
        points=_points(tournament.points_table),
        chain=tuple(tournament.tie_chain),
        stages=tuple(
            StageRules(
                number=stage.number,
                name=stage.name,
                days=tuple(stage.days),
                cuts=tuple(Cut(cut["day"], cut["game"], cut["to"]) for cut in stage.cuts),
                threshold=stage.threshold,
                points=_points(stage.points_table) if stage.points_table is not None else None,
                chain=tuple(stage.tie_chain) if stage.tie_chain is not None else None,
                carries=stage.carries,
                games=stage.games_a_day,
            )
            for stage in stages
        ),
    )


def _points(table: Mapping[str, int]) -> dict[int, int]:
    return {int(place): points for place, points in table.items()}


def _sheets(games: Sequence[GameRow], seats: Sequence[SeatRow]) -> tuple[GameSheet, ...]:
    lobbies: dict[int, dict[int, list[Seat]]] = {}
    for game_id, lobby, participant_id, place, is_absent in seats:
        rows = lobbies.setdefault(game_id, {}).setdefault(lobby, [])
        rows.append(Seat(participant_id, place, is_absent))
    return tuple(
        GameSheet(
            ref=GameRef(day, number),
            lobbies=tuple(LobbySheet.of(*lobby) for lobby in sorted(lobbies[pk].items())),
            drawn_for=drawn_for,
            drawn=_named(drawn),
        )
        for pk, day, number, drawn_for, drawn in sorted(games, key=lambda game: game[1:3])
        if pk in lobbies
    )
