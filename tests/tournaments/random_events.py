"""Events as nobody would play them, for what must hold of all."""

from hypothesis import strategies as st

from tournaments.standings import METRICS, GameRef, GameResult, LobbyResult


@st.composite
def events(draw: st.DrawFn) -> tuple[list[int], list[GameResult]]:
    """One stage of up to six games of up to four lobbies, some seats empty, some lobbies open."""
    participants = draw(st.lists(st.integers(1, 10**6), min_size=2, max_size=28, unique=True))
    games = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        seats = draw(st.permutations(participants))
        lobbies = []
        for start in range(0, len(seats), 8):
            lobby = seats[start : start + 8]
            present = lobby[: draw(st.integers(0, len(lobby)))]
            lobbies.append(
                LobbyResult(
                    start // 8 + 1,
                    {one: place for place, one in enumerate(present, start=1)},
                    frozenset(lobby[len(present) :]),
                )
            )
        games.append(GameResult(GameRef(1, number), tuple(lobbies), True))
    return participants, games


# In any order, and with or without points.
CHAINS = st.lists(st.sampled_from(sorted(METRICS)), min_size=1, unique=True).map(tuple)
