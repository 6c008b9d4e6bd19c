"""What people tell the world: Administrators only."""

from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import NewEvent
from users.event_data import CHANGED, Person
from users.models import User


def user_changed(action: str, *, user: User, roles: frozenset[str], actor: Actor) -> NewEvent:
    """``action`` is created or updated."""
    person = Person(
        id=user.pk,
        discord_id=user.discord_id,
        username=user.username,
        display_name=user.display_name,
        email=user.email or None,
        riot_id=user.riot_id or None,
        is_active=user.is_active,
        roles=sorted(roles),
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
    return NewEvent(
        type="user_update",
        name=f"user.{action}",
        payload=CHANGED[action](user_id=user.pk, user=person, actor=actor.name),
    )
