"""Rows of models from rows of a file; nothing is saved here."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tournaments.transfer.reading import TournamentShow
from tournaments.transfer.tables import PARTICIPANTS, TABLES, Table

BY_MEMBER = {table.member: table for table in TABLES}


def made(
    member: str,
    show: TournamentShow,
    *,
    numbers: Mapping[str, Sequence[int]] | None = None,
    **fixed: Any,
) -> list[Any]:
    """The rows of a member as models. ``fixed`` are columns that all of them share.

    ``numbers`` says which row of the database each row of the file is by now; a foreign key into a
    member that it does not name stays empty. Without it the file's own numbers stand.
    """
    table = BY_MEMBER[member]
    return [table.model(**_values(table, row, numbers), **fixed) for row in show.rows[table.member]]


def _values(table: Table, row: Any, numbers: Mapping[str, Sequence[int]] | None) -> dict[str, Any]:
    values = {}
    for name in table.columns:
        value = getattr(row, name)
        if name in table.refs:
            values[f"{name}_id"] = _number(numbers, table.refs[name], value)
            continue
        value = _plain(value)
        if name in table.codes:
            value = table.codes[name](
                value, lambda named: _number(numbers, PARTICIPANTS, named) or 0
            )
        values[name] = value
    return values


def _plain(value: Any) -> Any:
    """Structs of a JSON column as the column holds them."""
    return msgspec.to_builtins(value) if isinstance(value, list | dict) else value


def _number(
    numbers: Mapping[str, Sequence[int]] | None, member: str, named: int | None
) -> int | None:
    if named is None or numbers is None:
        return named
    known = numbers.get(member)
    return None if known is None else known[named - 1]
