"""What no standings can be made of."""

import pytest

from tests.tournaments.pure_games import (
    game,
    rules,
)
from tournaments.standings import (
    GameRef,
    LobbyResult,
    compute,
)


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
