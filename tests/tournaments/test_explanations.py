"""Why a row stands above the next, in words."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings

from tests.tournaments.event_files import CROWN, CUP, read_event
from tests.tournaments.random_events import CHAINS, events
from tournaments.explanations import CHAMPION, LEVEL, WENT_FURTHER, explain
from tournaments.standings import (
    METRICS,
    Cut,
    GameRef,
    GameResult,
    LobbyResult,
    Rules,
    StageRules,
    Standings,
    compute,
)

POINTS = {place: 9 - place for place in range(1, 9)}


def places(*by_game: Mapping[int, int]) -> list[GameResult]:
    """Games in which participants took these places, each in a lobby of their own."""
    return [
        GameResult(
            GameRef(1, number),
            tuple(LobbyResult(at, {one: place}) for at, (one, place) in enumerate(game.items(), 1)),
            complete=True,
        )
        for number, game in enumerate(by_game, start=1)
    ]


def words(chain: tuple[str, ...], games: list[GameResult], **more) -> list[str | None]:
    stage = StageRules(1, "Day", (1,))
    people = {one for game in games for lobby in game.lobbies for one in lobby.placements}
    people |= {one for game in games for lobby in game.lobbies for one in lobby.absent}
    standing = compute(Rules(POINTS, chain, (stage,)), people, games, **more)
    return explain(standing.rows)


@pytest.mark.parametrize(
    ("chain", "games", "expected"),
    [
        (("points",), places({1: 1, 2: 4}), "ahead on points, 8 to 5"),
        (
            ("points", "count_1st"),
            places({1: 1, 2: 4}, {1: 8, 2: 5}),
            "ahead on first places, 1 to 0",
        ),
        (("count_2nd",), places({1: 2, 2: 2}, {1: 2, 2: 3}), "ahead on second places, 2 to 1"),
        (("count_8th",), places({1: 8, 2: 7}), "ahead on eighth places, 1 to 0"),
        (
            ("top4_plus_wins",),
            places({1: 1, 2: 3}, {1: 3, 2: 3}),
            "ahead on top fours with wins twice, 3 to 2",
        ),
        (
            ("most_recent_game",),
            places({1: 8, 2: 1}, {1: 2, 2: 5}),
            "ahead in the newest game, 2nd to 5th",
        ),
        (
            ("most_recent_game",),
            places({1: 2, 2: 5}, {1: 3, 2: 3}),
            "ahead in the game before the newest, 2nd to 5th",
        ),
        (
            ("average_placement",),
            places({1: 1, 2: 2}, {1: 2, 2: 2}),
            "ahead on average placement, 1.50 to 2.00",
        ),
        (
            ("fewest_bottom_three",),
            places({1: 5, 2: 6}),
            "ahead on fewer places six to eight, 0 to 1",
        ),
        (("best_game",), places({1: 2, 2: 3}), "ahead on points in the best game, 7 to 6"),
    ],
)
def test_each_metric_has_its_words(chain, games, expected):
    assert expected in words(chain, games)


def test_an_absence_is_no_place_and_older_games_are_counted_back():
    lobby = LobbyResult(1, {1: 8}, frozenset({2}))
    games = [GameResult(GameRef(1, 1), (lobby,), complete=True)]
    later = places({1: 3, 2: 3}, {1: 4, 2: 4})
    games += [GameResult(GameRef(1, n), game.lobbies, True) for n, game in enumerate(later, 2)]

    assert words(("most_recent_game",), games[:1])[0] == "ahead in the newest game, 8th to no place"
    assert words(("most_recent_game",), games)[0] == (
        "ahead in the game 2 before the newest, 8th to no place"
    )


def test_seeds_and_decisions_of_the_staff_say_so():
    games = places({1: 3, 2: 3})

    assert words(("points", "seed"), games, seeds={1: 4, 2: 9}) == ["ahead on seed, 4 to 9", None]
    assert words(("points", "seed"), games, seeds={2: 9}) == ["ahead on seed, 9 to none", None]
    assert words(("points", "manual_rank"), games, manual_ranks={2: 1, 1: 2}) == [
        "ahead on the organisers' decision, 1 to 2",
        None,
    ]


def test_averages_have_as_many_decimals_as_tell_them_apart():
    many = places(*({1: 1, 2: 1} for _ in range(400)), {1: 1, 2: 2})

    assert words(("average_placement",), many)[0] == "ahead on average placement, 1.000 to 1.002"


def test_whoever_shares_a_rank_says_so_and_the_last_of_them_why_they_are_ahead():
    games = places({1: 2, 2: 2, 3: 5})

    assert words(("points",), games) == [LEVEL, "ahead on points, 7 to 4", None]


def test_an_event_without_participants_has_nothing_to_explain():
    assert explain(()) == []


def test_a_champion_needs_no_comparison():
    crown = read_event(CROWN)
    end = compute(crown.rules, crown.participants, crown.games)

    said = explain(end.rows)

    assert said[0] == CHAMPION
    assert said[8 - 1] == WENT_FURTHER
    assert end.rows[8].eliminated


def test_those_of_one_cut_are_compared_and_those_of_two_are_not():
    stage = StageRules(1, "Day", (1,), (Cut(1, 1, 2), Cut(1, 2, 1)))
    games = places({1: 1, 2: 2, 3: 3, 4: 5}, {1: 4, 2: 8}, {1: 1})
    standing = compute(Rules(POINTS, ("points",), (stage,)), [1, 2, 3, 4], games)

    assert explain(standing.rows) == [
        WENT_FURTHER,
        WENT_FURTHER,
        "ahead on points, 6 to 4",
        None,
    ]


def test_a_whole_cup_is_explained_row_by_row():
    cup = read_event(CUP)
    for game in cup.games:
        standing: Standings = compute(cup.rules, cup.participants, cup.games, after=game.ref)

        said = explain(standing.rows)

        assert len(said) == len(standing.rows)
        assert said[-1] is None
        assert all(said[:-1])


@given(events(), CHAINS)
@settings(max_examples=80)
def test_the_words_name_what_decided(event, chain):
    people, games = event
    standing = compute(Rules(POINTS, chain, (StageRules(1, "Day", (1,)),)), people, games)
    rows = standing.rows

    said = explain(rows)

    for row, below, sentence in zip(rows, rows[1:], said, strict=False):
        differing = [
            name
            for name in chain
            if METRICS[name].sort_key(row.metrics[name])
            != METRICS[name].sort_key(below.metrics[name])
        ]
        assert (sentence == LEVEL) == (row.rank == below.rank) == (not differing)
        if differing and differing[0] == "points":
            assert sentence == f"ahead on points, {row.total_points} to {below.total_points}"
