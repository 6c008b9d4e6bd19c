"""The messages that clients send, declared. Members that are not known here are ignored."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
Id = Annotated[int, Meta(ge=1)]


class ClientMessage(msgspec.Struct, kw_only=True, tag_field="type"):
    """What a client says. The tag of a subclass is its ``type``."""


class Ping(ClientMessage, kw_only=True, tag="ping"):
    """Is the line alive? Answered by ``pong``."""


class Subscribe(ClientMessage, kw_only=True, tag="subscribe"):
    """From now on only events of these types; all others are ``skipped``. Replaces the list.

    Answered by ``subscription_confirmed`` with those of the types that exist.
    """

    event_types: list[str]


class Viewing(ClientMessage, kw_only=True, tag="viewing"):
    """The graphic that this socket's user looks at, null for none; told to staff. Not answered."""

    graphic_id: Id | None


class Rendered(ClientMessage, kw_only=True, tag="rendered"):
    """What the overlay has drawn last. Not answered."""

    seq: Count
    version: Count | None = None


def by_type(*forms: type[ClientMessage]) -> dict[str, type[msgspec.Struct]]:
    return {str(form.__struct_config__.tag): form for form in forms}


FROM_STAFF: Final = by_type(Ping, Subscribe, Viewing)
FROM_OVERLAYS: Final = by_type(Ping, Rendered)
