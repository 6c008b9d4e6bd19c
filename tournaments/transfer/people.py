"""The accounts that a file's participants are known by: found here, or made."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from gal_dashboard.core.context import Actor
from tournaments.transfer.forms import PersonForm
from tournaments.transfer.reading import ShowFileError
from tournaments.transfer.tables import PEOPLE
from users import accounts
from users.choices import LEAGUE_ACCOUNTS
from users.models import User

LONGEST_USERNAME = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Who a person of the file is here; ``user_id`` is ``None`` for one who will be made."""

    username: str
    user_id: int | None
    fields: dict[str, Any]


def match(people: Sequence[PersonForm]) -> list[Match]:
    """By Discord id, else by user name, unless that account has another Discord id or belongs to
    somebody else of the file.

    Nobody is matched with an account that stands for a password of the league. Two queries, and
    nothing is written. Raises ``ShowFileError`` for names that no account may have.
    """
    discord_ids = {one.discord_id for one in people if one.discord_id}
    by_discord = {user.discord_id: user for user in User.objects.filter(discord_id__in=discord_ids)}
    names = {one.username for one in people}
    is_namesake = Q(username__in=names) | Q(lower__in={name.lower() for name in names})
    by_name = {
        user.username.lower(): user
        for user in User.objects.annotate(lower=Lower("username")).filter(is_namesake)
    }
    _refuse_twins(people)
    taken = set(by_name)
    owned = {user.pk for user in by_discord.values()}
    matches = []
    for number, person in enumerate(people, start=1):
        found = by_discord.get(person.discord_id) or _namesake(person, by_name, owned)
        if found is not None:
            matches.append(Match(username=found.username, user_id=found.pk, fields={}))
            continue
        username = _free_name(person.username, taken)
        taken.add(username.lower())
        fields = {
            "username": username,
            "display_name": person.display_name,
            "discord_id": person.discord_id or None,
            "riot_id": person.riot_id,
        }
        _refuse_invalid(number, fields)
        matches.append(Match(username=username, user_id=None, fields=fields))
    return matches


def make(matches: Sequence[Match], *, actor: Actor) -> list[int]:
    """Their numbers; who is not here yet is made, without a password and without a role.

    Joins the caller's ``recording()``.
    """
    return [
        one.user_id
        if one.user_id is not None
        else accounts.create_account(actor=actor, fields=one.fields, roles=(), password=None).pk
        for one in matches
    ]


def _namesake(person: PersonForm, by_name: dict[str, User], owned: Container[int]) -> User | None:
    found = by_name.get(person.username.lower())
    if found is None or found.pk in owned or found.username in LEAGUE_ACCOUNTS:
        return None
    is_other = person.discord_id and found.discord_id and person.discord_id != found.discord_id
    return None if is_other else found


def _free_name(wanted: str, taken: set[str]) -> str:
    """As it is, or with the first number that makes it one of its own."""
    name, number = wanted, 1
    while name.lower() in taken or name in LEAGUE_ACCOUNTS or _is_taken(name, taken, wanted):
        number += 1
        suffix = f"-{number}"
        name = wanted[: LONGEST_USERNAME - len(suffix)] + suffix
    return name


def _is_taken(name: str, taken: set[str], wanted: str) -> bool:
    """Of names with a number only few are ever asked for."""
    return name != wanted and User.objects.filter(username__iexact=name).exists()


def _refuse_twins(people: Sequence[PersonForm]) -> None:
    for column in ("username", "discord_id"):
        seen: dict[str, int] = {}
        for number, person in enumerate(people, start=1):
            value = getattr(person, column)
            if value and seen.setdefault(value.lower(), number) != number:
                raise ShowFileError(
                    fault=f"{PEOPLE}, row {number}, {column}: The same as in row "
                    f"{seen[value.lower()]}."
                )


def _refuse_invalid(number: int, fields: dict[str, Any]) -> None:
    try:
        User(**fields).clean_fields(exclude=["password"])
    except ValidationError as invalid:
        name, sentences = next(iter(invalid.message_dict.items()))
        raise ShowFileError(
            fault=f"{PEOPLE}, row {number}, {name}: {' '.join(sentences)}"
        ) from None
