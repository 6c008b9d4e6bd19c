"""What corrected results would change: read from the event before and after, written nowhere.

Everything is plain data, ready for the wire; participants are named as they are called now.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from gal_dashboard.core.wire import dumps
from tournaments import draws, scoreboard, seating
from tournaments.choices import DrawRule
from tournaments.judging import Entry, Judged
from tournaments.models import Draw
from tournaments.querysets import TAKING_PART
from tournaments.rulebook import Places, Rulebook
from tournaments.standings import Cut, GameRef, Row, StageRules, Standings

Body = dict[str, Any]


def of_correction(before: Rulebook, judged: Judged, held: Iterable[Draw]) -> Body:
    """What ``judged`` would change in the event that is ``before``.

    ``held`` are the draws that hold now. ``fingerprint`` is another one as soon as anything of the
    rest would be another.
    """
    comparison = _Comparison(before, judged.book)
    found = {
        "lobbies": [_lobby(judged.book, entry) for entry in judged.entries],
        "standings": comparison.rows(),
        "champion": comparison.champion(),
        "cuts": comparison.cuts(),
        "draws": [one for draw in held if (one := comparison.draw(draw)) is not None],
    }
    return {"fingerprint": sha256(dumps(found)).hexdigest()[:16], **found}


def _lobby(book: Rulebook, entry: Entry) -> Body:
    return {
        "game": str(entry.ref),
        "lobby": entry.lobby,
        "before": outcome(book, entry.before),
        "after": outcome(book, entry.after),
    }


def outcome(book: Rulebook, places: Places) -> Body:
    """A result as it is sent: places by name, and who was absent."""
    said = book.by_name(places)
    return {
        "placements": {name: place for name, place in said.items() if place is not None},
        "absent": [name for name, place in said.items() if place is None],
    }


class _Event:
    """One of the two, each standing of it computed once."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._standings: dict[GameRef | None, Standings] = {}

    def standing(self, after: GameRef | None = None) -> Standings:
        if after not in self._standings:
            self._standings[after] = scoreboard.compute(self.book, after=after)
        return self._standings[after]

    def through(self, cut: Cut, after: GameRef) -> set[int]:
        """Who is above the line by the standing after this game."""
        rows = self.standing(after).rows
        return {row.participant for row in rows if not row.eliminated and row.rank <= cut.to}

    def drawn_from(self, people: set[int], after: GameRef, ref: GameRef) -> list[int]:
        """Who would be drawn for game ``ref``, best first, where ``people`` were.

        A cut between takes the first of those who could be drawn: also of those who have withdrawn
        since. Without a cut the same people are dealt anew, whoever came late.
        """
        rows = self.standing(after).rows
        cuts = seating.cuts_between(self.book, after, ref)
        if not cuts:
            return seating.in_order(self.book, [row for row in rows if row.participant in people])
        everybody = self.book.participants
        could = [
            row
            for row in rows
            if not row.eliminated
            and (row.participant in people or everybody[row.participant].status in TAKING_PART)
        ]
        return seating.in_order(self.book, could)[: min(cut.to for cut in cuts)]


