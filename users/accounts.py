"""Writes of accounts: who is there, what they may do, and their passwords."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import emit, recording
from users import events, passwords, selectors, sessions
from users.choices import LEAGUE_ACCOUNTS, VIEWER_ACCOUNT, EndReason, Role
from users.errors import (
    DiscordIdTakenError,
    LastAdministratorError,
    LeagueAccountError,
    OldPasswordError,
    ReadOnlySessionError,
    UsernameTakenError,
    UserNotFoundError,
)
from users.models import Session, User

# Tokens say for a day who their holder is and what they may do: with these they become untrue.
_STANDS_IN_TOKENS: Final = frozenset({"username", "roles", "is_active", "is_staff", "password"})


def hash_for_new(*, fields: Mapping[str, Any], password: str | None) -> str:
    """What ``create_account`` takes as ``secret``. Raises as ``passwords.hashed``."""
    return passwords.hashed(password, User(**fields))


def create_account(
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    roles: Iterable[str],
    password: str | None = None,
    secret: str | None = None,
) -> User:
    """A new account; without a password nobody signs in by it, as for most players.

    A hash takes its time: who calls this in a transaction has it made before, and gives it as
    ``secret``. Raises ``DiscordIdTakenError``, ``UsernameTakenError``, ``InvalidFieldsError``.
    """
    roles = frozenset(roles)
    user = User(**fields)
    user.password = secret or passwords.hashed(password, user)
    with _refusing_twins(user), recording():
        _refuse_twins(user)
        user.full_clean()
        user.save()
        _set_roles(user, roles)
        told = {**trail.made(user, *fields), "roles": (None, _named(roles))}
        trail.record("user.created", actor=actor, target=user, changes=told)
        _emit_changed("created", user, actor)
        return user


def update_account(
    *,
    actor: Actor,
    user_id: int,
    fields: Mapping[str, Any],
    roles: Iterable[str] | None = None,
    password: str | None = None,
) -> User:
    """Change what is named of an account. A change of nothing writes nothing and tells nobody.

    Whoever gets other roles or another name, or may sign in no longer, is signed out everywhere.
    Raises ``UserNotFoundError``, ``LeagueAccountError``, ``LastAdministratorError``,
    ``DiscordIdTakenError``, ``UsernameTakenError``, ``InvalidFieldsError``.
    """
    secret = _hashed_for(user_id, password)
    with _refusing_twins(User(pk=user_id, **fields)), recording():
        user = lock_account(user_id)
        _refuse_league_account(user)
        return _change(user, actor, fields, roles, secret)


def update_profile(*, actor: Actor, fields: Mapping[str, Any]) -> User:
    """Change one's own account, in what gives no rights. Raises as ``update_account``."""
    refuse_shared_profile(actor)
    user_id = actor.user_id or 0
    with _refusing_twins(User(pk=user_id, **fields)), recording():
        return _change(lock_account(user_id), actor, fields, None, None)


def refuse_shared_profile(actor: Actor) -> None:
    if actor.name == VIEWER_ACCOUNT:
        raise ReadOnlySessionError


def _change(
    user: User,
    actor: Actor,
    fields: Mapping[str, Any],
    roles: Iterable[str] | None,
    secret: str | None,
) -> User:
    before = selectors.stored_roles_of(user)
    after = before if roles is None else frozenset(roles)
    changes = {
        name: (getattr(user, name), value)
        for name, value in fields.items()
        if getattr(user, name) != value
    }
    if after != before:
        changes["roles"] = (_named(before), _named(after))
    if not changes and secret is None:
        return user
    was_administrator = selectors.is_administrator(user, before)
    for name in changes.keys() - {"roles"}:
        setattr(user, name, fields[name])
    _refuse_twins(user)
    if was_administrator and not selectors.is_administrator(user, after):
        _refuse_last_administrator(user)
    _refuse_locking_oneself_out(actor, user, changes)
    if secret is not None:
        user.password = secret
    user.full_clean()
    user.save()
    if "roles" in changes:
        _set_roles(user, after)
    if changes.keys() & _STANDS_IN_TOKENS or secret is not None:
        _sign_out_everywhere(user, actor)
    if changes:
        trail.record("user.updated", actor=actor, target=user, changes=changes)
    if secret is not None:
        trail.record("user.password_changed", actor=actor, target=user)
    _emit_changed("updated", user, actor)
    return user


