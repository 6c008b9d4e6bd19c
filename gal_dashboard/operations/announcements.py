"""Words from those who run the server to everybody who works with it."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events.catalogue import EventData, EventType
from gal_dashboard.events.recording import NewEvent, emit, recording

Level = Literal["info", "warning"]


class Announced(EventData, kw_only=True, tag="announced"):
    """A sentence that dashboards show to the crew."""

    level: Level
    message: Annotated[str, Meta(min_length=1)]
    actor: str


EVENT_TYPES: Final = (
    EventType(
        name="system_notification",
        summary="Those who run the server have something to say to the crew.",
        staff=(Announced,),
    ),
)


def announce(*, actor: Actor, message: str, level: Level = "info") -> None:
    """Tell everybody who follows the staff stream."""
    with recording():
        trail.record("system.announced", actor=actor, changes={"message": (None, message)})
        emit(
            NewEvent(
                type="system_notification",
                name="system.announced",
                payload=Announced(level=level, message=message, actor=actor.name),
            )
        )
