"""Standings where cuts and checkmate decide."""

from dataclasses import replace

from tests.tournaments.pure_games import (
    by_participant,
    game,
    order,
    rules,
)
from tournaments.standings import (
    Cut,
    StageRules,
    compute,
)


def test_a_cut_takes_effect_only_when_a_later_game_has_a_result():
    stage = StageRules(1, "Cup", (1, 2), (Cut(1, None, 2),))
    games = [game("1.1", [1, 2, 3, 4])]

    before = compute(rules(stage), [1, 2, 3, 4], [*games, game("2.1")])
    after = compute(rules(stage), [1, 2, 3, 4], [*games, game("2.1", [2, 1])])

    assert (before.cut, after.cut) == (2, None)
    assert not any(row.eliminated for row in before.rows)
    assert [row.eliminated for row in after.rows] == [False, False, True, True]


def test_a_cut_inside_a_day_keeps_the_points_of_those_who_go_on():
    stage = StageRules(1, "Last day", (1,), (Cut(1, 2, 2), Cut(1, 1, 3)))
    games = [game("1.1", [1, 2, 3, 4]), game("1.2", [3, 2, 1]), game("1.3", [2, 3])]

    cuts = [compute(rules(stage), [1, 2, 3, 4], games[:n]).cut for n in (1, 2, 3)]
    end = compute(rules(stage), [1, 2, 3, 4], games)

    assert cuts == [3, 2, None]
    assert [(row.participant, row.total_points) for row in end.rows] == [
        (2, 22),
        (3, 21),
        (1, 14),
        (4, 5),
    ]


def test_a_cut_that_lies_before_the_first_result_cuts_nobody():
    stage = StageRules(1, "Cup", (1, 2), (Cut(1, None, 1),))
    games = [game("1.1"), game("2.1", [1, 2]), game("2.2", [1])]

    standings = compute(rules(stage), [1, 2], games)

    assert standings.cut is None
    assert not any(row.eliminated for row in standings.rows)


def test_a_shared_rank_at_the_cut_goes_on_together():
    stage = StageRules(1, "Cup", (1, 2), (Cut(1, None, 3),))
    games = [game("1.1", [1, 2], [3, 4]), game("2.1", [1, 3])]

    end = compute(rules(stage, chain=("points",)), [1, 2, 3, 4], games)

    assert not any(row.eliminated for row in end.rows)


def test_those_equal_at_the_cut_stay_tied_below_it():
    stage = StageRules(1, "Cup", (1, 2), (Cut(1, None, 2),))
    games = [game("1.1", [1, 2], [3, 4]), game("2.1", [1, 3])]

    end = compute(rules(stage, chain=("points",)), [1, 2, 3, 4], games)

    assert [(row.rank, row.tied, row.eliminated) for row in end.rows] == [
        (1, False, False),
        (2, False, False),
        (3, True, True),
        (3, True, True),
    ]


def test_a_substitute_who_plays_after_the_cut_leaves_the_eliminated():
    first = StageRules(1, "Cup", (1,), (Cut(1, None, 2),))
    games = [game("1.1", [1, 2, 3, 4]), game("2.1", [1, 2]), game("2.2", [4, 1])]
    event = rules(first, StageRules(2, "Final", (2,)))

    end = compute(event, [1, 2, 3, 4], games)

    assert order(end) == [1, 4, 2, 3]
    assert [row.eliminated for row in end.rows] == [False, False, False, True]
    assert (by_participant(end)[4].total_points, by_participant(end)[4].rank_change) == (8, 2)


# Checkmate


CHECKMATE = rules(StageRules(1, "Final", (1,), threshold=16))


def test_reaching_the_threshold_by_a_win_is_no_checkmate_yet():
    games = [game("1.1", [1, 2, 3]), game("1.2", [1, 2, 3])]

    standings = compute(CHECKMATE, [1, 2, 3], games)

    assert standings.champion is None
    assert [row.in_check for row in standings.rows] == [True, False, False]


def test_a_champion_stands_first_whatever_the_points():
    games = [
        game("1.1", [1, 2, 3, 4]),
        game("1.2", [1, 2, 3, 4]),
        game("1.3", [3, 1, 2, 4]),
        game("1.4", [2, 1, 3, 4]),
    ]

    standings = compute(CHECKMATE, [1, 2, 3, 4], games)

    assert standings.champion == 2
    assert [(row.participant, row.rank, row.total_points) for row in standings.rows] == [
        (2, 1, 28),
        (1, 2, 30),
        (3, 3, 26),
        (4, 4, 20),
    ]
    assert not any(row.in_check for row in standings.rows)


def test_no_game_of_the_stage_counts_after_the_champion():
    games = [game(f"1.{n}", [1, 2, 3]) for n in (1, 2, 3)]
    too_many = [*games, game("1.4", [2, 3, 1]), game("1.5", [3, 2, 1])]

    assert compute(CHECKMATE, [1, 2, 3], too_many) == compute(CHECKMATE, [1, 2, 3], games)


def test_of_two_lobbies_won_in_check_the_first_names_the_champion():
    twice = game("1.3", [4, 3], [1, 2])
    reversed_lobbies = replace(twice, lobbies=twice.lobbies[::-1])
    games = [game("1.1", [1, 2], [4, 3]), game("1.2", [1, 2], [4, 3])]

    champions = {
        compute(CHECKMATE, [1, 2, 3, 4], [*games, last]).champion
        for last in (twice, reversed_lobbies)
    }

    assert champions == {4}


def test_a_stage_after_a_checkmate_stage_starts_without_a_champion():
    event = rules(StageRules(1, "Final", (1,), threshold=8), StageRules(2, "Show match", (2,)))
    games = [game("1.1", [1, 2]), game("1.2", [1, 2]), game("1.3", [2, 1]), game("2.1", [2, 1])]

    standings = compute(event, [1, 2], games)

    assert (standings.stage, standings.champion, order(standings)) == (2, None, [2, 1])
    assert by_participant(standings)[1].event_points == 23
