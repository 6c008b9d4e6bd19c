"""What events may say: every type with a struct for each of its actions, declared by the apps.

The structs are what events are built of, what documents the frames and what tests hold frames
against. So there is one place that says what is in an event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, TypeVar

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class EventData(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="action"):
    """The ``data`` of an event. The tag of a subclass is its ``action``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of frames, in one sentence, and its data: for staff, and for overlays if public.

    Staff without the ``scope``, where there is one, are not told.
    """

    name: str
    summary: str
    staff: tuple[type[EventData], ...]
    public: tuple[type[EventData], ...] = ()
    scope: str | None = None


_declared: dict[str, EventType] = {}


def declare(types: Iterable[EventType]) -> None:
    """Make types of events known, in ``AppConfig.ready``."""
    for event_type in types:
        _declared[event_type.name] = event_type


def declared() -> Mapping[str, EventType]:
    """All types by name."""
    return MappingProxyType(_declared)


def scope_of(name: str) -> str | None:
    """What staff must be allowed, to be told of events of this type."""
    event_type = _declared.get(name)
    return None if event_type is None else event_type.scope


def action_of(form: type[EventData]) -> str:
    return str(form.__struct_config__.tag)


Form = TypeVar("Form", bound=EventData)


def by_action(*forms: type[Form]) -> Mapping[str, type[Form]]:
    return {action_of(form): form for form in forms}
