"""Games and rules for the pure functions, without a database."""

from tests.tournaments.event_files import EventFile
from tournaments.standings import (
    DEFAULT_CHAIN,
    GameRef,
    GameResult,
    LobbyResult,
    Row,
    Rules,
    StageRules,
    Standings,
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
