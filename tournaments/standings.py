"""Who stands where after which game: pure functions over plain data.

Nothing in here reads a database, a clock or a file, so a standing is the same wherever and
whenever it is computed. Participants are numbers; whether one is a player or a team is the
business of the caller.

Words: a *game* is played in several *lobbies* at once; a *stage* is a group of days whose points
count together, and a new stage starts from zero unless it *carries* what came before it; a *round*
is the number of a game counted through the whole event; the *chain* is the list of metrics that
orders a standing, first difference wins. Who is equal in all of them shares a rank: 1, 2, 2, 4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from tournaments.metrics import (
    DEFAULT_CHAIN,
    LOBBY_SIZE,
    METRICS,
    NO_PLACE,
    MetricValue,
    Tally,
    UnknownMetricError,
)
from tournaments.rules import Cut, GameRef, GameResult, LobbyResult, Rules, StageRules

__all__ = [
    "DEFAULT_CHAIN",
    "LOBBY_SIZE",
    "METRICS",
    "Cut",
    "GameRef",
    "GameResult",
    "LobbyResult",
    "Row",
    "Rules",
    "StageRules",
    "StageSoFar",
    "Standings",
    "UnknownMetricError",
    "compute",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where one participant stands.

    ``total_points`` and ``metrics`` are those of the current stage with what it carries, or of the
    stage in which the participant was cut; ``event_points`` is the sum of all stages.
    ``round_scores`` has the rounds that the participant played or was absent in (0).
    ``rank_change`` is positive for a rise since the game before in this stage; None in the first
    game of a stage that starts from zero, and for whoever has no result in the newest game.
    ``in_check`` looks at the next game. ``cuts_ago`` is 1 for those whom the newest cut ended, 2
    for those of the cut before it, 0 for whoever is still in.
    """

    rank: int
    tied: bool
    participant: int
    total_points: int
    event_points: int
    round_scores: Mapping[int, int]
    rank_change: int | None
    in_check: bool
    champion: bool
    cuts_ago: int
    metrics: Mapping[str, MetricValue]

    @property
    def eliminated(self) -> bool:
        return self.cuts_ago > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSoFar:
    """What was played of one stage.

    Its points are those of its own ``rounds`` and of those that it ``carried`` from before.
    ``players`` are those who took part: all but whom earlier stages cut. ``order`` is how it ended,
    best first, those who shared a rank together; None while it is in play.
    """

    number: int
    rounds: tuple[int, ...]
    carried: tuple[int, ...]
    players: int
    order: tuple[tuple[int, ...], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The order after the newest game that counts (``after``), best first.

    Before any result ``after``, ``stage`` and ``cut`` are None and ``complete`` is True. ``rounds``
    holds every game up to ``after``, so that round n is ``rounds[n - 1]``. ``cut`` is how many the
    next cut of this stage lets go on; it stays the same until a game after that cut has a result.
    ``stages`` are those that have begun, in the order of play, the one in play last.
    """

    after: GameRef | None
    complete: bool
    stage: int | None
    chain: tuple[str, ...]
    rounds: tuple[GameRef, ...]
    cut: int | None
    champion: int | None
    stages: tuple[StageSoFar, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """One participant in an order, with what put them there."""

    participant: int
    key: tuple[Any, ...]
    total_points: int
    metrics: Mapping[str, MetricValue]


def _ranked(placed: Iterable[_Placed], *, above: int = 0) -> Iterator[tuple[int, bool, _Placed]]:
    """Give rank and "is it shared" to an ordered block that has ``above`` participants over it."""
    for _, group in groupby(placed, key=attrgetter("key")):
        equals = list(group)
        for member in equals:
            yield above + 1, len(equals) > 1, member
        above += len(equals)


class _Walk:
    """The event up to some game: its games are played into it one after the other."""

    def __init__(
        self,
        rules: Rules,
        participants: Iterable[int],
        manual_ranks: Mapping[int, int],
        seeds: Mapping[int, int],
    ) -> None:
        self._rules = rules
        self._metrics = [(name, METRICS[name]) for name in rules.chain]
        self._points = rules.points
        self._stage_of_day = {day: stage for stage in rules.stages for day in stage.days}
        self._manual_ranks = manual_ranks
        self._seeds = seeds
        self._still_in = set(participants)
        self._eliminated: list[list[_Placed]] = []  # the newest cut first
        self.round_scores: dict[int, dict[int, int]] = {
            participant: {} for participant in self._still_in
        }
        self.round = 0  # the newest one played
        self.stage: StageRules | None = None
        self.champion: int | None = None
        self.cuts_ahead: list[Cut] = []
        self._ended: dict[int, StageSoFar] = {}
        self._cuts_before = 0  # those of earlier stages
        self._rounds: tuple[int, ...] = ()
        self._carried: tuple[int, ...] = ()
        self._start_tallies()

    def stage_of(self, game: GameResult) -> StageRules:
        stage = self._stage_of_day.get(game.ref.day)
        if stage is None:
            raise ValueError(f"Day {game.ref.day} belongs to no stage.")
        return stage

    def goes_on_in(self, stage: StageRules) -> bool:
        """Whether what was played so far counts in ``stage``."""
        return stage is self.stage or (self.stage is not None and stage.carries)

    def in_check(self) -> set[int]:
        """Who would be champion by winning the next game; nobody once there is one."""
        if self.stage is None or self.stage.threshold is None or self.champion is not None:
            return set()
        threshold = self.stage.threshold
        return {
            participant
            for participant in self._still_in
            if self._tallies[participant].points >= threshold
        }

    def play(self, number: int, game: GameResult) -> None:
        """Count ``game`` as round ``number``; the cuts that lie before it take effect first."""
        while self.cuts_ahead and self.cuts_ahead[0].is_before(game.ref):
            self._apply(self.cuts_ahead.pop(0))
        self._enter(self.stage_of(game), game.ref)
        self.round = number
        self._rounds += (number,)
        in_check = self.in_check()
        for tally in self._tallies.values():
            tally.places.append(NO_PLACE)
        # by number, so that of two lobbies the first names the champion, however they were given
        for lobby in sorted(game.lobbies, key=attrgetter("number")):
            if not lobby.placements:
                continue
            for participant, place in lobby.placements.items():
                self._score(participant, place, self._points.get(place, 0))
                if place == 1 and participant in in_check and self.champion is None:
                    self.champion = participant
            for participant in lobby.absent:
                self._score(participant, NO_PLACE, 0)

    def ranks(self) -> dict[int, int]:
        return {placed.participant: rank for rank, _, placed, _ in self.standing()}

    def standing(self) -> Iterator[tuple[int, bool, _Placed, int]]:
        """Rank, is it shared, participant, how many cuts ago: best first, those cut last first."""
        above = 0
        for cuts_ago, block in enumerate((self._order(), *self._eliminated)):
            for rank, tied, placed in _ranked(block, above=above):
                yield rank, tied, placed, cuts_ago
            above += len(block)

    def stages(self) -> tuple[StageSoFar, ...]:
        """Those that have begun, the one in play last."""
        if self.stage is None:
            return ()
        return (*self._ended.values(), self._so_far(self.stage))

    def _so_far(self, stage: StageRules, *, has_ended: bool = False) -> StageSoFar:
        cut_here = self._eliminated[: len(self._eliminated) - self._cuts_before]
        order = None
        if has_ended:
            order = tuple(
                tuple(placed.participant for placed in equals)
                for block in (self._order(), *cut_here)
                for _, equals in groupby(block, key=attrgetter("key"))
            )
        return StageSoFar(
            number=stage.number,
            rounds=self._rounds,
            carried=self._carried,
            players=len(self._still_in) + sum(map(len, cut_here)),
            order=order,
        )

    def _start_tallies(self) -> None:
        # everybody gets one, the eliminated too: a substitute may come back in a later game
        self._tallies = {
            participant: Tally(self._seeds.get(participant), self._manual_ranks.get(participant))
            for participant in self.round_scores
        }

    def _enter(self, stage: StageRules, ref: GameRef) -> None:
        if self.stage is stage:
            return
        if self.stage is not None:
            self._ended[self.stage.number] = self._so_far(self.stage, has_ended=True)
        starts_anew = not self.goes_on_in(stage)
        self._ended.pop(stage.number, None)  # its days lie around those of another stage
        self._cuts_before = len(self._eliminated)
        self._carried = () if starts_anew else self._carried + self._rounds
        self._rounds = ()
        self.stage = stage
        self.champion = None
        self._points = self._rules.points_in(stage)
        self._metrics = [(name, METRICS[name]) for name in self._rules.chain_in(stage)]
        # a cut before the first game with results found nobody in any order
        ahead = (cut for cut in stage.cuts if not cut.is_before(ref))
        self.cuts_ahead = sorted(ahead, key=attrgetter("moment"))
        if starts_anew:
            self._start_tallies()

    def _score(self, participant: int, place: int, points: int) -> None:
        scores = self.round_scores.get(participant)
        if scores is None:
            raise ValueError(f"{participant} has a result but is no participant.")
        if self.round in scores:
            raise ValueError(f"{participant} has two results in one game.")
        scores[self.round] = points
        self._tallies[participant].add(place, points)
        if participant not in self._still_in:
            self._take_back(participant)

    def _take_back(self, participant: int) -> None:
        """Who plays on was not cut, whatever the rank at the cut: substitutes move up."""
        self._still_in.add(participant)
        self._eliminated = [
            [placed for placed in block if placed.participant != participant]
            for block in self._eliminated
        ]

    def _apply(self, cut: Cut) -> None:
        gone = [placed for rank, _, placed in _ranked(self._order()) if rank > cut.to]
        self._still_in.difference_update(placed.participant for placed in gone)
        self._eliminated.insert(0, gone)

    def _order(self) -> list[_Placed]:
        placed = [self._place(participant) for participant in self._still_in]
        # the participant's number only keeps the output stable inside a shared rank
        return sorted(placed, key=attrgetter("key", "participant"))

    def _place(self, participant: int) -> _Placed:
        tally = self._tallies[participant]
        metrics = {name: metric.value(tally) for name, metric in self._metrics}
        key = tuple(metric.sort_key(metrics[name]) for name, metric in self._metrics)
        # False sorts first: a champion stands above all, whatever the chain says
        return _Placed(participant, (participant != self.champion, *key), tally.points, metrics)


def compute(
    rules: Rules,
    participants: Iterable[int],
    games: Iterable[GameResult],
    *,
    after: GameRef | None = None,
    manual_ranks: Mapping[int, int] | None = None,
    seeds: Mapping[int, int] | None = None,
) -> Standings:
    """Order ``participants`` by what they did in ``games``, up to and including ``after``.

    The order in which participants, games and lobbies are given changes nothing. A cut moves
    nobody before a game that follows it has a result; then those who did not go on stand below
    all others as they stood at the cut. Once a checkmate stage has its champion, no later game of
    that stage counts.

    Raises ``UnknownMetricError`` for the chain and ``ValueError`` for results that contradict
    themselves: a stranger, a participant or a game twice, a day that belongs to no stage.
    """
    chains = dict.fromkeys(
        name for stage in (None, *rules.stages) for name in rules.chain_in(stage)
    )
    unknown = [name for name in chains if name not in METRICS]
    if unknown:
        raise UnknownMetricError(f"Unknown metrics in the chain: {', '.join(unknown)}.")
    in_order = sorted(games, key=attrgetter("ref"))
    for earlier, later in pairwise(in_order):
        if earlier.ref == later.ref:
            raise ValueError(f"Game {later.ref} is given twice.")
    walk = _Walk(rules, participants, manual_ranks or {}, seeds or {})
    ranks_before = _play_all(walk, in_order, after)
    newest = in_order[walk.round - 1] if walk.round else None
    return Standings(
        after=newest.ref if newest else None,
        complete=newest.complete if newest else True,
        stage=walk.stage.number if walk.stage else None,
        chain=rules.chain_in(walk.stage),
        rounds=tuple(game.ref for game in in_order[: walk.round]),
        cut=walk.cuts_ahead[0].to if walk.cuts_ahead else None,
        champion=walk.champion,
        stages=walk.stages(),
        rows=_rows(walk, ranks_before),
    )


def _play_all(
    walk: _Walk, in_order: Sequence[GameResult], after: GameRef | None
) -> Mapping[int, int] | None:
    """Play what counts and give the ranks before its newest game: None if that opens a stage."""
    counting = [
        (number, game)
        for number, game in enumerate(in_order, start=1)
        if game.has_results and (after is None or game.ref <= after)
    ]
    ranks_before = None
    for number, game in counting:
        stage = walk.stage_of(game)
        if stage is walk.stage and walk.champion is not None:
            continue
        # an order costs more than a game: take it only where no later game may count
        may_be_newest = game is counting[-1][1] or bool(walk.in_check())
        ranks_before = walk.ranks() if walk.goes_on_in(stage) and may_be_newest else None
        walk.play(number, game)
    return ranks_before


def _rows(walk: _Walk, ranks_before: Mapping[int, int] | None) -> tuple[Row, ...]:
    in_check = walk.in_check()
    rows = []
    for rank, tied, placed, cuts_ago in walk.standing():
        participant = placed.participant
        scores = walk.round_scores[participant]
        has_played = walk.round in scores
        rows.append(
            Row(
                rank=rank,
                tied=tied,
                participant=participant,
                total_points=placed.total_points,
                event_points=sum(scores.values()),
                round_scores=scores,
                rank_change=ranks_before[participant] - rank
                if ranks_before and has_played
                else None,
                in_check=participant in in_check,
                champion=participant == walk.champion,
                cuts_ago=cuts_ago,
                metrics=placed.metrics,
            )
        )
    return tuple(rows)
