"""What staff may change about tournaments."""

from typing import Any, Final

from gal_dashboard.core.option_kinds import Kind, OptionValueError
from gal_dashboard.core.options import Option
from tournaments.limits import MOST_POINTS
from tournaments.metrics import DEFAULT_CHAIN, LOBBY_SIZE, METRICS

POINTS: Final = "tournaments.default_points"
CHAIN: Final = "tournaments.default_tie_chain"
CURRENT: Final = "tournaments.current"

_PLACES: Final = {str(place) for place in range(1, LOBBY_SIZE + 1)}


def _check_points(table: Any) -> None:
    is_table = isinstance(table, dict) and table.keys() == _PLACES
    if not is_table or not all(_is_points(points) for points in table.values()):
        raise OptionValueError(
            f"must name the places 1 to {LOBBY_SIZE}, each with 0 to {MOST_POINTS} points"
        )


def _is_points(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_POINTS


OPTIONS: Final = (
    Option(
        key=POINTS,
        kind=Kind.JSON,
        # Riot's table: eight points for a win, one for the last place
        default={str(place): LOBBY_SIZE + 1 - place for place in range(1, LOBBY_SIZE + 1)},
        check=_check_points,
        title="Points of a new tournament",
        help="Points by place. A tournament keeps the table that it began with.",
    ),
    Option(
        key=CHAIN,
        kind=Kind.LIST,
        default=tuple(DEFAULT_CHAIN),
        low=1,
        high=len(METRICS),
        choices=tuple(METRICS),
        title="Chain of ties of a new tournament",
        help="The metrics that order the standings; the first difference wins. A tournament keeps "
        "the chain that it began with.",
    ),
    Option(
        key=CURRENT,
        kind=Kind.INTEGER,
        default=0,
        low=0,
        high=2**53 - 1,
        title="The tournament on air",
        help="Its number; 0: none. The first page of the admin leads with it, and "
        "`POST /scoreboard/refresh` without a tournament means this one.",
    ),
)
