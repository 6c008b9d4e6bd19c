"""What may still happen, against every way in which it can happen in a small event."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.event_files import CUP, read_event
from tournaments.outlook import Outlook, games_left, look_ahead
from tournaments.standings import (
    DEFAULT_CHAIN,
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
Lobby = tuple[int, ...]


def event(
    games: Iterable[Iterable[Lobby]],
    participants: Iterable[int],
    *,
    cut: Cut | None = None,
    left: int | None = None,
    points: Mapping[int, int] = POINTS,
    chain: tuple[str, ...] = DEFAULT_CHAIN,
    threshold: int | None = None,
    complete: bool = True,
) -> tuple[Standings, StageRules, Rules, list[GameResult]]:
    """The standing of one day, of which ``left`` games are still to come."""
    results = [
        GameResult(
            GameRef(1, number),
            tuple(
                LobbyResult(at, {one: place for place, one in enumerate(lobby, start=1)})
                for at, lobby in enumerate(lobbies, start=1)
            ),
            complete=True,
        )
        for number, lobbies in enumerate(games, start=1)
    ]
    if not complete:
        results[-1] = GameResult(results[-1].ref, results[-1].lobbies, complete=False)
    total = None if left is None else len(results) + left
    stage = StageRules(1, "Day", (1,), (cut,) if cut else (), threshold, games=total)
    rules = Rules(points, chain, (stage,))
    return compute(rules, participants, results), stage, rules, results


def outlooks(*args, seats: int = 8, **kwargs) -> dict[int, Outlook]:
    standing, stage, rules, _ = event(*args, **kwargs)
    return look_ahead(standing, stage, rules.points, seats=seats)


EIGHT = tuple(range(1, 9))
AFTER_DAY = Cut(1, None, 4)


def test_the_numbers_of_a_lobby_with_one_game_to_go():
    """1 to 8 came in that order three times: 24, 21, 18, 15 | 12, 9, 6, 3 points."""
    seen = outlooks([[EIGHT]] * 3, EIGHT, cut=AFTER_DAY, left=1)

    assert [seen[one].points_to_cut for one in EIGHT] == [12, 9, 6, 3, -3, -6, -9, -12]
    assert [seen[one].max_points for one in EIGHT] == [32, 29, 26, 23, 20, 17, 14, 11]
    # 21 points are in reach of 1, 3 and 4, but 18 of 5 too
    assert [seen[one].clinched for one in EIGHT] == [True, True, *[False] * 6]
    # four stand above 14 already, but three above 17
    assert [seen[one].eliminated for one in EIGHT] == [*[False] * 6, True, True]
    # with a sixth place 3 has 21, which 5 cannot reach any more
    assert [seen[one].needed_place for one in EIGHT] == [None, None, 6, 3, *[None] * 4]


def test_once_no_game_is_left_the_order_has_decided():
    seen = outlooks([[EIGHT], [EIGHT]], EIGHT, cut=AFTER_DAY, left=0)

    assert [seen[one].clinched for one in EIGHT] == [True] * 4 + [False] * 4
    assert [seen[one].eliminated for one in EIGHT] == [False] * 4 + [True] * 4
    assert {one.needed_place for one in seen.values()} == {None}


def test_a_tie_on_points_is_decided_by_the_chain_once_no_game_is_left():
    games = [[(1, 2)], [(2, 1)]]

    before = outlooks(games, (1, 2), cut=Cut(1, None, 1), left=1)
    after = outlooks(games, (1, 2), cut=Cut(1, None, 1), left=0)

    assert [before[one].clinched for one in (1, 2)] == [False, False]
    assert [(after[one].clinched, after[one].eliminated) for one in (2, 1)] == [
        (True, False),
        (False, True),
    ]


def test_without_a_number_of_games_nothing_that_depends_on_it_is_said():
    seen = outlooks([[EIGHT]], EIGHT, cut=AFTER_DAY, left=None)

    assert seen[1] == Outlook(points_to_cut=4)
    assert seen[8] == Outlook(points_to_cut=-4)


def test_without_a_cut_there_is_no_line_but_a_maximum():
    seen = outlooks([[EIGHT]], EIGHT, left=2)

    assert seen[1] == Outlook(max_points=24)


def test_where_points_do_not_come_first_points_say_nothing_of_the_cut():
    chain = ("average_placement", "points")

    seen = outlooks([[EIGHT]], EIGHT, cut=AFTER_DAY, left=1, chain=chain)

    assert seen[1] == Outlook(max_points=16)


def test_a_cut_that_ends_nobody_has_no_line_and_everybody_is_through():
    seen = outlooks([[EIGHT]], EIGHT, cut=Cut(1, None, 8), left=3)

    assert {(one.points_to_cut, one.clinched, one.eliminated) for one in seen.values()} == {
        (None, True, False)
    }


def test_those_cut_stay_cut():
    games = [[EIGHT], [EIGHT[:4]]]

    seen = outlooks(games, EIGHT, cut=Cut(1, 1, 4), left=1)

    assert [seen[one] for one in (5, 6, 7, 8)] == [Outlook(clinched=False, eliminated=True)] * 4
    assert seen[1].max_points == 8 + 8 + 8


def test_a_checkmate_stage_says_which_place_puts_in_check():
    """After two games with the same order, the next can bring eight points."""
    seen = outlooks([[EIGHT], [EIGHT]], EIGHT, threshold=16)

    assert [seen[one].needed_place for one in EIGHT] == [1, 7, 5, 3, 1, None, None, None]
    assert {(one.max_points, one.clinched, one.eliminated) for one in seen.values()} == {
        (None, None, None)
    }


def test_after_checkmate_nothing_is_left_to_happen():
    seen = outlooks([[EIGHT], [EIGHT], [EIGHT]], EIGHT, threshold=16)

    assert set(seen.values()) == {Outlook()}


def test_before_the_first_result_nothing_is_said():
    assert set(outlooks([], EIGHT, cut=AFTER_DAY, left=6).values()) == {Outlook()}


def test_a_game_in_play_may_still_bring_points_to_those_who_have_no_result_yet():
    seen = outlooks([[EIGHT[:4]]], EIGHT, cut=AFTER_DAY, left=1, complete=False)

    assert [seen[one].max_points for one in (1, 4, 5)] == [8 + 8, 5 + 8, 8 + 8]
    assert {one.needed_place for one in seen.values()} == {None}


@pytest.mark.parametrize(
    ("cuts", "games", "after", "left"),
    [
        ((), 6, "1.4", 8),
        ((Cut(1, None, 32),), 6, "1.4", 2),
        ((Cut(1, None, 32),), 6, "1.6", 0),
        ((Cut(1, None, 32),), 6, "2.1", 5),
        ((Cut(2, None, 8),), 6, "1.6", 6),
        ((Cut(2, 5, 16), Cut(2, None, 8)), 6, "1.6", 5),
        ((Cut(2, 5, 16), Cut(2, None, 8)), 6, "2.5", 0),
        ((Cut(2, 5, 16), Cut(2, None, 8)), 6, "2.6", 0),
        ((Cut(2, 5, 16),), None, "2.3", 2),
        ((Cut(2, 5, 16),), None, "1.3", None),
        ((), None, "1.3", None),
        ((), 2, "2.3", 0),
    ],
)
def test_games_are_left_until_the_next_cut_or_the_end_of_the_stage(cuts, games, after, left):
    stage = StageRules(1, "Days", (1, 2), cuts, games=games)

    assert games_left(stage, GameRef.parse(after)) == left


def test_how_many_games_a_checkmate_has_left_nobody_knows():
    assert games_left(StageRules(1, "Final", (1,), (), 20, games=6), GameRef(1, 2)) is None


# Against brute force


@st.composite
def small_events(draw: st.DrawFn) -> dict:
    """Up to five participants in lobbies of two to four, any points, after one to three games."""
    seats = draw(st.integers(2, 4))
    count = draw(st.integers(2, 5))
    values = draw(st.lists(st.integers(0, 5), min_size=seats, max_size=seats))
    return {
        "participants": range(count),
        "points": dict(enumerate(sorted(values, reverse=True), start=1)),
        "games": [
            draw(st.sampled_from(list(rounds(range(count), seats))))
            for _ in range(draw(st.integers(1, 3)))
        ],
        "cut": Cut(1, None, draw(st.integers(1, count))),
        "left": draw(st.integers(0, 2)),
        "seats": seats,
    }


def rounds(participants: Iterable[int], seats: int) -> Iterator[tuple[Lobby, ...]]:
    """Every way in which a game may end when all show up: lobbies as equal as can be."""
    everybody = tuple(participants)
    lobbies = -(-len(everybody) // seats)
    full, over = divmod(len(everybody), lobbies)
    yield from _split(everybody, [full + 1] * over + [full] * (lobbies - over))


def _split(everybody: Lobby, sizes: list[int]) -> Iterator[tuple[Lobby, ...]]:
    if not sizes:
        yield ()
        return
    for lobby in combinations(everybody, sizes[0]):
        rest = tuple(one for one in everybody if one not in lobby)
        for order, others in product(permutations(lobby), list(_split(rest, sizes[1:]))):
            yield (order, *others)


def scores(game: tuple[Lobby, ...], points: Mapping[int, int]) -> dict[int, int]:
    return {one: points[place] for lobby in game for place, one in enumerate(lobby, start=1)}


def futures(small: dict) -> list[tuple[tuple[Lobby, ...], ...]]:
    """All that may happen in the games that are left."""
    one_game = list(rounds(small["participants"], small["seats"]))
    return list(product(one_game, repeat=small["left"]))


@given(small_events())
@settings(max_examples=60)
def test_maximum_clinched_and_eliminated_are_what_every_future_says(small):
    seats, cut = small["seats"], small["cut"].to
    given_up = {key: value for key, value in small.items() if key != "seats"}
    standing, stage, rules, _ = event(
        given_up.pop("games"), given_up.pop("participants"), **given_up
    )
    now = {row.participant: row.total_points for row in standing.rows}

    seen = look_ahead(standing, stage, rules.points, seats=seats)

    most = dict(now)
    for future in futures(small):
        end = dict(now)
        for game in future:
            for one, gained in scores(game, small["points"]).items():
                end[one] += gained
        most = {one: max(most[one], end[one]) for one in now}
    for one, outlook in seen.items():
        others = [other for other in now if other != one]
        assert outlook.max_points == most[one]
        if small["left"]:
            assert outlook.clinched == (sum(most[other] >= now[one] for other in others) < cut)
            assert outlook.eliminated == (sum(now[other] > most[one] for other in others) >= cut)


@given(small_events().filter(lambda small: small["left"] == 1))
@settings(max_examples=25)
def test_whoever_is_through_stays_and_whoever_is_out_never_comes_back(small):
    """The whole order, with its chain, after every end of the last game."""
    cut, people = small["cut"].to, small["participants"]
    shared = {"points": small["points"], "cut": small["cut"]}
    standing, stage, rules, _ = event(small["games"], people, left=1, **shared)
    seen = look_ahead(standing, stage, rules.points, seats=small["seats"])

    for (last,) in futures(small):
        end, *_ = event([*small["games"], last], people, left=0, **shared)
        for row in end.rows:
            outlook = seen[row.participant]
            assert row.rank <= cut or not outlook.clinched
            assert row.rank > cut or not outlook.eliminated
            needed = outlook.needed_place
            place = next(
                lobby.index(row.participant) + 1 for lobby in last if row.participant in lobby
            )
            assert row.rank <= cut or needed is None or place > needed


@given(small_events().filter(lambda small: small["left"] > 0))
@settings(max_examples=60)
def test_the_needed_place_is_the_worst_that_makes_sure_whatever_the_others_do(small):
    seats, cut, left = small["seats"], small["cut"].to, small["left"]
    shared = {"points": small["points"], "cut": small["cut"], "left": left}
    standing, stage, rules, _ = event(small["games"], small["participants"], **shared)
    now = {row.participant: row.total_points for row in standing.rows}
    later = max(small["points"].values()) * (left - 1)

    seen = look_ahead(standing, stage, rules.points, seats=seats)

    worst: dict[tuple[int, int], int] = {}
    for game in rounds(small["participants"], seats):
        gained = scores(game, small["points"])
        for lobby in game:
            for place, one in enumerate(lobby, start=1):
                target = now[one] + gained[one]
                reaching = sum(
                    now[other] + gained[other] + later >= target for other in now if other != one
                )
                worst[one, place] = max(worst.get((one, place), 0), reaching)
    for one, outlook in seen.items():
        sure = 0
        while worst.get((one, sure + 1), cut) < cut:
            sure += 1
        is_open = not outlook.clinched and not outlook.eliminated
        assert outlook.needed_place == (sure or None if is_open else None)


def test_the_outlook_of_128_players_contradicts_nothing_that_happened():
    """Day 1 of the Cup as it was: who was through went on, who was out did not."""
    cup = read_event(CUP)
    stage = StageRules(1, "Day 1", (1,), (Cut(1, None, 64),), games=6)
    rules = Rules(cup.rules.points, cup.rules.chain, (stage, *cup.rules.stages[1:]))
    went_on = cup.players_of_day(2)
    said: list[tuple[int, int]] = []
    for number in range(1, 7):
        standing = compute(rules, cup.participants, cup.games, after=GameRef(1, number))
        seen = look_ahead(standing, stage, rules.points)
        through = {one for one, outlook in seen.items() if outlook.clinched}
        out = {one for one, outlook in seen.items() if outlook.eliminated}
        assert through <= went_on
        assert not out & went_on
        said.append((len(through), len(out)))

    assert said == sorted(said)
    assert said[-1] == (64, 64)