def set_password(*, actor: Actor, user_id: int, password: str | None) -> User:
    """A new password, or none. It ends the account's sessions: whoever knew the old one is out.

    Raises ``UserNotFoundError``, ``LeagueAccountError``, ``InvalidFieldsError``.
    """
    secret = passwords.hashed(password, selectors.user_of(user_id))
    with recording():
        user = lock_account(user_id)
        _refuse_league_account(user)
        return _replace_password(user, secret, actor)


def replace_own_password(*, actor: Actor, judged_by: str, password: str) -> User:
    """A new password for whoever knew the old one, whose hash was ``judged_by``.

    Raises ``OldPasswordError`` if somebody else has changed it, or the account was disabled, since:
    whoever was shut out does not get in again. Raises ``InvalidFieldsError`` too.
    """
    user_id = actor.user_id or 0
    secret = passwords.hashed(password, selectors.user_of(user_id))
    with recording():
        user = lock_account(user_id)
        if user.password != judged_by or not user.is_active:
            raise OldPasswordError
        return _replace_password(user, secret, actor)


def _replace_password(user: User, secret: str, actor: Actor) -> User:
    user.password = secret
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


def _hashed_for(user_id: int, password: str | None) -> str | None:
    """Before any lock is taken: a hash takes its time."""
    return None if password is None else passwords.hashed(password, selectors.user_of(user_id))


@contextmanager
def _refusing_twins(user: User) -> Iterator[None]:
    """Around a transaction: of two who take the same name at once the database lets one in.

    The other hears so from the database, or from the model's own look a moment before.
    """
    try:
        yield
    except (IntegrityError, ValidationError):
        _refuse_twins(user)
        raise


def _refuse_twins(user: User) -> None:
    others = User.objects.exclude(pk=user.pk)
    if user.discord_id and others.filter(discord_id=user.discord_id).exists():
        raise DiscordIdTakenError
    if user.username and others.filter(username__iexact=user.username).exists():
        raise UsernameTakenError


def _refuse_last_administrator(user: User) -> None:
    # of two who take the right from each other at once, the second waits here and sees the first
    Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR)
    if not User.objects.administrators().exclude(pk=user.pk).exists():
        raise LastAdministratorError(name=user.username)


def _refuse_locking_oneself_out(actor: Actor, user: User, changes: Mapping[str, Any]) -> None:
    """``user`` is as it would be, ``changes`` what made it so."""
    if user.pk != actor.user_id:
        return
    errors = {}
    if "is_active" in changes and not user.is_active:
        errors["is_active"] = ["You cannot disable the account that you are using."]
    if "is_staff" in changes and not user.is_staff:
        errors["is_staff"] = ["You cannot shut yourself out of the admin."]
    if "roles" in changes and Role.ADMINISTRATOR not in changes["roles"][1]:
        errors["roles"] = ["You cannot take this role from yourself."]
    if errors:
        raise InvalidFieldsError(errors)


def _sign_out_everywhere(user: User, actor: Actor) -> None:
    for session in (
        Session.objects.filter(user=user, ended_at=None).select_related("user").order_by("pk")
    ):
        sessions.end(session, actor=actor, reason=EndReason.ACCOUNT_CHANGED)


def _named(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))


def _set_roles(user: User, roles: Iterable[str]) -> None:
    user.groups.set(Group.objects.filter(name__in=[Role(role).value for role in roles]))


def _emit_changed(action: str, user: User, actor: Actor) -> None:
    emit(events.user_changed(action, user=user, roles=selectors.roles_of(user), actor=actor))
