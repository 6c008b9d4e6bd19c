"""A tournament out of a show file: judged as a whole, and nothing is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from gal_dashboard.core.bundles import Bundle
from gal_dashboard.core.errors import DomainError
from tournaments.transfer.forms import (
    MOST_ROWS,
    FileForm,
    PersonForm,
    StandingsForm,
    TournamentForm,
)
from tournaments.transfer.tables import PARTICIPANTS, PEOPLE, STANDINGS, TABLES, TOURNAMENT, Table

_AT: Final = re.compile(r" - at (?:`key` in )?`\$(?:\[([0-9]+)\])?\.?(.*)`\Z")

Form = TypeVar("Form", bound=FileForm)


class ShowFileError(DomainError):
    """Raised when a file cannot be a show; the sentence names member and field."""

    code = "show_file_invalid"
    message = "{fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TournamentShow:
    """``rows`` by member; a row's number is its place in it, from 1."""

    tournament: TournamentForm
    people: Sequence[PersonForm]
    rows: Mapping[str, Sequence[Any]]
    standings: StandingsForm

    def row(self, member: str, number: int) -> Any:
        return self.rows[member][number - 1]


def read(bundle: Bundle) -> TournamentShow:
    """Forms, numbers and twins are judged here, what it all means by ``judging``.

    Raises ``ShowFileError``, ``BundleError``.
    """
    show = TournamentShow(
        tournament=form_of(TOURNAMENT, bundle.json(TOURNAMENT), TournamentForm),
        people=rows_of(PEOPLE, bundle.json(PEOPLE), PersonForm),
        rows={
            table.member: rows_of(table.member, bundle.json(table.member), table.form)
            for table in TABLES
        },
        standings=form_of(STANDINGS, bundle.json(STANDINGS), StandingsForm),
    )
    for table in TABLES:
        _refuse_unknown_numbers(table, show)
        _refuse_twins(table, show.rows[table.member])
    return show


def form_of(member: str, value: Any, form: type[Form]) -> Form:
    """One struct of a member. Raises ``ShowFileError``."""
    try:
        found = msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        raise ShowFileError(fault=_spoken(member, str(error))) from None
    refuse_times(f"{member}", found)
    return found


def rows_of(member: str, value: Any, form: type[Form]) -> list[Form]:
    """The structs of a member. Raises ``ShowFileError``."""
    if isinstance(value, list) and len(value) > MOST_ROWS:
        raise ShowFileError(fault=f"{member} has more than {MOST_ROWS} rows.")
    try:
        found = msgspec.convert(value, list[form])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise ShowFileError(fault=_spoken(member, str(error))) from None
    for number, row in enumerate(found, start=1):
        refuse_times(f"{member}, row {number}", row)
    return found


def _spoken(member: str, said: str) -> str:
    """msgspec's ``... - at `$[3].place``` in the words of these files: rows count from 1."""
    match = _AT.search(said)
    if match is None:
        return f"{member}: {said}."
    row = f", row {int(match[1]) + 1}" if match[1] else ""
    field = f", {match[2]}" if match[2] else ""
    return f"{member}{row}{field}: {said[: match.start()]}."


def refuse_times(where: str, row: FileForm) -> None:
    """Both databases keep times in UTC, where the first and the last day may have none."""
    for name in row.__struct_fields__:
        moment = getattr(row, name)
        if isinstance(moment, datetime):
            try:
                moment.astimezone(UTC)
            except OverflowError:
                raise ShowFileError(fault=f"{where}, {name}: Is no time in UTC.") from None


def _refuse_unknown_numbers(table: Table, show: TournamentShow) -> None:
    sizes = {PEOPLE: len(show.people)} | {name: len(rows) for name, rows in show.rows.items()}
    for number, row in enumerate(show.rows[table.member], start=1):
        where = f"{table.member}, row {number}"
        for name, member in table.refs.items():
            named = getattr(row, name)
            if named is not None and named > sizes[member]:
                raise ShowFileError(fault=f"{where}, {name}: There is no row {named} in {member}.")
        for name, code in table.codes.items():
            strangers: list[int] = []

            def known(named: int | None, unknown: list[int] = strangers) -> int:
                if (named or 0) > sizes[PARTICIPANTS]:
                    unknown.append(named or 0)
                return named or 0

            code(msgspec.to_builtins(getattr(row, name)), known)
            if strangers:
                raise ShowFileError(
                    fault=f"{where}, {name}: There is no row {strangers[0]} in {PARTICIPANTS}."
                )


def _refuse_twins(table: Table, rows: Sequence[Any]) -> None:
    for columns, is_meant in table.unique:
        seen: dict[tuple[Any, ...], int] = {}
        for number, row in enumerate(rows, start=1):
            if not is_meant(row):
                continue
            key = tuple(getattr(row, name) for name in columns)
            first = seen.setdefault(key, number)
            if first != number:
                named = " and ".join(columns)
                raise ShowFileError(
                    fault=f"{table.member}, row {number}, {named}: The same as in row {first}."
                )
