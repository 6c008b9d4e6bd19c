"""Rules and results of one tournament, read into the plain data of ``standings``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tournaments.models import Game, Participant, Placement, Stage, Tournament
from tournaments.querysets import TAKING_PART
from tournaments.standings import Cut, GameRef, GameResult, LobbyResult, Rules, StageRules


@dataclass(frozen=True, slots=True)
class Seat:
    """One row of a lobby: ``place`` is set, or the participant was absent, or the game is open."""

    participant_id: int
    place: int | None
    is_absent: bool


@dataclass(frozen=True, slots=True)
class LobbySheet:
    number: int
    seats: tuple[Seat, ...]

    @property
    def has_result(self) -> bool:
        return any(seat.place is not None for seat in self.seats)

    def result(self) -> LobbyResult:
        return LobbyResult(
            number=self.number,
            placements={seat.participant_id: seat.place for seat in self.seats if seat.place},
            absent=frozenset(seat.participant_id for seat in self.seats if seat.is_absent),
        )


@dataclass(frozen=True, slots=True)
class GameSheet:
    """``drawn_for`` is the game whose draw seated this one; none if nobody drew it here."""

    ref: GameRef
    lobbies: tuple[LobbySheet, ...]
    drawn_for: int | None

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


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that ``standings.compute`` needs, and names for people."""

    tournament: Tournament
    rules: Rules
    stage_names: Mapping[int, str]
    participants: Mapping[int, Participant]
    games: tuple[GameSheet, ...]

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
        judged = sum(
            seat.place is not None or seat.is_absent
            for lobby in game.lobbies
            for seat in lobby.seats
        )
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
        "pk", "day", "number", "draw__number"
    )
    seats = (
        Placement.objects.filter(lobby__game__tournament=tournament)
        .order_by("lobby__number", "pk")
        .values_list("lobby__game_id", "lobby__number", "participant_id", "place", "is_absent")
    )
    sheets = _sheets(list(games), list(seats))
    return Rulebook(
        tournament=tournament,
        rules=rules_of(tournament, stages),
        stage_names={stage.number: stage.name for stage in stages},
        participants=_in_the_standings(participants, sheets),
        games=sheets,
    )


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


def _sheets(
    games: Sequence[tuple[int, int, int, int | None]],
    seats: Sequence[tuple[int, int, int, int | None, bool]],
) -> tuple[GameSheet, ...]:
    lobbies: dict[int, dict[int, list[Seat]]] = {pk: {} for pk, *_ in games}
    for game_id, lobby, participant_id, place, is_absent in seats:
        lobbies[game_id].setdefault(lobby, []).append(Seat(participant_id, place, is_absent))
    return tuple(
        GameSheet(
            ref=GameRef(day, number),
            lobbies=tuple(
                LobbySheet(number=lobby, seats=tuple(rows))
                for lobby, rows in sorted(lobbies[pk].items())
            ),
            drawn_for=drawn_for,
        )
        for pk, day, number, drawn_for in sorted(games, key=lambda game: game[1:3])
    )
