import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.event_files import CROWN, CUP, EventFile, read_event
from tournaments.draws import by_chance, lobbies_needed, shuffled, snake, swiss
from tournaments.standings import GameRef, compute


def draw_after(event: EventFile, ref: str, *, players: int) -> list[set[int]]:
    standings = compute(event.rules, event.participants, event.games, after=GameRef.parse(ref))
    order = [row.participant for row in standings.rows][:players]
    return [set(lobby) for lobby in snake(order, lobbies_needed(players))]


@pytest.mark.parametrize(
    ("path", "after", "players", "drawn"),
    [
        (CUP, "1.6", 64, "2.1"),
        (CROWN, "1.4", 32, "1.5"),
        (CROWN, "1.6", 32, "2.1"),
        (CROWN, "2.4", 32, "2.5"),
    ],
)
def test_snake_gives_the_lobbies_that_were_really_played(path, after, players, drawn):
    event = read_event(path)

    assert draw_after(event, after, players=players) == event.seated(drawn)


def test_snake_turns_at_each_end():
    assert snake([1, 2, 3, 4, 5, 6, 7, 8, 9], 3) == [[1, 6, 7], [2, 5, 8], [3, 4, 9]]


def test_snake_with_one_lobby_keeps_the_order():
    assert snake([4, 2, 9], 1) == [[4, 2, 9]]


def test_snake_spreads_a_remainder_over_lobbies_that_differ_by_one_seat():
    assert snake(range(1, 9), 3) == [[1, 6, 7], [2, 5, 8], [3, 4]]


@given(st.data())
@settings(deadline=None)
def test_snake_seats_everybody_once_in_lobbies_of_nearly_one_size(data):
    order = data.draw(st.lists(st.integers(), min_size=1, max_size=130, unique=True))
    lobbies = data.draw(st.integers(1, len(order)))

    seats = snake(order, lobbies)

    sizes = [len(lobby) for lobby in seats]
    assert sorted(one for lobby in seats for one in lobby) == sorted(order)
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(
    ("order", "lobbies", "complaint"),
    [
        ([1, 2], 0, "seat nobody"),
        ([1, 2], -1, "seat nobody"),
        ([], 1, "cannot fill"),
        ([1, 2], 3, "cannot fill"),
        ([1, 2, 1], 1, "twice"),
    ],
)
def test_snake_refuses_what_cannot_be_seated(order, lobbies, complaint):
    with pytest.raises(ValueError, match=complaint):
        snake(order, lobbies)


@pytest.mark.parametrize(
    ("players", "lobbies"), [(0, 0), (1, 1), (7, 1), (8, 1), (9, 2), (64, 8), (127, 16), (128, 16)]
)
def test_lobbies_needed_rounds_up(players, lobbies):
    assert lobbies_needed(players) == lobbies


def test_lobbies_needed_knows_other_sizes():
    assert lobbies_needed(9, size=4) == 3


@pytest.mark.parametrize(("players", "size"), [(-1, 8), (8, 0), (8, -8)])
def test_lobbies_needed_refuses_nonsense(players, size):
    with pytest.raises(ValueError, match=r"players|seats nobody"):
        lobbies_needed(players, size)


def test_swiss_lets_equals_meet_and_fills_the_first_lobbies():
    assert swiss(range(1, 16), 2) == [[1, 2, 3, 4, 5, 6, 7, 8], [9, 10, 11, 12, 13, 14, 15]]


def test_chance_is_the_same_for_a_seed_and_does_not_see_the_order():
    assert by_chance(range(1, 25), 3, seed=7) == by_chance(range(24, 0, -1), 3, seed=7)
    # for ever: a draw of years ago can be checked
    assert shuffled(range(1, 9), seed=7) == [4, 7, 3, 8, 2, 1, 5, 6]


def test_chance_puts_nobody_first_by_number():
    firsts = {shuffled(range(1, 9), seed=seed)[0] for seed in range(100)}

    assert firsts == set(range(1, 9))


@pytest.mark.parametrize("deal", [swiss, lambda order, lobbies: by_chance(order, lobbies, seed=1)])
@given(st.data())
@settings(deadline=None)
def test_every_rule_seats_everybody_once_in_lobbies_of_nearly_one_size(deal, data):
    order = data.draw(st.lists(st.integers(1), min_size=1, max_size=130, unique=True))
    lobbies = data.draw(st.integers(1, len(order)))

    seats = deal(order, lobbies)

    sizes = [len(lobby) for lobby in seats]
    assert sorted(one for lobby in seats for one in lobby) == sorted(order)
    assert max(sizes) - min(sizes) <= 1
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("deal", [swiss, lambda order, lobbies: by_chance(order, lobbies, seed=1)])
def test_every_rule_refuses_what_cannot_be_seated(deal):
    for order, lobbies in (([1, 2], 0), ([1], 2), ([1, 1], 1)):
        with pytest.raises(ValueError, match=r"seat nobody|cannot fill|twice"):
            deal(order, lobbies)
