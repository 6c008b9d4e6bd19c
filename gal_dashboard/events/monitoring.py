"""What of the event log is counted."""

from typing import Final

from gal_dashboard.core import monitoring

EVENTS: Final = monitoring.counter(
    "gal_events", "Events that were committed, by the type of their frame.", ["type"]
)
