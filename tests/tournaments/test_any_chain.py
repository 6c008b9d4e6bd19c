"""What holds of every chain and of all results: the order is a weak one, and only they make it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournaments.random_events import CHAINS, events
from tournaments.standings import GameResult, LobbyResult, Rules, StageRules, compute

POINTS = {place: 9 - place for place in range(1, 9)}
DAY = StageRules(1, "Day", (1,))
LAST = float("inf")

Places = Sequence[int]


def rules(chain: tuple[str, ...]) -> Rules:
    return Rules(POINTS, chain, (DAY,))


def history(participant: int, games: list[GameResult]) -> list[int | None]:
    """The places of one participant, oldest first: 9 for an absence, None in an open lobby."""
    places = []
    for game in games:
        if game.has_results:
            found = [_place(participant, lobby) for lobby in game.lobbies if lobby.placements]
            places.append(next((place for place in found if place is not None), None))
    return places


def _place(participant: int, lobby: LobbyResult) -> int | None:
    return 9 if participant in lobby.absent else lobby.placements.get(participant)


def by_the_book(name: str, places: list[int | None], seed: int | None, manual: int | None):
    """Each metric written a second time, plainly; smaller is better."""
    judged = [place for place in places if place is not None]
    if name.startswith("count_"):
        return -judged.count(int(name[len("count_")]))
    return {
        "points": lambda: -sum(9 - place for place in judged),
        "top4_plus_wins": lambda: -sum(place <= 4 for place in judged) - judged.count(1),
        "most_recent_game": lambda: [9 if place is None else place for place in places[::-1]],
        "average_placement": lambda: sum(judged) / len(judged) if judged else LAST,
        "fewest_bottom_three": lambda: sum(place >= 6 for place in judged),
        "best_game": lambda: -max((9 - place for place in judged), default=0),
        "seed": lambda: LAST if seed is None else seed,
        "manual_rank": lambda: LAST if manual is None else manual,
    }[name]()


@st.composite
def numbers(draw: st.DrawFn) -> dict[int, int]:
    """Seeds or decisions of the staff for some of whoever takes part, by place in their list."""
    return draw(st.dictionaries(st.integers(0, 27), st.integers(1, 9), max_size=6))


@given(events(), CHAINS, numbers(), numbers())
@settings(max_examples=120)
def test_the_order_is_a_weak_one_and_agrees_with_the_chain(event, chain, seeds, manual):
    people, games = event
    seeds = {people[at]: seed for at, seed in seeds.items() if at < len(people)}
    manual = {people[at]: rank for at, rank in manual.items() if at < len(people)}

    standings = compute(rules(chain), people, games, seeds=seeds, manual_ranks=manual)

    keys = {
        one: [
            by_the_book(name, history(one, games), seeds.get(one), manual.get(one))
            for name in chain
        ]
        for one in people
    }
    ranks = {row.participant: row.rank for row in standings.rows}
    assert sorted(ranks) == sorted(people)
    for one, other in combinations(people, 2):
        assert (ranks[one] < ranks[other]) == (keys[one] < keys[other])
        assert (ranks[one] == ranks[other]) == (keys[one] == keys[other])
    for row in standings.rows:
        assert row.rank == 1 + sum(rank < row.rank for rank in ranks.values())
        assert row.tied == (list(ranks.values()).count(row.rank) > 1)


@given(events(), CHAINS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_permuting_the_players_changes_nothing(event, chain, random):
    people, games = event

    shuffled = compute(rules(chain), random.sample(people, len(people)), games[::-1])

    assert shuffled == compute(rules(chain), people, games)


@given(events(), CHAINS, st.data())
@settings(max_examples=60)
def test_a_correction_that_is_taken_back_leaves_no_trace(event, chain, data):
    people, games = event
    before = compute(rules(chain), people, games)
    number = data.draw(st.integers(0, len(games) - 1))
    at = data.draw(st.integers(0, len(games[number].lobbies) - 1))
    seats = games[number].lobbies[at].placements
    places = dict(zip(seats, data.draw(st.permutations(list(seats.values()))), strict=True))
    corrected = list(games)
    lobbies = list(games[number].lobbies)
    lobbies[at] = replace(lobbies[at], placements=places)
    corrected[number] = replace(games[number], lobbies=tuple(lobbies))

    between = compute(rules(chain), people, corrected)
    corrected[number] = games[number]

    assert compute(rules(chain), people, corrected) == before
    # how many points there are to win does not depend on who won them
    total = sum(row.total_points for row in before.rows)
    assert sum(row.total_points for row in between.rows) == total
