"""Staff with real sessions."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from gal_dashboard.core.context import Actor
from users.choices import Role, SessionKind
from users.models import Session, User
from users.permissions import scopes_of


def sign_in(name: str, *roles: Role, **fields: Any) -> Actor:
    """An actor with a session of its own; ``fields`` replace those of the actor."""
    user, _ = User.objects.get_or_create(username=name)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    session = Session.objects.create(
        sid=f"session of {name}",
        user=user,
        kind=SessionKind.STAFF,
        expires_at=timezone.now() + timedelta(days=1),
    )
    names = frozenset(role.value for role in roles)
    actor: dict[str, Any] = {
        "name": name,
        "user_id": user.pk,
        "sid": session.sid,
        "roles": names,
        "scopes": scopes_of(names),
        "expires_at": session.expires_at,
    }
    return Actor(**actor | fields)


def end_session(actor: Actor) -> None:
    Session.objects.filter(sid=actor.sid).update(ended_at=timezone.now())
