"""What holds of the standings of any event."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.event_files import CROWN, read_event
from tests.tournaments.pure_games import (
    by_participant,
    game,
    order,
    ranks,
    rules,
    standing,
)
from tests.tournaments.random_events import events
from tournaments.standings import (
    Cut,
    GameRef,
    GameResult,
    LobbyResult,
    StageRules,
    UnknownMetricError,
    compute,
)


def history(participant: int, games: list[GameResult]) -> list[int | None]:
    """The places of one participant, oldest first; None for no place in a game with results."""
    return [
        next(
            (
                lobby.placements[participant]
                for lobby in game.lobbies
                if participant in lobby.placements
            ),
            None,
        )
        for game in games
        if game.has_results
    ]


def chain_by_the_book(places: list[int | None]) -> list[float]:
    """The league's chain written a second time, plainly; smaller is better."""
    played = [place for place in places if place is not None]
    top_fours = sum(place <= 4 for place in played) + played.count(1)
    return [
        -sum(9 - place for place in played),
        -top_fours,
        *(-played.count(place) for place in range(1, 9)),
        *(9 if place is None else place for place in reversed(places)),
    ]


@given(events())
@settings(deadline=None, max_examples=80)
def test_ranks_are_one_more_than_the_number_of_those_the_chain_puts_above(event):
    participants, games = event
    keys = {one: chain_by_the_book(history(one, games)) for one in participants}

    standings = compute(rules(), participants, games)

    assert order(standings) == sorted(participants, key=lambda one: (keys[one], one))
    for row in standings.rows:
        mine = keys[row.participant]
        assert row.rank == 1 + sum(other < mine for other in keys.values())
        assert row.tied == (list(keys.values()).count(mine) > 1)


@given(events(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_order_in_which_things_are_given_changes_nothing(event, random):
    participants, games = event
    shuffled = [
        replace(result, lobbies=tuple(random.sample(result.lobbies, len(result.lobbies))))
        for result in random.sample(games, len(games))
    ]

    again = compute(rules(), random.sample(participants, len(participants)), shuffled)

    assert again == compute(rules(), participants, games)


@given(events(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_numbers_of_participants_rank_nobody(event, random):
    participants, games = event
    renamed = dict(zip(participants, random.sample(range(1000), len(participants)), strict=True))
    moved = [
        replace(
            result,
            lobbies=tuple(
                LobbyResult(
                    lobby.number,
                    {renamed[one]: place for one, place in lobby.placements.items()},
                    frozenset(renamed[one] for one in lobby.absent),
                )
                for lobby in result.lobbies
            ),
        )
        for result in games
    ]

    before = ranks(compute(rules(), participants, games))
    after = ranks(compute(rules(), renamed.values(), moved))

    assert after == {renamed[one]: rank for one, rank in before.items()}


@given(events(), st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_a_cut_leaves_those_above_it_and_those_who_played_on(event, size):
    participants, games = event
    at_the_cut = compute(rules(), participants, games, after=GameRef(1, 1))
    seated_later = {
        participant
        for result in games[1:]
        for lobby in result.lobbies
        if lobby.placements
        for participant in (*lobby.placements, *lobby.absent)
    }

    end = compute(rules(StageRules(1, "Cup", (1,), (Cut(1, 1, size),))), participants, games)

    still_in = {row.participant for row in end.rows if not row.eliminated}
    cut = [row for row in at_the_cut.rows if row.participant not in still_in]
    assert order(end)[len(still_in) :] == [row.participant for row in cut]
    assert (
        still_in == set(participants)
        if not seated_later
        else still_in
        == seated_later | {row.participant for row in at_the_cut.rows if row.rank <= size}
    )


def test_a_stage_may_count_by_points_and_chain_of_its_own():
    second = StageRules(2, "Second", (2,), points={1: 100}, chain=("points", "seed"))
    games = [game("1.1", [1, 2]), game("2.1", [2, 1])]

    after_first = compute(rules(StageRules(1, "First", (1,)), second), [1, 2], games[:1])
    after_second = compute(rules(StageRules(1, "First", (1,)), second), [1, 2], games)

    assert by_participant(after_first)[1].total_points == 8
    assert [(row.participant, row.total_points) for row in after_second.rows] == [(2, 100), (1, 0)]
    assert by_participant(after_second)[2].event_points == 107
    assert after_second.chain == ("points", "seed")
    assert set(after_second.rows[0].metrics) == {"points", "seed"}


def test_a_stage_that_carries_goes_on_where_the_one_before_it_ended():
    second = StageRules(2, "Second", (2,), carries=True, threshold=15)
    games = [game("1.1", [1, 2]), game("2.1", [2, 1]), game("2.2", [1, 2])]

    standings = compute(rules(StageRules(1, "First", (1,)), second), [1, 2], games[:2])
    final = compute(rules(StageRules(1, "First", (1,)), second), [1, 2], games)

    assert [row.total_points for row in standings.rows] == [15, 15]
    assert {row.rank_change for row in standings.rows} == {-1, 1}
    assert all(row.in_check for row in standings.rows)
    assert final.champion == 1


def test_an_unknown_metric_in_a_stage_is_refused():
    with pytest.raises(UnknownMetricError, match="luck"):
        compute(rules(StageRules(1, "First", (1,), chain=("luck",))), [1], [])


def test_days_that_carry_are_as_one_stage_of_them():
    event = read_event(CROWN)
    together, final = event.rules.stages
    first = replace(together, days=(1,), cuts=())
    second = replace(together, number=2, days=(2,), carries=True)
    apart = replace(event.rules, stages=(first, second, replace(final, number=3)))

    for after in ("1.6", "2.1", "2.6", "3.1", "3.5"):
        ref = GameRef.parse(after)
        split = compute(apart, event.participants, event.games, after=ref)
        assert split.rows == standing(event, after).rows
