"""What staff may change about the event log."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option

KEPT_HOURS: Final = "events.kept_hours"
KEPT_NEWEST: Final = "events.kept_newest"

OPTIONS: Final = (
    Option(
        key=KEPT_HOURS,
        kind=Kind.INTEGER,
        default=24,
        low=1,
        high=8760,
        title="How long events are kept",
        help="Hours. A client that was away for longer begins anew instead of catching up.",
    ),
    Option(
        key=KEPT_NEWEST,
        kind=Kind.INTEGER,
        default=10_000,
        low=100,
        high=1_000_000,
        title="How many events are always kept",
        help="The newest ones of each stream, however old they are.",
    ),
)
