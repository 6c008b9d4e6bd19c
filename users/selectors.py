"""Reads of people and sessions."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Q, QuerySet
from django.utils import timezone

from gal_dashboard.core.context import NOBODY, Actor
from gal_dashboard.core.prepared import Prepared, Slot
from users.choices import VIEWER_ACCOUNT, Role
from users.errors import SessionEndedError, UserNotFoundError
from users.last_seen import last_seen
from users.models import DISCORD_ID, Session, User
from users.permissions import scopes_of

# SQLite takes 32,766 variables in a statement.
MOST_IN_ONE_QUERY: Final = 30_000
# As ``event_data.Person`` has an account, but for its roles.
USER_FIELDS = (
    "id",
    "discord_id",
    "username",
    "display_name",
    "email",
    "riot_id",
    "is_active",
    "created_at",
    "updated_at",
)
_SESSION_FIELDS = (
    "id",
    "sid",
    "user__username",
    "kind",
    "address",
    "agent",
    "created_at",
    "last_seen_at",
    "expires_at",
    "ended_at",
    "ended_reason",
)

# Asked by every request of somebody who is signed in.
_LIVE_SESSION: Final = Prepared(
    lambda: (
        Session.objects.live(now=Slot("now", DateTimeField()))
        .filter(
            sid=Slot("sid", CharField()),
            user_id=Slot("user_id", BigIntegerField()),
            user__username=Slot("username", CharField()),
        )
        .order_by()
        .values("pk")[:1]
    )
)


def stored_roles_of(user: User) -> frozenset[str]:
    """The roles that the user was given."""
    return frozenset(user.groups.values_list("name", flat=True)) & frozenset(Role.values)


def roles_of(user: User) -> frozenset[str]:
    """The names of the user's roles; a superuser of the admin is Administrator."""
    return _effective(stored_roles_of(user), is_superuser=user.is_superuser)


def is_administrator(user: User, roles: frozenset[str]) -> bool:
    """Whether the user, given these roles, may do everything."""
    effective = _effective(roles, is_superuser=user.is_superuser)
    return user.is_active and Role.ADMINISTRATOR in effective


def _effective(names: frozenset[str], *, is_superuser: bool) -> frozenset[str]:
    return names | {Role.ADMINISTRATOR.value} if is_superuser else names


def user_of(user_id: int) -> User:
    """Raises ``UserNotFoundError``."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise UserNotFoundError
    return user


def user_rows() -> QuerySet:
    """Accounts as ``user_bodies`` takes them, the newest first."""
    return User.objects.order_by("-created_at", "-pk").values(*USER_FIELDS, "is_superuser")


def user_bodies(rows: Iterable[Mapping[str, Any]], *, reader: Actor) -> list[dict[str, Any]]:
    """Accounts as REST shows them to ``reader``: e-mail only to Administrators and oneself."""
    found = list(rows)
    memberships = User.groups.through.objects.filter(
        user_id__in=[row["id"] for row in found], group__name__in=Role.values
    )
    roles: dict[int, set[str]] = {}
    for user_id, name in memberships.values_list("user_id", "group__name"):
        roles.setdefault(user_id, set()).add(name)
    sees_all = reader.may("users:write")
    bodies = []
    for row in found:
        may_see_email = sees_all or row["id"] == reader.user_id
        names = frozenset(roles.get(row["id"], ()))
        body = {name: row[name] for name in USER_FIELDS}
        body["email"] = row["email"] or None if may_see_email else None
        body["riot_id"] = row["riot_id"] or None
        body["roles"] = sorted(_effective(names, is_superuser=row["is_superuser"]))
        bodies.append(body)
    return bodies


def user_body(user_id: int, *, reader: Actor) -> dict[str, Any]:
    """One account. Raises ``UserNotFoundError``."""
    bodies = user_bodies(user_rows().filter(pk=user_id), reader=reader)
    if not bodies:
        raise UserNotFoundError
    return bodies[0]


def user_id_of_discord(discord_id: str) -> int:
    """Raises ``UserNotFoundError``."""
    # what no account can have is no question for the database, which refuses NUL with an error
    found = DISCORD_ID.fullmatch(discord_id) and User.objects.filter(discord_id=discord_id).first()
    if not found:
        raise UserNotFoundError
    return found.pk


def user_exists(user_id: int) -> bool:
    return User.objects.filter(pk=user_id).exists()


def statistics() -> dict[str, Any]:
    """How many accounts there are, and how many of them are active."""
    counts = User.objects.aggregate(total=Count("pk"), active=Count("pk", filter=Q(is_active=True)))
    total, active = counts["total"], counts["active"]
    return {
        "total_users": total,
        "active_users": active,
        "inactive_users": total - active,
        "activity_rate": round(active / total * 100, 2) if total else 0.0,
    }


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
        return NOBODY
    roles = roles_of(user)
    sid = hashlib.sha256(f"admin session {session_key}".encode()).hexdigest()[:32]
    return Actor(
        name=user.username,
        user_id=user.pk,
        sid=sid if session_key else None,
        roles=roles,
        scopes=scopes_of(roles),
    )


def may_use_admin(user_id: int) -> bool:
    """Whether this person may still sign in to the admin."""
    return User.objects.filter(pk=user_id, is_active=True, is_staff=True).exists()


def is_session_live(actor: Actor) -> bool:
    """One read by a unique key, so that a logout counts for every request that begins after it."""
    row = _LIVE_SESSION.first(
        now=timezone.now(), sid=actor.sid, user_id=actor.user_id, username=actor.name
    )
    return row is not None


def live_among(sids: Collection[str]) -> frozenset[str]:
    """Those of these sessions that are alive, by one query for as many as a server may have."""
    asked = list(sids)
    live: set[str] = set()
    for start in range(0, len(asked), MOST_IN_ONE_QUERY):
        some = Session.objects.live().filter(sid__in=asked[start : start + MOST_IN_ONE_QUERY])
        live.update(some.values_list("sid", flat=True))
    return frozenset(live)


def visible_sessions(reader: Actor) -> QuerySet[Session]:
    """The sessions that ``reader`` may see and end: the own ones, Administrators all.

    Whoever knows the viewer password shares its account with strangers, and sees only this one.
    """
    if reader.may("users:write"):
        return Session.objects.all()
    if reader.name == VIEWER_ACCOUNT:
        return Session.objects.filter(sid=reader.sid)
    return Session.objects.filter(user_id=reader.user_id or 0)


def session_bodies(rows: QuerySet[Session], *, reader: Actor) -> list[dict[str, Any]]:
    """Sessions as REST shows them. Their ``sid`` stays out: it could name the holder of a lock."""
    return [
        {
            "id": row["id"],
            "username": row["user__username"],
            "kind": row["kind"],
            "address": row["address"],
            "agent": row["agent"],
            "created_at": row["created_at"],
            "last_seen_at": last_seen.of(row["sid"], row["last_seen_at"]),
            "expires_at": row["expires_at"],
            "ended_at": row["ended_at"],
            "ended_reason": row["ended_reason"] or None,
            "is_current": row["sid"] == reader.sid,
        }
        for row in rows.values(*_SESSION_FIELDS)
    ]


def revive(sid: str) -> Actor:
    """The person of a live session. Raises ``SessionEndedError``."""
    session = Session.objects.live().select_related("user").filter(sid=sid).first()
    if session is None:
        raise SessionEndedError
    return actor_of(session)
