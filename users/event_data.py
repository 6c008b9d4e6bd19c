"""What is said about people: the members of frames. Passwords are in no event."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from gal_dashboard.events.catalogue import EventData, EventType, Moment, by_action
from users.choices import Role

RoleName = Annotated[str, Meta(extra_json_schema={"enum": Role.values})]


class Person(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An account as REST shows it."""

    id: int
    discord_id: str | None
    username: str
    display_name: str
    email: str | None
    riot_id: str | None
    is_active: bool
    roles: list[RoleName]
    created_at: Moment
    updated_at: Moment


class UserChanged(EventData, kw_only=True):
    user_id: int
    user: Person
    actor: str


class UserCreated(UserChanged, kw_only=True, tag="created"):
    """A new account."""


class UserUpdated(UserChanged, kw_only=True, tag="updated"):
    """Fields, roles, activity or the password changed."""


CHANGED: Final = by_action(UserCreated, UserUpdated)

EVENT_TYPES: Final = (
    EventType(
        name="user_update",
        summary="An account was created or changed. Only Administrators are told.",
        staff=tuple(CHANGED.values()),
        scope="users:write",
    ),
)