class _Comparison:
    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        self._before = _Event(before)
        self._after = _Event(after)
        self._played = [game.ref for game in before.games if game.has_result]

    def rows(self) -> list[Body]:
        """Participants who would stand elsewhere or otherwise, in the order of after."""
        then = {row.participant: _standing(row) for row in self._before.standing().rows}
        now = {row.participant: _standing(row) for row in self._after.standing().rows}
        return [
            {
                "participant_id": pk,
                "player_name": self._name(pk),
                "before": then.get(pk),
                "after": now.get(pk),
            }
            for pk in (*now, *sorted(then.keys() - now.keys()))
            if then.get(pk) != now.get(pk)
        ]

    def champion(self) -> Body | None:
        then, now = self._before.standing().champion, self._after.standing().champion
        if then == now:
            return None
        return {"before": self._maybe_person(then), "after": self._maybe_person(now)}

    def cuts(self) -> list[Body]:
        """Every cut that is decided already, in the order of play."""
        return [
            self._cut(cut, last)
            for stage in self._before.book.rules.stages
            for cut in sorted(stage.cuts, key=lambda cut: cut.moment)
            if (last := self._last_before(cut, stage)) is not None and self._is_decided(cut, stage)
        ]

    def draw(self, draw: Draw) -> Body | None:
        """A draw by which others would meet now; ``None`` if the correction changes nothing of it.

        By hand nobody knows who would: any other order is told.
        """
        if not draw.after:
            return None
        after, ref = GameRef.parse(draw.after), GameRef(draw.day, draw.number)
        people = {pk for lobby in draw.lobbies for pk in lobby}
        then = self._before.drawn_from(people, after, ref)
        now = self._after.drawn_from(people, after, ref)
        would_be = None if draw.rule == DrawRule.MANUAL else self._dealt(draw, now)
        if then == now:
            return None
        if would_be is not None and _same_lobbies(would_be, self._dealt(draw, then)):
            return None
        return {
            "draw_id": draw.pk,
            "game": str(ref),
            "rule": draw.rule,
            "after": draw.after,
            "is_played": self._is_played(draw),
            "drawn": self._lobbies(draw.lobbies),
            "would_be": None if would_be is None else self._lobbies(would_be),
        }

    def _cut(self, cut: Cut, last: GameRef) -> Body:
        then, now = self._before.through(cut, last), self._after.through(cut, last)
        return {
            "day": cut.day,
            "game": cut.game,
            "to": cut.to,
            "is_played": any(cut.is_before(ref) for ref in self._played),
            "comes_in": [self._person(pk) for pk in sorted(now - then)],
            "falls_out": [self._person(pk) for pk in sorted(then - now)],
        }

    def _last_before(self, cut: Cut, stage: StageRules) -> GameRef | None:
        """The newest game of the stage that counts for the cut."""
        counting = (ref for ref in self._played if ref.day in stage.days and not cut.is_before(ref))
        return max(counting, default=None)

    def _is_decided(self, cut: Cut, stage: StageRules) -> bool:
        """A game after it is drawn or played, or the last game before it is complete."""
        book = self._before.book
        last = GameRef(cut.day, cut.game or stage.games or 0)
        return any(cut.is_before(game.ref) for game in book.games) or any(
            result.ref == last and result.complete for result in book.results()
        )

    def _dealt(self, draw: Draw, order: list[int]) -> list[list[int]]:
        if not order:  # all of them have withdrawn without a game
            return []
        count = draws.lobbies_needed(len(order), self._after.book.tournament.lobby_size)
        return seating.dealt(draw.rule, order, count, draw.seed)

    def _is_played(self, draw: Draw) -> bool:
        return any(
            game.has_result and game.ref.day == draw.day and game.drawn_for == draw.number
            for game in self._before.book.games
        )

    def _lobbies(self, lobbies: Sequence[Sequence[int]]) -> list[Body]:
        return [
            {"lobby": number, "seats": [self._person(pk) for pk in lobby]}
            for number, lobby in enumerate(lobbies, start=1)
        ]

    def _name(self, pk: int) -> str:
        """Empty for somebody whom a draw names and who was removed since."""
        participant = self._after.book.everybody.get(pk)
        return participant.name if participant else ""

    def _person(self, pk: int) -> Body:
        return {"participant_id": pk, "name": self._name(pk)}

    def _maybe_person(self, pk: int | None) -> Body | None:
        return None if pk is None else self._person(pk)


def _same_lobbies(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> bool:
    """Who meets whom, in whatever order they stand there."""
    return [set(lobby) for lobby in one] == [set(lobby) for lobby in other]


def _standing(row: Row) -> Body:
    return {
        "rank": row.rank,
        "tied": row.tied,
        "total_points": row.total_points,
        "status": scoreboard.status_of(row),
    }
