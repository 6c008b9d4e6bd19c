"""The frames that the server sends, declared: what goes out is built of these structs.

The ``data`` of an event or a snapshot is declared by the app whose business it is, which stands
above; it is gathered here from where the apps declare it.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gal_dashboard.events import catalogue
from gal_dashboard.events.catalogue import Moment
from gal_dashboard.realtime import ports

StreamName = Annotated[str, Meta(description="`staff` or `overlay.<graphic id>`.")]
Seq = Annotated[int, Meta(ge=0, description="A number of the stream.")]


class SkipReason(StrEnum):
    FILTERED = "filtered"
    UNREADABLE = "unreadable"


class Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object whose members are all known."""


class ServerFrame(Form, kw_only=True, tag_field="type"):
    """What the server says. The tag of a subclass is its ``type``."""


class Established(Form, kw_only=True):
    """``seq`` is the head of the stream when this socket joined it; ``user_id`` null on overlays.

    ``recovered``: what was missed follows in order. If not, drop your place.
    """

    connection_id: str
    user_id: int | None
    stream: StreamName
    epoch: str
    seq: Seq
    recovered: bool


class ConnectionEstablished(ServerFrame, kw_only=True, tag="connection_established"):
    """Always the first frame."""

    data: Established
    timestamp: Moment


class Snapshot(ServerFrame, kw_only=True, tag="snapshot"):
    """The whole state at ``seq``, for an overlay that was not ``recovered``."""

    stream: StreamName
    seq: Seq
    data: Any
    timestamp: Moment


class ResyncRequired(ServerFrame, kw_only=True, tag="resync_required"):
    """Load what you show by REST: sent to staff who were not ``recovered``."""

    stream: StreamName
    seq: Seq
    timestamp: Moment


class EventFrame(Form, kw_only=True):
    """Something happened. The time is that of the commit."""

    type: str
    stream: StreamName
    seq: Seq
    data: Any
    timestamp: Moment


class Skipped(ServerFrame, kw_only=True, tag="skipped"):
    """Stands for all numbers after your place up to its own.

    ``filtered``: what this socket may not see or has not subscribed to. ``unreadable``: what cannot
    be told any more.
    """

    stream: StreamName
    seq: Seq
    reason: SkipReason


class UserPresence(Form, kw_only=True):
    """All that there is to say about one account: its sockets, what it views and edits."""

    action: Literal["present", "joined", "changed", "left"]
    user_id: int | None
    user_name: str
    sockets: int
    viewing: list[int]
    editing: list[int]


class Activity(Form, kw_only=True):
    users: list[UserPresence]


class UserActivity(ServerFrame, kw_only=True, tag="user_activity"):
    """Who of the crew is here, and which graphics they view and edit."""

    data: Activity
    timestamp: Moment


class Reload(ServerFrame, kw_only=True, tag="reload"):
    """A person wants the page anew: fetch it, and load it once it has come with 200.

    An ``order`` is obeyed once, wherever it is met again.
    """

    reason: str
    order: str
    timestamp: Moment


class Pong(ServerFrame, kw_only=True, tag="pong"):
    """The answer to ``ping``."""

    timestamp: Moment


class Subscription(Form, kw_only=True):
    event_types: list[str]


class SubscriptionConfirmed(ServerFrame, kw_only=True, tag="subscription_confirmed"):
    """The types that exist, of those that were asked for; all others are skipped from now on."""

    data: Subscription
    timestamp: Moment


class Error(ServerFrame, kw_only=True, tag="error"):
    """A message could not be followed. The socket stays open."""

    message: str
    code: str
    timestamp: Moment


def for_staff() -> dict[str, type[msgspec.Struct]]:
    """The frames of ``/ws/events`` by type, in the order in which a reader wants to know them."""
    events = {
        name: _event_frame(f"Staff{_camel(name)}", name, event_type.staff, event_type.summary)
        for name, event_type in catalogue.declared().items()
    }
    return {
        **_by_type(ConnectionEstablished, ResyncRequired),
        **events,
        **_by_type(Skipped, UserActivity, SubscriptionConfirmed, Pong, Error),
    }


def for_overlays() -> dict[str, type[msgspec.Struct]]:
    """The frames of ``/ws/overlay/{graphic_id}`` by type."""
    events = {
        name: _event_frame(f"Overlay{_camel(name)}", name, event_type.public, event_type.summary)
        for name, event_type in catalogue.declared().items()
        if event_type.public
    }
    snapshot = _with_data("OverlaySnapshot", Snapshot, ports.snapshot_form(), tag="snapshot")
    return {
        **_by_type(ConnectionEstablished),
        "snapshot": snapshot,
        **events,
        **_by_type(Skipped, Reload, Pong, Error),
    }


def _by_type(*forms: type[ServerFrame]) -> dict[str, type[msgspec.Struct]]:
    return {str(form.__struct_config__.tag): form for form in forms}


def _event_frame(
    name: str, tag: str, data: Sequence[type[catalogue.EventData]], summary: str
) -> type[msgspec.Struct]:
    form = _with_data(name, EventFrame, reduce(or_, data), tag=tag)
    form.__doc__ = summary
    return form


def _with_data(
    name: str, form: type[msgspec.Struct], data: Any, *, tag: str
) -> type[msgspec.Struct]:
    """The same members, where ``data`` is what an app has declared."""
    fields = [
        (field.name, data if field.name == "data" else field.type)
        for field in msgspec.structs.fields(form)
        if field.name != "type"
    ]
    made = msgspec.defstruct(
        name, fields, bases=(Form,), kw_only=True, tag_field="type", tag=tag, module=__name__
    )
    made.__doc__ = form.__doc__
    return made


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
