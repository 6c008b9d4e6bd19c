"""What staff may change about graphics."""

from typing import Final

from gal_dashboard.core.options import Option

LOCK_TTL: Final = "graphics.lock_ttl_seconds"

OPTIONS: Final = (
    Option(
        key=LOCK_TTL,
        default=300,
        low=2,
        high=3600,
        help="How long a canvas lock holds after it was taken or refreshed, in seconds.",
    ),
)
