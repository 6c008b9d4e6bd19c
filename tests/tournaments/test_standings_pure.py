from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.event_files import CROWN, CUP, EventFile, read_event
from tests.tournaments.random_events import events
from tournaments.standings import (
    DEFAULT_CHAIN,
    METRICS,
    Cut,
    GameRef,
    GameResult,
    LobbyResult,
    Row,
    Rules,
    StageRules,
    Standings,
    UnknownMetricError,
    compute,
)

POINTS = {place: 9 - place for place in range(1, 9)}
DAYS = StageRules(1, "Days", (1, 2))
EIGHT = range(1, 9)


def rules(*stages: StageRules, chain: tuple[str, ...] = DEFAULT_CHAIN) -> Rules:
    return Rules(POINTS, chain, stages or (DAYS,))


def game(ref: str, *lobbies: list[int], absent: tuple[int, ...] = (), complete: bool = True):
    """Each lobby in the order of its places; ``absent`` were missing in the first one."""
    results = tuple(
        LobbyResult(
            number,
            {participant: place for place, participant in enumerate(lobby, start=1)},
            frozenset(absent if number == 1 else ()),
        )
        for number, lobby in enumerate(lobbies, start=1)
    )
    return GameResult(GameRef.parse(ref), results, complete)


def standing(event: EventFile, after: str | None = None) -> Standings:
    return compute(
        event.rules,
        event.participants,
        event.games,
        after=GameRef.parse(after) if after else None,
    )


def by_participant(standings: Standings) -> dict[int, Row]:
    return {row.participant: row for row in standings.rows}


def ranks(standings: Standings) -> dict[int, int]:
    return {row.participant: row.rank for row in standings.rows}


def order(standings: Standings) -> list[int]:
    return [row.participant for row in standings.rows]


def above_the_cut(standings: Standings) -> set[int]:
    assert standings.cut is not None
    return {row.participant for row in standings.rows if row.rank <= standings.cut}


# The published events


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


# Games, days and lobbies


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


# Cuts


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


# Ties and metrics


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


# Refusals


@pytest.mark.parametrize("text", ["3.1", "1.12", "12.7"])
def test_game_ref_reads_what_it_writes(text):
    assert str(GameRef.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "3", "3.", ".1", "3.1.1", "3,1", "-3.1", "+3.1", " 3.1", "3.1 ", "3.1\n"),
        *("03.1", "3.01", "0.1", "3.0", "1_0.1", "1e1.1", "99999.1"),
        *("\u0663.\u0661", "\uff13.\uff11"),  # digits of other scripts
    ],
)
def test_game_ref_refuses_all_but_plain_numbers(text):
    with pytest.raises(ValueError, match=r"DAY\.GAME"):
        GameRef.parse(text)


def test_game_refs_sort_by_number_not_by_text():
    assert sorted([GameRef(10, 1), GameRef(2, 10), GameRef(2, 9)]) == [
        GameRef(2, 9),
        GameRef(2, 10),
        GameRef(10, 1),
    ]


@pytest.mark.parametrize(
    ("games", "complaint"),
    [
        ([game("1.1", [1, 9])], "no participant"),
        ([game("1.1", [1], [1])], "two results"),
        ([game("1.1", [1, 2], absent=(2,))], "two results"),
        ([game("1.1", [1]), game("1.1", [2])], "1.1 is given twice"),
        ([game("7.1", [1])], "Day 7"),
    ],
)
def test_compute_refuses_results_that_contradict_themselves(games, complaint):
    with pytest.raises(ValueError, match=complaint):
        compute(rules(), [1, 2], games)


@pytest.mark.parametrize("placements", [{1: 0}, {1: 9}, {1: 3, 2: 3}])
def test_a_lobby_refuses_places_that_cannot_be(placements):
    with pytest.raises(ValueError, match="Lobby 4"):
        LobbyResult(4, placements)


# Properties


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
