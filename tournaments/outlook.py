"""What may still happen: points to the cut, who is through, who is out, what the next game must be.

Pure functions, exact by these definitions. A participant's *maximum* are the points of now and the
best result in every game that is left until the next cut, or until the end of the stage where
none follows. *Clinched*: fewer than ``cut`` others can still reach the points of now, ties counted
against the participant. *Eliminated*: ``cut`` others already stand above the maximum. When no game
is left, the order has decided. Where the number of games is not known, as in a checkmate stage,
or points do not come first in the chain, what depends on it is None.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from tournaments.metrics import LOBBY_SIZE
from tournaments.standings import Cut, GameRef, Row, StageRules, Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """``points_to_cut`` is positive above the line: points ahead of the first who is out; below
    it negative: points behind the last who is in.

    ``needed_place``: this place in the next game, or a better one, makes sure of the cut, whoever
    plays whom and whatever the others do, ties counted against the participant; in a checkmate
    stage it puts in check, and whoever is in check needs to win. None if it is not needed, if no
    place is enough, or while a game is in play.
    """

    points_to_cut: int | None = None
    max_points: int | None = None
    clinched: bool | None = None
    eliminated: bool | None = None
    needed_place: int | None = None


CUT_ALREADY = Outlook(clinched=False, eliminated=True)


def look_ahead(
    standing: Standings,
    stage: StageRules | None,
    points: Mapping[int, int],
    *,
    seats: int = LOBBY_SIZE,
) -> dict[int, Outlook]:
    """The outlook of every participant after ``standing``, by number.

    ``stage`` is the one in which the standing stands, ``points`` are those of its places, ``seats``
    are those of a lobby.
    """
    outlooks = {row.participant: CUT_ALREADY for row in standing.rows}
    still_in = [row for row in standing.rows if not row.eliminated]
    if stage is None or standing.champion is not None:
        return outlooks | {row.participant: Outlook() for row in still_in}
    race = _Race(standing, still_in, {place: points.get(place, 0) for place in range(1, seats + 1)})
    cut = standing.cut if standing.chain[:1] == ("points",) else None
    left = games_left_of(standing, stage)
    lines = None if cut is None else race.lines(cut)
    for row in still_in:
        outlooks[row.participant] = Outlook(
            points_to_cut=None if cut is None or lines is None else lines.distance(row, cut),
            max_points=None if left is None else race.maximum(row, left),
            clinched=None if cut is None or left is None else race.is_through(row, cut, left),
            eliminated=None if cut is None or left is None else race.is_out(row, cut, left),
            needed_place=race.needed_place(row, stage.threshold, cut, left),
        )
    return outlooks


def next_cut(stage: StageRules, after: GameRef) -> Cut | None:
    """The first cut of the stage that no game up to ``after`` has put into effect."""
    ahead = [cut for cut in stage.cuts if not cut.is_before(after)]
    return min(ahead, key=attrgetter("moment"), default=None)


def games_left_of(standing: Standings, stage: StageRules | None) -> int | None:
    """As ``games_left`` after the newest game; one that is in play is not among them."""
    if stage is None or standing.after is None or standing.champion is not None:
        return None
    return games_left(stage, standing.after)


def games_left(stage: StageRules, after: GameRef) -> int | None:
    """Games of the stage after ``after`` up to its next cut, or to its end; None: not known."""
    if stage.threshold is not None:
        return None
    cut = next_cut(stage, after)
    last = max(stage.days) if cut is None else cut.day
    left = 0
    for day in stage.days:
        if not after.day <= day <= last:
            continue
        is_cut_short = cut is not None and cut.day == day and cut.game is not None
        games = cut.game if is_cut_short and cut is not None else stage.games
        if games is None:
            return None
        left += max(0, games - (after.game if day == after.day else 0))
    return left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """The points of those who stand next to a cut, above and below it."""

    last_in: int
    first_out: int

    def distance(self, row: Row, cut: int) -> int:
        return row.total_points - (self.first_out if row.rank <= cut else self.last_in)


class _Race:
    """Those who are still in, on their way to a cut, or to the end of their stage."""

    def __init__(self, standing: Standings, rows: Sequence[Row], points: Mapping[int, int]) -> None:
        self._is_in_play = not standing.complete
        self._round = len(standing.rounds)
        self._rows = rows
        self._points = points
        self._best = max(0, *points.values())
        self._totals = sorted(row.total_points for row in rows)
        self._maxima: dict[int, list[int]] = {}  # by the games that are left

    def maximum(self, row: Row, left: int) -> int:
        is_awaited = self._is_in_play and self._round not in row.round_scores
        return row.total_points + self._best * (left + is_awaited)

    def lines(self, cut: int) -> "_Lines | None":
        """None if the cut ends nobody."""
        outside = [row.total_points for row in self._rows if row.rank > cut]
        if not outside:
            return None
        inside = [row.total_points for row in self._rows if row.rank <= cut]
        return _Lines(last_in=min(inside), first_out=max(outside))

    def is_through(self, row: Row, cut: int, left: int) -> bool:
        if self._is_decided(left):
            return row.rank <= cut
        # the participant is among those who can reach these points
        return _at_least(self._sorted_maxima(left), row.total_points) - 1 < cut

    def is_out(self, row: Row, cut: int, left: int) -> bool:
        if self._is_decided(left):
            return row.rank > cut
        return _at_least(self._totals, self.maximum(row, left) + 1) >= cut

    def needed_place(
        self, row: Row, threshold: int | None, cut: int | None, left: int | None
    ) -> int | None:
        if self._is_in_play:
            return None
        if threshold is not None:
            return self._place_for_checkmate(row, threshold)
        if cut is None or not left:
            return None
        if self.is_through(row, cut, left) or self.is_out(row, cut, left):
            return None
        needed = None
        for place in self._seats():
            if not self._makes_sure(row, place, cut, left):
                break
            needed = place
        return needed

    def _is_decided(self, left: int) -> bool:
        return left == 0 and not self._is_in_play

    def _sorted_maxima(self, left: int) -> list[int]:
        if left not in self._maxima:
            self._maxima[left] = sorted(self.maximum(row, left) for row in self._rows)
        return self._maxima[left]

    def _place_for_checkmate(self, row: Row, threshold: int) -> int | None:
        if row.in_check:
            return 1
        missing = threshold - row.total_points
        return max((at for at, points in self._points.items() if points >= missing), default=None)

    def _seats(self) -> dict[int, int]:
        """How often a game gives each place: lobbies are as full, and as equal, as can be."""
        lobbies = math.ceil(len(self._rows) / len(self._points))
        full, over = divmod(len(self._rows), lobbies)
        return {place: lobbies for place in self._points if place <= full} | (
            {full + 1: over} if over else {}
        )

    def _makes_sure(self, row: Row, place: int, cut: int, left: int) -> bool:
        """Whether fewer than ``cut`` others can reach the participant after ``place``.

        The others want points of the next game too, and each place is given to one of a lobby.
        Those who need most choose first, as what is enough for them is enough for everybody.
        """
        target = row.total_points + self._points[place]
        # what they must have after the next game to reach the target in those that follow
        wanted = target - self._best * (left - 1)
        seats = self._seats()
        seats[place] -= 1
        worths = sorted({0, *(self._points[one] for one in seats)}, reverse=True)
        reaching = free = 0
        for worth, less in pairwise(worths):
            free += sum(count for one, count in seats.items() if self._points[one] == worth)
            # who gets there with this many points, and not with fewer
            low, high = wanted - worth, wanted - less
            wanting = _at_least(self._totals, low) - _at_least(self._totals, high)
            wanting -= low <= row.total_points < high
            taken = min(wanting, free)
            reaching, free = reaching + taken, free - taken
        reaching += _at_least(self._totals, wanted) - (row.total_points >= wanted)
        return reaching < cut


def _at_least(ordered: Sequence[int], points: int) -> int:
    """How many of the numbers, which are in order, are not below ``points``."""
    return len(ordered) - bisect_left(ordered, points)
