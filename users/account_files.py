"""Accounts as CSV: how a file is read and written. No database here."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol

from users.choices import Role
from users.errors import AccountFileError

TEXTS: Final = ("display_name", "email", "discord_id", "riot_id")
COLUMNS: Final = ("username", *TEXTS, "roles", "is_active")
MOST_LINES: Final = 1000
YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0"})
# A cell that begins like this is a formula to spreadsheets, and runs on the machine of the reader.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK: Final = "'"


class _Rows(Protocol):
    """What ``csv.reader`` gives; ``line_num`` is the number of the last line that was read."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


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
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AccountFileError(fault="It is not in UTF-8; save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise AccountFileError(fault="It is no text file.")
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        _refuse_columns(names)
        # one more than there may be: a file of ten million line ends must not become lines here
        found = list(islice(_lines(rows, names), MOST_LINES + 1))
    except csv.Error as error:
        fault = f"It is no CSV: line {rows.line_num}: {error}."
        raise AccountFileError(fault=fault) from None
    if not found:
        raise AccountFileError(fault="It has no accounts.")
    if len(found) > MOST_LINES:
        raise AccountFileError(fault=f"It has more than {MOST_LINES} accounts; divide it.")
    return found


def write(bodies: Iterable[Mapping[str, Any]]) -> str:
    """Accounts as ``read`` takes them, safe to open in a spreadsheet."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for body in bodies:
        cells = [body["username"], *(body[name] or "" for name in TEXTS)]
        cells += [" ".join(body["roles"]), "yes" if body["is_active"] else "no"]
        writer.writerow([_disarmed(cell) for cell in cells])
    return target.getvalue()


def _refuse_columns(names: list[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise AccountFileError(
            fault=f"Its first line names unknown columns: {', '.join(unknown)[:200]}. "
            f"Known are {', '.join(COLUMNS)}."
        )
    if len(set(names)) < len(names):
        raise AccountFileError(fault="Its first line names a column twice.")
    if "username" not in names:
        raise AccountFileError(fault="It has no column username.")


def _lines(rows: "_Rows", names: Sequence[str]) -> Iterator[Line]:
    """Numbered as an editor does: where an account begins, though cells may have several lines."""
    number = rows.line_num + 1
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield _line(number, names, cells)
        number = rows.line_num + 1


def _line(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    texts = {name: _armed(cell.strip()) for name, cell in zip(names, cells, strict=False)}
    fields: dict[str, Any] = {name: texts[name] for name in ("username", *TEXTS) if name in texts}
    if "discord_id" in fields:
        fields["discord_id"] = fields["discord_id"] or None
    line = Line(number=number, fields=fields)
    if len(cells) != len(names):
        line.errors.append(f"It has {len(cells)} cells, the first line has {len(names)}.")
    if "roles" in texts:
        line.roles = frozenset(texts["roles"].replace(";", " ").replace(",", " ").split())
        unknown = sorted(line.roles - set(Role.values))
        if unknown:
            line.errors.append(f"roles: Unknown: {', '.join(unknown)[:100]}.")
    if "is_active" in texts:
        word = texts["is_active"].lower() or "yes"
        fields["is_active"] = word in YES
        if word not in YES | NO:
            line.errors.append("is_active: Must be yes or no.")
    return line


def _disarmed(cell: str) -> str:
    return f"{_MARK}{cell}" if cell.lstrip(_MARK).startswith(_DANGEROUS) else cell


def _armed(cell: str) -> str:
    is_marked = cell.startswith(_MARK) and cell.lstrip(_MARK).startswith(_DANGEROUS)
    return cell.removeprefix(_MARK) if is_marked else cell
