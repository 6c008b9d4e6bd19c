"""What of canvas locks is counted."""

from typing import Final

from gal_dashboard.core import monitoring
from graphics.choices import LeaseEnd

LOCKS: Final = monitoring.counter(
    "gal_locks",
    "Canvas locks: acquired, refused (another's), lost (a save by somebody who had it before), and "
    "how they ended.",
    ["what"],
    known=("acquired", "refused", "lost", *LeaseEnd.values),
)
HELD: Final = monitoring.gauge(
    "gal_locks_held", "Canvas locks that are held now.", together="livemostrecent"
)
