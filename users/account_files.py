"""Accounts as CSV: what a line says and how one is written. No database here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gal_dashboard.core import csv_files
from users.choices import Role
from users.errors import AccountFileError

TEXTS: Final = ("display_name", "email", "discord_id", "riot_id")
COLUMNS: Final = ("username", *TEXTS, "roles", "is_active")
MOST_LINES: Final = 1000


@dataclass(slots=True, kw_only=True)
class Line:
    """One account of a file. ``roles`` is ``None`` where the file has no such column."""

    number: int
    fields: dict[str, Any]
    roles: frozenset[str] | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def username(self) -> str:
        return str(self.fields.get("username", ""))


def read(content: bytes) -> list[Line]:
    """The lines of a file, each with what is wrong in itself. Raises ``AccountFileError``."""
    try:
        text = csv_files.decoded(content)
        rows = csv_files.read(text, columns=COLUMNS, required=["username"], most=MOST_LINES)
    except csv_files.CsvFaultError as fault:
        raise AccountFileError(fault=str(fault)) from None
    if not rows:
        raise AccountFileError(fault="It has no accounts.")
    if len(rows) > MOST_LINES:
        raise AccountFileError(fault=f"It has more than {MOST_LINES} accounts; divide it.")
    return [_line(row) for row in rows]


def write(bodies: Iterable[Mapping[str, Any]]) -> str:
    """Accounts as ``read`` takes them, safe to open in a spreadsheet."""
    return csv_files.write(
        COLUMNS,
        (
            [
                body["username"],
                *(body[name] or "" for name in TEXTS),
                " ".join(body["roles"]),
                csv_files.yes_or_no(body["is_active"]),
            ]
            for body in bodies
        ),
    )


def _line(row: csv_files.Row) -> Line:
    texts = row.cells
    fields: dict[str, Any] = {name: texts[name] for name in ("username", *TEXTS) if name in texts}
    if "discord_id" in fields:
        fields["discord_id"] = fields["discord_id"] or None
    line = Line(number=row.number, fields=fields)
    if row.fault is not None:
        line.errors.append(row.fault)
    if "roles" in texts:
        line.roles = frozenset(texts["roles"].replace(";", " ").replace(",", " ").split())
        unknown = sorted(line.roles - set(Role.values))
        if unknown:
            line.errors.append(f"roles: Unknown: {', '.join(unknown)[:100]}.")
    if "is_active" in texts:
        is_active = csv_files.is_yes(texts["is_active"], default=True)
        fields["is_active"] = bool(is_active)
        if is_active is None:
            line.errors.append("is_active: Must be yes or no.")
    return line
