"""From the event log's signal to the hub."""

from collections.abc import Mapping
from typing import Any

from gal_dashboard.realtime.hub import hub


def tell_hub(*, heads: Mapping[str, int], **_: Any) -> None:
    """Runs in the thread that has just committed, so it only rings the bell."""
    hub.poke_all(heads)
