"""Many accounts at once: what a file would do, and doing all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError
from gal_dashboard.events.recording import recording
from users import account_files, accounts, selectors
from users.account_files import Line
from users.choices import LEAGUE_ACCOUNTS, Role
from users.errors import AccountLineError, UserNotFoundError
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
    names = _numbers((line.username.lower(), line) for line in lines)
    discord_ids = _numbers((line.fields.get("discord_id"), line) for line in lines)
    by_name = {
        user.username.lower(): user
        for user in User.objects.annotate(lower_name=Lower("username"))
        .filter(lower_name__in=names)
        .prefetch_related("groups")
    }
    known = User.objects.filter(discord_id__in=discord_ids)
    holders = dict(known.values_list("discord_id", "username"))
    plans = []
    for line in lines:
        twins = _twins(line, "user name", names[line.username.lower()]) if line.username else []
        if discord_id := line.fields.get("discord_id"):
            twins += _twins(line, "Discord id", discord_ids[discord_id])
        plans.append(_planned(line, by_name.get(line.username.lower()), holders, twins))
    return plans


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
    """All accounts as CSV, with their e-mail addresses: for Administrators, and on record.

    Not those of the league's passwords, which no file may change.
    """
    persons = selectors.user_rows().exclude(username__in=LEAGUE_ACCOUNTS)
    bodies = selectors.user_bodies(persons, reader=actor)
    with recording():
        trail.record("user.exported", actor=actor, changes={"accounts": (None, len(bodies))})
    return account_files.write(bodies)


def _numbers(values: Iterable[tuple[str | None, Line]]) -> dict[str, list[int]]:
    """The numbers of the lines that have a value."""
    numbers: dict[str, list[int]] = {}
    for value, line in values:
        if value:
            numbers.setdefault(value, []).append(line.number)
    return numbers


def _twins(line: Line, what: str, numbers: Sequence[int]) -> list[str]:
    others = [number for number in numbers if number != line.number]
    return [f"Line {others[0]} has the same {what}."] if others else []


def _planned(
    line: Line, known: User | None, holders: Mapping[str | None, str], twins: Sequence[str]
) -> Plan:
    errors = [*line.errors, *twins]
    discord_id = line.fields.get("discord_id")
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
    if line.roles is not None and line.roles != _roles(known):
        changed.append("roles")
    return changed


def _roles(known: User) -> set[str]:
    """As an export names them: a superuser is Administrator, by whatever right."""
    roles = {group.name for group in known.groups.all()}
    return roles | {Role.ADMINISTRATOR.value} if known.is_superuser else roles


def _carry_out(actor: Actor, line: Line, planned: Plan) -> None:
    if planned.deed == "create":
        roles = line.roles or frozenset()
        accounts.create_account(actor=actor, fields=line.fields, roles=roles, password=None)
    elif planned.deed:
        known = User.objects.only("pk").filter(username=line.username).first()
        if known is None:  # it was renamed just now
            raise UserNotFoundError
        accounts.update_account(actor=actor, user_id=known.pk, fields=line.fields, roles=line.roles)


def _sentence(refused: DomainError | ValidationError) -> str:
    errors = getattr(refused, "errors", None) or getattr(refused, "message_dict", None)
    if errors:
        return " ".join(f"{name}: {' '.join(found)}" for name, found in errors.items())
    return str(refused)
