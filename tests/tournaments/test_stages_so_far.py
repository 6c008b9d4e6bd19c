"""How earlier stages ended, after later ones have begun: the pure functions, and the document."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.deeds import enter, new_lobby, path_of
from tests.tournaments.event_files import CROWN, CUP, read_event
from tests.tournaments.pure_games import POINTS, game, rules
from tests.tournaments.random_events import events
from tournaments.standings import (
    DEFAULT_CHAIN,
    Cut,
    GameRef,
    GameResult,
    Row,
    Rules,
    StageRules,
    StageSoFar,
    Standings,
    compute,
)

FIRST = StageRules(1, "First", (1,))


def assert_ends_as_it_stood(
    event_rules: Rules, participants: Iterable[int], games: Iterable[GameResult]
) -> Standings:
    """Of each stage that is over, order and points are those of the standing at its end."""
    now = compute(event_rules, participants, games)
    scores = {row.participant: row.round_scores for row in now.rows}
    *over, in_play = now.stages
    for stage in over:
        last = now.rounds[stage.rounds[-1] - 1]
        then = compute(event_rules, participants, games, after=last)
        took_part = those_of(event_rules, stage, then)
        assert stage.order is not None
        told = [
            (one, sum(map(len, stage.order[:index])) + 1, len(equals) > 1)
            for index, equals in enumerate(stage.order)
            for one in equals
        ]
        counting = (*stage.carried, *stage.rounds)
        points = [sum(scores[one].get(number, 0) for number in counting) for one, *_ in told]
        assert told == [(row.participant, row.rank, row.tied) for row in took_part]
        assert points == [row.total_points for row in took_part]
        assert stage.players == len(took_part)
    assert (in_play.number, in_play.order) == (now.stage, None)
    assert in_play.players == len(those_of(event_rules, in_play, now))
    return now


def those_of(event_rules: Rules, stage: StageSoFar, standings: Standings) -> list[Row]:
    """The rows of whoever was not cut before the stage began."""
    [cuts] = [one.cuts for one in event_rules.stages if one.number == stage.number]
    first = standings.rounds[stage.rounds[0] - 1]
    assert standings.after is not None
    cuts_since = sum(cut.is_before(standings.after) and not cut.is_before(first) for cut in cuts)
    return [row for row in standings.rows if row.cuts_ago <= cuts_since]


def test_the_cup_tells_how_each_day_ended():
    event = read_event(CUP)

    now = assert_ends_as_it_stood(event.rules, event.participants, event.games)

    assert [(stage.number, stage.players) for stage in now.stages] == [(1, 128), (2, 64), (3, 32)]
    assert [stage.rounds[0] for stage in now.stages] == [1, 7, 13]
    assert {stage.carried for stage in now.stages} == {()}


def test_the_crown_tells_how_both_days_before_the_final_ended():
    event = read_event(CROWN)

    now = assert_ends_as_it_stood(event.rules, event.participants, event.games)

    assert [(stage.number, stage.players) for stage in now.stages] == [(1, 32), (2, 8)]
    assert [len(stage.rounds) for stage in now.stages] == [12, 5]


def test_a_stage_that_carries_names_the_rounds_that_count_in_it():
    event = read_event(CROWN)
    together, final = event.rules.stages
    apart = replace(
        event.rules,
        stages=(
            replace(together, days=(1,), cuts=()),
            replace(together, number=2, days=(2,), carries=True),
            replace(final, number=3),
        ),
    )

    now = assert_ends_as_it_stood(apart, event.participants, event.games)

    _, second, third = now.stages
    assert (second.carried, second.rounds) == (tuple(range(1, 7)), tuple(range(7, 13)))
    assert third.carried == ()


def test_before_the_first_result_no_stage_has_begun():
    assert compute(rules(FIRST), [1, 2], []).stages == ()


def test_a_champion_stands_first_in_the_stage_that_ended_so():
    """Also where another has more points."""
    final = replace(FIRST, threshold=8)
    games = [game("1.1", [1, 2, 3]), game("1.2", [2, 3, 1]), game("1.3", [1, 3, 2])]

    now = compute(rules(final, StageRules(2, "Show", (2,))), [1, 2, 3], [*games, game("2.1", [3])])

    assert now.stages[0].order == ((1,), (2,), (3,))


def test_a_substitute_has_a_place_in_both_stages():
    """Who was cut and plays on all the same belongs to the stage in play."""
    stages = (replace(FIRST, cuts=(Cut(1, None, 2),)), StageRules(2, "Second", (2,)))
    games = [game("1.1", [1, 2, 3, 4]), game("2.1", [3, 1])]

    first, second = compute(rules(*stages), [1, 2, 3, 4], games).stages

    assert (first.order, first.players) == (((1,), (2,), (3,), (4,)), 4)
    assert second.players == 3


def test_equals_share_a_rank_in_a_stage_that_is_over():
    games = [game("1.1", [1, 2], [3, 4]), game("2.1", [4])]

    now = compute(rules(FIRST, StageRules(2, "Second", (2,))), [1, 2, 3, 4], games)

    assert now.stages[0].order == ((1, 3), (2, 4))


def test_a_stage_whose_days_lie_around_another_one_ends_with_its_last_day():
    around = (replace(FIRST, days=(1, 3)), StageRules(2, "Between", (2,)))
    games = [game("1.1", [1, 2]), game("2.1", [2, 1]), game("3.1", [1, 2])]

    between, now = compute(rules(*around), [1, 2], games).stages

    assert (between.number, between.order) == (2, ((2,), (1,)))
    assert (now.number, now.rounds, now.order) == (1, (3,), None)


@st.composite
def events_of_three_stages(draw: st.DrawFn) -> tuple[Rules, list[int], list[GameResult]]:
    """Each game a day of its own, with a cut at any of them."""
    participants, games = draw(events())
    days = [replace(result, ref=GameRef(day, 1)) for day, result in enumerate(games, start=1)]
    borders = sorted(draw(st.tuples(st.integers(0, len(days)), st.integers(0, len(days)))))
    spans = [(0, borders[0]), (borders[0], borders[1]), (borders[1], len(days))]
    sizes = iter(sorted(draw(st.lists(st.integers(1, 28), min_size=3, max_size=3)), reverse=True))
    stages = tuple(
        StageRules(
            number,
            f"Stage {number}",
            tuple(range(start + 1, end + 1)),
            cuts=(Cut(draw(st.integers(start + 1, end)), None, next(sizes)),),
            carries=number > 1 and draw(st.booleans()),
        )
        for number, (start, end) in enumerate(spans, start=1)
        if start < end
    )
    return Rules(POINTS, DEFAULT_CHAIN, stages), participants, days


@given(events_of_three_stages())
@settings(max_examples=80)
def test_any_stage_ends_as_it_stood(event):
    event_rules, participants, games = event
    if any(result.has_results for result in games):
        assert_ends_as_it_stood(event_rules, participants, games)


# The document


@pytest.fixture
def cup(api) -> dict:
    """Eight players, of whom four go on to a second day, which carries."""
    tournament = new_lobby(api)
    stages = [
        {"name": "Groups", "days": [1], "cuts": [{"day": 1, "game": None, "to": 4}]},
        {"name": "Finals", "days": [2], "carries": True},
    ]
    answer = api.put(f"{path_of(tournament)}/format", json={"stages": stages})
    assert answer.status_code == 200, answer.text
    return tournament


def test_the_document_tells_of_all_stages(cup, api):
    names = cup["names"]
    nothing = api.get(f"{path_of(cup)}/standings").json()
    first = enter(api, cup, "1.1", names)
    second = enter(api, cup, "2.1", names[3::-1])

    ids = [row["participant_id"] for row in first["standings"]]
    unplayed = {"rounds": [], "carried": [], "players": None, "order": None}
    groups, finals = ({"number": 1, "name": "Groups"}, {"number": 2, "name": "Finals"})
    assert nothing["stages"] == [groups | unplayed, finals | unplayed]
    in_play = {"rounds": ["round_1"], "carried": [], "players": 8, "order": None}
    assert first["stages"] == [groups | in_play, finals | unplayed]
    assert second["stages"] == [
        groups | in_play | {"order": [[one] for one in ids]},
        finals | {"rounds": ["round_2"], "carried": ["round_1"], "players": 4, "order": None},
    ]


def test_a_corrected_result_of_an_earlier_stage_changes_how_it_ended(cup, api):
    names = cup["names"]
    ids = {
        row["player_name"]: row["participant_id"]
        for row in enter(api, cup, "1.1", names)["standings"]
    }
    enter(api, cup, "2.1", names[:4])

    corrected = enter(api, cup, "1.1", names[::-1])

    assert corrected["stages"][0]["order"] == [[ids[name]] for name in names[::-1]]
