"""What staff may change about running the server."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind, OptionValueError
from gal_dashboard.core.options import Option

MONITORING_TOKEN: Final = "operations.monitoring_token"  # noqa: S105 - the name of an option

SESSION_PER_SECOND: Final = "limits.session_requests_per_second"
ADDRESS_PER_SECOND: Final = "limits.address_requests_per_second"
ADDRESS_BURST: Final = "limits.address_burst"
OPEN_PER_SECOND: Final = "limits.open_requests_per_second"

SHORTEST_TOKEN: Final = 20


def _check_token(token: str) -> None:
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        raise OptionValueError(
            f"must be empty, or {SHORTEST_TOKEN} or more visible ASCII characters"
        )


OPTIONS: Final = (
    Option(
        key=SESSION_PER_SECOND,
        kind=Kind.INTEGER,
        default=100,
        low=1,
        high=100_000,
        title="Requests of one session",
        help="How many somebody who is signed in may send in a second, to all processes together.",
    ),
    Option(
        key=ADDRESS_PER_SECOND,
        kind=Kind.INTEGER,
        default=50,
        low=1,
        high=100_000,
        title="Requests of one address",
        help="How many may come in a second from an address without a session, to all processes "
        "together.",
    ),
    Option(
        key=ADDRESS_BURST,
        kind=Kind.INTEGER,
        default=300,
        low=1,
        high=100_000,
        title="Requests of one address at once",
        help="How many may come at once from an address that was quiet before.",
    ),
    Option(
        key=OPEN_PER_SECOND,
        kind=Kind.INTEGER,
        default=1000,
        low=1,
        high=100_000,
        title="Requests of overlays",
        help="For the overlay page, its files, public views and health: so many in a second from "
        "one address, to all processes together.",
    ),
    Option(
        key=MONITORING_TOKEN,
        kind=Kind.SECRET,
        default="",
        high=200,
        check=_check_token,
        seen_by="configuration:write",
        title="Token of the monitoring",
        help="Whoever sends it as `Authorization: Bearer` is told by /health/ready which part does "
        "not answer, and all numbers by /metrics. Empty: only staff are.",
    ),
)
