"""Standings of published events are those that the organisers had."""

from dataclasses import replace

import pytest

from tests.tournaments.event_files import CROWN, CUP, read_event
from tests.tournaments.pure_games import (
    above_the_cut,
    by_participant,
    order,
    ranks,
    standing,
)
from tournaments.standings import (
    GameRef,
)


@pytest.mark.parametrize(
    ("path", "after", "size", "next_day"),
    [(CUP, "1.6", 64, 2), (CUP, "2.6", 32, 3), (CROWN, "2.6", 8, 3)],
)
def test_a_cut_lets_exactly_those_go_on_who_played_the_next_day(path, after, size, next_day):
    event = read_event(path)

    going_on = above_the_cut(standing(event, after))

    assert len(going_on) == size
    assert going_on == event.players_of_day(next_day)


@pytest.mark.parametrize(
    ("after", "in_check"),
    [
        ("3.1", set()),
        ("3.2", set()),
        ("3.3", set()),
        ("3.4", {"KC Double61", "TBD Ningli", "FNC Dishsoap"}),
        ("3.5", set()),
    ],
)
def test_the_crown_has_the_right_players_in_check_for_the_next_game(after, in_check):
    event = read_event(CROWN)

    rows = standing(event, after).rows

    assert set(event.names([row.participant for row in rows if row.in_check])) == in_check


def test_the_crown_ends_with_game_5_by_checkmate():
    event = read_event(CROWN)

    after_game_4, final = standing(event, "3.4"), standing(event)

    assert after_game_4.champion is None
    assert final.after == GameRef(3, 5)
    assert final.champion == event.ids["FNC Dishsoap"]
    assert event.names(order(final)[:8]) == [
        "FNC Dishsoap",
        "KC Double61",
        "TBD Ningli",
        "VSPO LiShao",
        "Asta1",
        "TBD LiTuChuan",
        "T1 Binteum",
        "Dr OH",
    ]
    assert [row.champion for row in final.rows] == [True] + [False] * 31
    assert not any(row.tied for row in final.rows[:8])


def test_a_stage_starts_from_zero_and_the_event_goes_on_counting():
    event = read_event(CROWN)

    leader = standing(event, "3.1").rows[0]

    assert event.names([leader.participant]) == ["TBD Ningli"]
    assert (leader.total_points, leader.event_points) == (8, 74)
    assert list(leader.round_scores) == list(range(1, 14))
    assert leader.rank_change is None


def test_days_of_one_stage_carry_their_points_over():
    event = read_event(CROWN)

    for row in standing(event, "2.6").rows:
        assert row.total_points == row.event_points == sum(row.round_scores.values())


def test_those_cut_keep_the_order_and_points_of_the_day_that_ended_them():
    event = read_event(CUP)

    first_day, second_day = standing(event, "1.6"), standing(event, "2.6")
    end = standing(event)

    assert order(end)[64:] == order(first_day)[64:]
    assert order(end)[32:64] == order(second_day)[32:64]
    assert [row.total_points for row in end.rows[64:]] == [
        row.total_points for row in first_day.rows[64:]
    ]
    assert all(row.eliminated for row in end.rows[8:])
    assert not any(row.eliminated for row in end.rows[:8])


def test_who_plays_on_was_not_cut_whatever_the_chain_says():
    """After game 5 of day 3 the organisers let one player on whom the chain puts 17th of 16."""
    event = read_event(CUP)
    tleyds = event.ids["tleyds"]

    before, after = standing(event, "3.5"), standing(event, "3.6")

    assert (ranks(before)[tleyds], before.cut) == (17, 16)
    assert not by_participant(after)[tleyds].eliminated
    assert {row.participant for row in after.rows if not row.eliminated} == (
        above_the_cut(before) | {tleyds}
    )


@pytest.mark.parametrize("path", [CUP, CROWN])
def test_rank_change_is_the_difference_to_the_standing_one_game_before(path):
    event = read_event(path)
    before = None
    for result in event.games:
        now = standing(event, str(result.ref))
        if before is None or before.stage != now.stage:
            assert {row.rank_change for row in now.rows} == {None}
        else:
            seated = set().union(*event.seated(str(result.ref)))
            assert {row.participant: row.rank_change for row in now.rows} == {
                one: ranks(before)[one] - rank if one in seated else None
                for one, rank in ranks(now).items()
            }
        before = now


@pytest.mark.parametrize("path", [CUP, CROWN])
def test_after_gives_what_was_known_then(path):
    event = read_event(path)

    for number, result in enumerate(event.games, start=1):
        known = replace(event, games=event.games[:number])
        assert standing(event, str(result.ref)) == standing(known)
