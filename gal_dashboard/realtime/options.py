"""What staff may change about sockets."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option

SOCKETS_PER_PROCESS: Final = "realtime.sockets_per_process"
OVERLAYS_PER_ADDRESS: Final = "realtime.overlays_per_address"
STAFF_PER_SESSION: Final = "realtime.staff_sockets_per_session"
MESSAGES_PER_SECOND: Final = "realtime.messages_per_second"

OPTIONS: Final = (
    Option(
        key=SOCKETS_PER_PROCESS,
        kind=Kind.INTEGER,
        default=2_000,
        low=10,
        high=100_000,
        title="Sockets in all",
        help="How many may be open in each server process. Each costs about 20 KB of memory.",
    ),
    Option(
        key=OVERLAYS_PER_ADDRESS,
        kind=Kind.INTEGER,
        default=300,
        low=1,
        high=100_000,
        title="Overlay sockets of one address",
        help="In each server process. A studio behind one router is one address.",
    ),
    Option(
        key=STAFF_PER_SESSION,
        kind=Kind.INTEGER,
        default=20,
        low=1,
        high=1_000,
        title="Staff sockets of one session",
        help="In each server process.",
    ),
    Option(
        key=MESSAGES_PER_SECOND,
        kind=Kind.INTEGER,
        default=10,
        low=1,
        high=1_000,
        title="Messages of one socket",
        help="How many a client may send in a second. Sockets obey from their next opening on.",
    ),
)
