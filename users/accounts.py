"""Writes of accounts: who is there, what they may do, and their passwords."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.models import Group

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from users import events, selectors
from users.choices import Role
from users.errors import LeagueAccountError, UserNotFoundError
from users.models import Session, User
from users.services import ACCOUNT_OF_PASSWORD, end_session

LEAGUE_ACCOUNTS: Final = frozenset(ACCOUNT_OF_PASSWORD.values())


def create_account(
    *, actor: Actor, fields: Mapping[str, Any], roles: Iterable[str], password: str | None
) -> User:
    """A new account; without a password nobody signs in by it, as for most players."""
    with recording():
        user = User(**fields)
        user.set_password(password)
        user.full_clean()
        user.save()
        _set_roles(user, roles)
        trail.record(
            "user.created", actor=actor, target=user, changes={"roles": (None, _named(roles))}
        )
        _emit_changed("created", user, actor)
        return user


def update_account(
    *, actor: Actor, user_id: int, fields: Mapping[str, Any], roles: Iterable[str]
) -> User:
    """Change an account. A change of nothing writes nothing and tells nobody.

    Whoever gets other roles, or may sign in no longer, is signed out everywhere: tokens say for a
    day what their holder might do. Raises ``UserNotFoundError``, ``LeagueAccountError``,
    ``InvalidFieldsError``.
    """
    with recording():
        user = lock_account(user_id)
        _refuse_league_account(user)
        before = user.groups.values_list("name", flat=True)
        wanted = {**fields, "roles": _named(roles)}
        now = {name: getattr(user, name) for name in fields} | {"roles": _named(before)}
        changes = {name: (now[name], value) for name, value in wanted.items() if now[name] != value}
        if not changes:
            return user
        _refuse_locking_oneself_out(actor, user, wanted)
        for name in changes.keys() - {"roles"}:
            setattr(user, name, fields[name])
        user.full_clean()
        user.save()
        if "roles" in changes:
            _set_roles(user, roles)
        if changes.keys() & {"roles", "is_active", "is_staff"}:
            _sign_out_everywhere(user, actor)
        trail.record("user.updated", actor=actor, target=user, changes=changes)
        _emit_changed("updated", user, actor)
        return user


def set_password(*, actor: Actor, user_id: int, password: str | None) -> User:
    """A new password, or none. It ends the account's sessions: whoever knew the old one is out.

    The caller has judged the password. Raises ``UserNotFoundError``, ``LeagueAccountError``.
    """
    with recording():
        user = lock_account(user_id)
        _refuse_league_account(user)
        user.set_password(password)
        user.save(update_fields=["password", "updated_at"])
        _sign_out_everywhere(user, actor)
        trail.record("user.password_changed", actor=actor, target=user)
        _emit_changed("updated", user, actor)
        return user


def lock_account(user_id: int) -> User:
    """The account with its row locked until the end of the transaction."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFoundError
    return user


def _refuse_league_account(user: User) -> None:
    if user.username in LEAGUE_ACCOUNTS:
        raise LeagueAccountError(name=user.username)


def _refuse_locking_oneself_out(actor: Actor, user: User, wanted: Mapping[str, Any]) -> None:
    if user.pk != actor.user_id:
        return
    errors = {}
    if not wanted["is_active"]:
        errors["is_active"] = ["You cannot disable the account that you are using."]
    if not wanted["is_staff"]:
        errors["is_staff"] = ["You cannot shut yourself out of the admin."]
    if not user.is_superuser and Role.ADMINISTRATOR.value not in wanted["roles"]:
        errors["roles"] = ["You cannot take this role from yourself."]
    if errors:
        raise InvalidFieldsError(errors)


def _sign_out_everywhere(user: User, actor: Actor) -> None:
    for session in Session.objects.filter(user=user, ended_at=None).order_by("pk"):
        end_session(actor=actor, session=session)


def _named(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))


def _set_roles(user: User, roles: Iterable[str]) -> None:
    user.groups.set(Group.objects.filter(name__in=[Role(role).value for role in roles]))


def _emit_changed(action: str, user: User, actor: Actor) -> None:
    emit(events.user_changed(action, user=user, roles=selectors.roles_of(user), actor=actor))
