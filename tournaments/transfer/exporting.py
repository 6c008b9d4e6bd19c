"""A tournament out of the database, as members. Reads only; the caller sees to one view of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from gal_dashboard.core.errors import DomainError
from tournaments import rulebook
from tournaments.models import Participant, Tournament
from tournaments.transfer import judging, results
from tournaments.transfer.forms import FileForm, PersonForm, TournamentForm
from tournaments.transfer.reading import Form, ShowFileError, TournamentShow
from tournaments.transfer.tables import (
    PARTICIPANTS,
    PEOPLE,
    STANDINGS,
    TABLES,
    TOURNAMENT,
    NamesNobodyError,
    Table,
)
from users.models import User

# The place of each row in its member, by its number in the database.
Numbers = Mapping[int, int]


class UnfitRowError(DomainError):
    """Raised for a row that no import would take; the file would be worth nothing."""

    code = "show_row_unfit"
    message = "{member} cannot be written: {fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """All members of a tournament, ready to be written, and how many rows each has."""

    texts: Mapping[str, bytes]
    counts: Mapping[str, int]


def members_of(tournament: Tournament) -> Members:
    """Raises ``UnfitRowError`` for what no import would take."""
    people = _people(tournament)
    numbers: dict[str, Numbers] = {PEOPLE: _places(person.pk for person in people)}
    rows: dict[str, list[FileForm]] = {}
    for table in TABLES:
        found = _rows(table, tournament)
        numbers[table.member] = _places(row["pk"] for row in found)
        rows[table.member] = [_formed(table, row, numbers) for row in found]
    show = TournamentShow(
        tournament=_tournament(tournament),
        people=[_converted(PEOPLE, PersonForm, _columns(PersonForm, one)) for one in people],
        rows=rows,
        standings=results.come_to(rulebook.read(tournament), numbers[PARTICIPANTS]),
    )
    try:
        judging.refuse_impossible(show)
    except ShowFileError as error:
        raise UnfitRowError(member="The tournament", fault=str(error)) from None
    documents = {
        TOURNAMENT: show.tournament,
        PEOPLE: show.people,
        **rows,
        STANDINGS: show.standings,
    }
    counts = {member.removesuffix(".json"): len(found) for member, found in rows.items()}
    return Members(
        texts={member: _text(value) for member, value in documents.items()},
        counts={**counts, "people": len(people)},
    )


def _text(value: Any) -> bytes:
    """One row a line, so that two files can be compared by people."""
    if not isinstance(value, list):
        return msgspec.json.encode(value) + b"\n"
    lines = b",\n".join(msgspec.json.encode(row) for row in value)
    return b"[\n" + lines + b"\n]\n" if value else b"[]\n"


def _tournament(tournament: Tournament) -> TournamentForm:
    columns = [name for name in TournamentForm.__struct_fields__ if name != "is_published"]
    values = {name: getattr(tournament, name) for name in columns}
    values["points_table"] = dict(sorted(tournament.points_table.items()))
    values["is_published"] = tournament.snapshots.exists()
    return _converted(TOURNAMENT, TournamentForm, values)


def _people(tournament: Tournament) -> list[User]:
    """The accounts of participants, in the order of these."""
    entries = Participant.objects.filter(tournament=tournament, user__isnull=False)
    found = entries.select_related("user").order_by("pk")
    people = {entry.user_id: entry.user for entry in found if entry.user is not None}
    return list(people.values())


def _columns(form: type[FileForm], row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form.__struct_fields__}


def _rows(table: Table, tournament: Tournament) -> list[dict[str, Any]]:
    names = [f"{name}_id" if name in table.refs else name for name in table.columns]
    found = table.model._default_manager.filter(**{table.of: tournament})  # noqa: SLF001 - documented
    return list(found.order_by("pk").values("pk", *names))


def _places(pks: Iterable[int]) -> Numbers:
    return {pk: place for place, pk in enumerate(pks, start=1)}


def _formed(table: Table, row: Mapping[str, Any], numbers: Mapping[str, Numbers]) -> Any:
    values: dict[str, Any] = {}
    for name in table.columns:
        value = row[f"{name}_id" if name in table.refs else name]
        if name in table.refs and value is not None:
            value = numbers[table.refs[name]][value]
        elif name in table.codes:
            value = _coded(table, name, value, numbers[PARTICIPANTS])
        elif name == "points_table" and value is not None:
            value = dict(sorted(value.items()))
        values[name] = value
    return _converted(table.member, table.form, values)


def _coded(table: Table, name: str, value: Any, participants: Numbers) -> Any:
    def number(pk: int | None) -> int | None:
        return None if pk is None else participants.get(pk)

    try:
        return table.codes[name](value, number)
    except NamesNobodyError as error:
        raise UnfitRowError(member=table.member, fault=f"{error}.") from None


def _converted(member: str, form: type[Form], values: Mapping[str, Any]) -> Form:
    try:
        return msgspec.convert(values, form)
    except msgspec.ValidationError as error:
        raise UnfitRowError(member=member, fault=f"{error}.") from None
