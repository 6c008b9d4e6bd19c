"""What is said about configuration: the members of frames."""

from typing import Annotated, Any, Final

from msgspec import Meta

from gal_dashboard.events.catalogue import EventData, EventType, by_action

Value = Annotated[Any, Meta(description="The value that holds now; a secret is masked.")]


class ConfigurationChanged(EventData, kw_only=True):
    key: str
    value: Value
    category: str
    actor: str


class ConfigurationUpdated(ConfigurationChanged, kw_only=True, tag="updated"):
    """A value was set."""


class ConfigurationReset(ConfigurationChanged, kw_only=True, tag="reset"):
    """A value was taken back: the one below it holds again."""


CHANGED: Final = by_action(ConfigurationUpdated, ConfigurationReset)

EVENT_TYPES: Final = (
    EventType(
        name="configuration_update",
        summary="A value of the configuration was set or taken back.",
        staff=tuple(CHANGED.values()),
    ),
)
