"""What configuration tells the world."""

from typing import Any, Final

from configuration.event_data import CHANGED
from gal_dashboard.core.context import Actor
from gal_dashboard.events import streams
from gal_dashboard.events.recording import NewEvent

# Every process listens: whoever hears anything of it reads what is stored.
CHANGED_STREAM: Final = streams.internal("configuration")


def configuration_changed(
    action: str, *, key: str, value: Any, category: str, source: str, actor: Actor
) -> NewEvent:
    """``action`` is created, updated or deleted; ``value`` is null where not all may see it."""
    return NewEvent(
        type="configuration_update",
        name=f"configuration.{action}",
        payload=CHANGED[action](
            key=key, value=value, category=category, source=source, actor=actor.name
        ),
    )
