"""What staff may change about running the server."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind, OptionValueError
from gal_dashboard.core.options import Option

MONITORING_TOKEN: Final = "operations.monitoring_token"  # noqa: S105 - the name of an option

SHORTEST_TOKEN: Final = 20


def _check_token(token: str) -> None:
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        raise OptionValueError(
            f"must be empty, or {SHORTEST_TOKEN} or more visible ASCII characters"
        )


OPTIONS: Final = (
    Option(
        key=MONITORING_TOKEN,
        kind=Kind.SECRET,
        default="",
        high=200,
        check=_check_token,
        seen_by="configuration:write",
        title="Token of the monitoring",
        help="Whoever sends it as `Authorization: Bearer` to /health/ready is told which part "
        "does not answer. Empty: only staff are.",
    ),
)
