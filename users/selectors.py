"""Reads of people and sessions."""

import hashlib

from django.contrib.auth.models import AnonymousUser

from gal_dashboard.core.context import Actor
from users.choices import Role
from users.errors import SessionEndedError
from users.models import Session, User
from users.permissions import scopes_of


def roles_of(user: User) -> frozenset[str]:
    """The names of the user's roles; a superuser of the admin is Administrator."""
    names = frozenset(user.groups.values_list("name", flat=True)) & frozenset(Role.values)
    return names | {Role.ADMINISTRATOR.value} if user.is_superuser else names


def actor_of(session: Session) -> Actor:
    """The person that a session stands for, with today's roles."""
    roles = roles_of(session.user)
    return Actor(
        name=session.user.username,
        user_id=session.user_id,
        sid=session.sid,
        roles=roles,
        scopes=scopes_of(roles),
        expires_at=session.expires_at,
    )


def actor_in_admin(user: User | AnonymousUser, *, session_key: str | None) -> Actor:
    """Who is signed in to the admin; for anybody else an actor that may do nothing.

    The key of the session opens the admin, so what is recorded of it is only its hash.
    """
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return Actor(name="anonymous")
    roles = roles_of(user)
    sid = hashlib.sha256(f"admin session {session_key}".encode()).hexdigest()[:32]
    return Actor(
        name=user.username,
        user_id=user.pk,
        sid=sid if session_key else None,
        roles=roles,
        scopes=scopes_of(roles),
    )


def is_session_live(actor: Actor) -> bool:
    """One read by a unique key, so that a logout counts for every request that begins after it."""
    return Session.objects.live().filter(sid=actor.sid, user_id=actor.user_id).exists()


def revive(sid: str) -> Actor:
    """The person of a live session. Raises ``SessionEndedError``."""
    session = Session.objects.live().select_related("user").filter(sid=sid).first()
    if session is None:
        raise SessionEndedError
    return actor_of(session)
