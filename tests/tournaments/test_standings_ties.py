"""Standings of equals, and the metrics that part them."""

import pytest

from tests.tournaments.event_files import CUP, read_event
from tests.tournaments.pure_games import (
    by_participant,
    game,
    order,
    rules,
    standing,
)
from tournaments.standings import (
    DEFAULT_CHAIN,
    METRICS,
    GameResult,
    UnknownMetricError,
    compute,
)


def tied_games() -> list[GameResult]:
    """Two lobbies with the same course: 1 and 3 are equal in everything, so are 2 and 4."""
    return [game("1.1", [1, 2], [3, 4])]


def test_equals_share_a_rank_and_the_next_one_is_skipped():
    standings = compute(rules(), [1, 2, 3, 4], tied_games())

    assert [(row.rank, row.tied, row.participant) for row in standings.rows] == [
        (1, True, 1),
        (1, True, 3),
        (3, True, 2),
        (3, True, 4),
    ]


def test_manual_rank_resolves_a_tie_and_who_has_none_comes_last():
    standings = compute(rules(), [1, 2, 3, 4], tied_games(), manual_ranks={3: 1, 4: 1, 2: 2})

    assert [(row.rank, row.tied, row.participant) for row in standings.rows] == [
        (1, False, 3),
        (2, False, 1),
        (3, False, 4),
        (4, False, 2),
    ]


def test_manual_rank_never_beats_a_metric_that_stands_before_it():
    standings = compute(rules(), [1, 2], [game("1.1", [1, 2])], manual_ranks={2: 1, 1: 2})

    assert order(standings) == [1, 2]


@pytest.mark.parametrize(
    ("metric", "games", "expected"),
    [
        ("top4_plus_wins", [[1, 2, 3, 4, 5, 6], [6, 2, 3, 1, 4, 5]], [1, 2, 3, 6, 4, 5]),
        ("average_placement", [[1, 2, 3], [3, 2, 1], [3, 2, 1]], [3, 2, 1]),
        (
            "fewest_bottom_three",
            [[2, 3, 4, 5, 6, 1, 7], [1, 2, 3, 4, 5, 6, 7]],
            [2, 3, 4, 5, 1, 6, 7],
        ),
        ("best_game", [[1, 2, 3], [3, 2, 1], [3, 2, 1]], [1, 3, 2]),
        ("count_2nd", [[1, 2, 3], [3, 2, 1], [2, 1, 3]], [2, 1, 3]),
        ("most_recent_game", [[1, 2, 3], [3, 2, 1]], [3, 2, 1]),
    ],
)
def test_each_metric_orders_alone(metric, games, expected):
    played = [game(f"1.{n}", lobby) for n, lobby in enumerate(games, start=1)]

    assert order(compute(rules(chain=(metric,)), expected, played)) == expected


def test_an_absence_is_worse_than_an_eighth_place_for_averages_and_bottom_threes():
    games = [game("1.1", [1, 2, 3, 4, 5, 6, 7], absent=(8,))]

    row = by_participant(
        compute(rules(chain=("average_placement", "fewest_bottom_three")), range(1, 10), games)
    )

    assert (row[8].metrics["average_placement"], row[8].metrics["fewest_bottom_three"]) == (9, 1)
    assert (row[9].metrics["average_placement"], row[9].rank) == (None, 9)


def test_seeds_order_an_event_before_its_first_game():
    standings = compute(rules(chain=("points", "seed")), [1, 2, 3], [], seeds={3: 1, 1: 2})

    assert order(standings) == [3, 1, 2]


def test_metrics_explain_why_a_row_stands_above_the_next():
    event = read_event(CUP)

    rows = standing(event, "1.6").rows
    first_difference = next(
        name for name in event.rules.chain if rows[63].metrics[name] != rows[64].metrics[name]
    )

    assert tuple(rows[63].metrics) == event.rules.chain
    assert first_difference == "count_2nd"


def test_an_unknown_metric_is_named_in_the_refusal():
    with pytest.raises(UnknownMetricError, match="name_length, luck"):
        compute(rules(chain=("points", "name_length", "luck")), [1], [])


def test_the_default_chain_is_known():
    assert set(DEFAULT_CHAIN) <= METRICS.keys()
