"""Standings after games, days and lobbies that may be anything."""

from tests.tournaments.pure_games import (
    DAYS,
    EIGHT,
    by_participant,
    game,
    order,
    rules,
)
from tournaments.standings import (
    GameRef,
    GameResult,
    LobbyResult,
    Rules,
    compute,
)


def test_after_stops_in_the_middle_of_a_day():
    games = [game("1.1", [1, 2]), game("1.2", [2, 1]), game("1.3", [2, 1])]

    standings = compute(rules(), [1, 2], games, after=GameRef(1, 2))

    assert standings.after == GameRef(1, 2)
    assert standings.rounds == (GameRef(1, 1), GameRef(1, 2))
    assert [row.total_points for row in standings.rows] == [15, 15]


def test_after_a_game_without_results_stands_what_stood_before_it():
    games = [game("1.1", [1, 2]), game("1.2"), game("1.3", [2, 1])]

    standings = compute(rules(), [1, 2], games, after=GameRef(1, 2))

    assert standings.after == GameRef(1, 1)


def test_rounds_are_numbered_through_the_event_also_over_a_game_without_results():
    games = [game("1.1", [1, 2]), game("1.2"), game("2.1", [2, 1])]

    standings = compute(rules(), [1, 2], games)

    assert standings.rounds == (GameRef(1, 1), GameRef(1, 2), GameRef(2, 1))
    assert by_participant(standings)[1].round_scores == {1: 8, 3: 7}


def test_an_empty_event_has_everybody_on_one_shared_rank():
    standings = compute(rules(), [3, 1, 2], [game("1.1")])

    assert (standings.after, standings.stage, standings.cut) == (None, None, None)
    assert standings.rounds == ()
    assert [(row.rank, row.tied, row.participant) for row in standings.rows] == [
        (1, True, 1),
        (1, True, 2),
        (1, True, 3),
    ]
    assert {row.rank_change for row in standings.rows} == {None}
    assert not any(row.round_scores for row in standings.rows)


def test_an_event_without_participants_has_no_rows():
    assert compute(rules(), [], []).rows == ()


def test_an_incomplete_game_counts_as_far_as_it_is_in():
    games = [
        game("1.1", [1, 2], [3, 4]),
        GameResult(
            GameRef(1, 2), (LobbyResult(1, {3: 1, 2: 2}), LobbyResult(2, {}, frozenset({4}))), False
        ),
    ]

    standings = compute(rules(), [1, 2, 3, 4], games)
    row = by_participant(standings)

    assert not standings.complete
    assert {number: row[number].total_points for number in row} == {1: 8, 2: 14, 3: 16, 4: 7}
    assert (row[3].rank_change, row[2].rank_change) == (0, 1)
    # their lobby is still open: nothing has changed for them by their own doing
    assert (row[1].rank_change, row[4].rank_change) == (None, None)
    assert row[4].round_scores == {1: 7}


def test_an_absence_scores_nothing_and_shows_as_zero():
    standings = compute(rules(), EIGHT, [game("1.1", [1, 2, 3, 4, 5, 6, 7], absent=(8,))])

    row = by_participant(standings)[8]

    assert (row.rank, row.total_points, row.round_scores) == (8, 0, {1: 0})
    assert row.metrics["count_8th"] == 0


def test_an_absence_is_below_an_eighth_place_in_the_most_recent_game():
    only_recent = rules(chain=("most_recent_game",))
    games = [game("1.1", [8, 1, 2, 3, 4, 5, 6, 7]), game("1.2", [1, 2, 3, 4, 5, 6, 7], absent=(8,))]

    assert order(compute(only_recent, EIGHT, games))[-2:] == [7, 8]


def test_a_place_without_points_in_the_table_scores_nothing():
    top_four = Rules({1: 4, 2: 3, 3: 2, 4: 1}, ("points",), (DAYS,))

    standings = compute(top_four, EIGHT, [game("1.1", list(EIGHT))])

    assert [row.rank for row in standings.rows] == [1, 2, 3, 4, 5, 5, 5, 5]
