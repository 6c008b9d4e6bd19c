"""What of sockets, hub and bus is counted."""

from typing import Final

from gal_dashboard.core import monitoring

KINDS: Final = ("overlay", "key", "staff", "unknown")

SOCKETS: Final = monitoring.gauge(
    "gal_sockets", "Sockets that are open, by kind.", ["kind"], together="livesum", known=KINDS
)
OPENED: Final = monitoring.counter(
    "gal_sockets_opened", "Sockets that were opened.", ["kind"], known=KINDS
)
CLOSED: Final = monitoring.counter(
    "gal_sockets_closed",
    "Sockets that ended, by the close code that the server gave; `client`: they left themselves.",
    ["kind", "code"],
)
REFUSED: Final = monitoring.counter(
    "gal_socket_handshakes_refused", "Handshakes answered with 403, for their origin.", ["kind"]
)
DROPPED: Final = monitoring.counter(
    "gal_sockets_dropped",
    "Clients dropped as too slow: their backlog was full, they took nothing for long, or they "
    "were too far behind.",
    ["reason"],
    known=("backlog", "stalled", "behind", "gap"),
)
DELIVERY: Final = monitoring.histogram(
    "gal_delivery_seconds",
    "From an event's time, at its commit, to when its frame was handed to the last socket that "
    "was waiting for it.",
    ["stream"],
)
BACKLOG_FRAMES: Final = monitoring.gauge(
    "gal_backlog_frames", "Frames that wait for clients to read.", together="livesum"
)
BACKLOG_BYTES: Final = monitoring.gauge(
    "gal_backlog_bytes", "The size of the frames that wait.", together="livesum"
)
LAG: Final = monitoring.gauge(
    "gal_hub_lag_seconds",
    "For how long sockets have waited for events that are in the log; the worst process.",
    together="livemax",
)
DATABASE_UP: Final = monitoring.gauge(
    "gal_hub_database_up", "1 while every hub can read the database.", together="livemin"
)
BUS_UP: Final = monitoring.gauge(
    "gal_bus_up", "1 while every process hears the bus, or needs none.", together="livemin"
)
POKES: Final = monitoring.counter(
    "gal_bus_messages",
    "Messages with pokes: sent, heard from another process, or not sent at once (failed).",
    ["what"],
    known=("sent", "heard", "failed"),
)
