"""Many accounts at once: what a file would do, and doing all of it or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError
from gal_dashboard.events.recording import recording
from users import account_files, accounts, selectors
from users.account_files import Line
from users.choices import LEAGUE_ACCOUNTS
from users.errors import AccountLineError
from users.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one line would do: ``deed`` is "create", "change" or nothing."""

    number: int
    username: str
    deed: str
    changes: Sequence[str]
    errors: Sequence[str]


def plan(lines: Sequence[Line]) -> list[Plan]:
    """Judge every line without writing: no transaction, and the same few queries for any file."""
    names = [line.username.lower() for line in lines]
    discord_ids = [line.fields.get("discord_id") for line in lines]
    by_name = {
        user.username.lower(): user
        for user in User.objects.annotate(lower_name=Lower("username"))
        .filter(lower_name__in=names)
        .prefetch_related("groups")
    }
    holders = dict(
        User.objects.filter(discord_id__in=filter(None, discord_ids)).values_list(
            "discord_id", "username"
        )
    )
    twins = {name for name, count in Counter([*names, *discord_ids]).items() if name and count > 1}
    return [_planned(line, by_name.get(line.username.lower()), holders, twins) for line in lines]


def carry_out(*, actor: Actor, lines: Sequence[Line]) -> Counter[str]:
    """Create and change all accounts of a file in one transaction; how many of each deed.

    Raises ``AccountLineError`` for the first line that is refused; then nothing was done.
    """
    done: Counter[str] = Counter()
    plans = plan(lines)
    with recording():
        for line, planned in zip(lines, plans, strict=True):
            if planned.errors:
                raise AccountLineError(number=line.number, fault=" ".join(planned.errors))
            try:
                _carry_out(actor, line, planned)
            except (DomainError, ValidationError) as refused:
                raise AccountLineError(number=line.number, fault=_sentence(refused)) from refused
            done[planned.deed] += 1
    return done


def export(*, actor: Actor) -> str:
    """All accounts as CSV, with their e-mail addresses: for Administrators, and on record."""
    bodies = selectors.user_bodies(selectors.user_rows(), reader=actor)
    with recording():
        trail.record("user.exported", actor=actor, changes={"accounts": (None, len(bodies))})
    return account_files.write(bodies)


def _planned(
    line: Line, known: User | None, holders: Mapping[str | None, str], twins: set[str | None]
) -> Plan:
    errors = list(line.errors)
    discord_id = line.fields.get("discord_id")
    if line.username.lower() in twins or discord_id in twins:
        errors.append("Another line has the same user name or Discord id.")
    if known is not None and known.username != line.username:
        errors.append(f"username: There is {known.username} already.")
    if discord_id and holders.get(discord_id, line.username) != line.username:
        errors.append("discord_id: Another account has it.")
    if line.username in LEAGUE_ACCOUNTS:
        errors.append("username: This account stands for a password of the league.")
    changes = _changes(line, known)
    candidate = User() if known is None else known
    for name, value in line.fields.items():
        setattr(candidate, name, value)
    try:
        candidate.clean_fields(exclude=["password"])
    except ValidationError as invalid:
        errors += [f"{name}: {' '.join(found)}" for name, found in invalid.message_dict.items()]
    deed = "create" if known is None else "change" if changes else ""
    return Plan(
        number=line.number, username=line.username, deed=deed, changes=changes, errors=errors
    )


def _changes(line: Line, known: User | None) -> list[str]:
    if known is None:
        return [name for name, value in line.fields.items() if value not in {"", None}]
    changed = [name for name, value in line.fields.items() if getattr(known, name) != value]
    if line.roles is not None and line.roles != {group.name for group in known.groups.all()}:
        changed.append("roles")
    return changed


def _carry_out(actor: Actor, line: Line, planned: Plan) -> None:
    if planned.deed == "create":
        roles = line.roles or frozenset()
        accounts.create_account(actor=actor, fields=line.fields, roles=roles, password=None)
    elif planned.deed:
        known = User.objects.only("pk").get(username=line.username)
        accounts.update_account(actor=actor, user_id=known.pk, fields=line.fields, roles=line.roles)


def _sentence(refused: DomainError | ValidationError) -> str:
    errors = getattr(refused, "errors", None) or getattr(refused, "message_dict", None)
    if errors:
        return " ".join(f"{name}: {' '.join(found)}" for name, found in errors.items())
    return str(refused)
