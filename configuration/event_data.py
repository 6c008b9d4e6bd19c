"""What is said about configuration: the members of frames."""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from gal_dashboard.events.catalogue import EventData, EventType, by_action

Value = Annotated[
    Any, Meta(description="The value that holds now; null where not every role may see it.")
]
Speaker = Literal["variable", "environment", "all", "default", "none"]


class ConfigurationChanged(EventData, kw_only=True):
    key: str
    value: Value
    category: str
    source: Annotated[Speaker, Meta(description="Who speaks now; none: the key is gone.")]
    actor: str


class ConfigurationCreated(ConfigurationChanged, kw_only=True, tag="created"):
    """A key got its first stored value here."""


class ConfigurationUpdated(ConfigurationChanged, kw_only=True, tag="updated"):
    """A stored value was replaced."""


class ConfigurationDeleted(ConfigurationChanged, kw_only=True, tag="deleted"):
    """A stored value was removed: the one below it holds again, or the key is gone."""


CHANGED: Final = by_action(ConfigurationCreated, ConfigurationUpdated, ConfigurationDeleted)

EVENT_TYPES: Final = (
    EventType(
        name="configuration_update",
        summary="A value of the configuration was stored or removed.",
        staff=tuple(CHANGED.values()),
    ),
)
