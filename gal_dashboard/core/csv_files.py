"""CSV as spreadsheets write it and programs read it (RFC 4180), and harmless where it is opened."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

# A cell that begins like this is a formula to spreadsheets, and runs on the machine of the reader.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK: Final = "'"
_BYTE_ORDER_MARK: Final = "\ufeff"
_YES: Final = frozenset({"yes", "true", "1"})
_NO: Final = frozenset({"no", "false", "0"})


class _Reader(Protocol):
    """What ``csv.reader`` gives; ``line_num`` is the number of the last line that was read."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


class CsvFaultError(ValueError):
    """Raised for a text that is no such table; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells by the names of their columns. ``number`` is the line of the file where it begins.

    ``fault`` is a sentence if there are more or fewer of them than names in the first line.
    """

    number: int
    cells: Mapping[str, str]
    fault: str | None


def decoded(content: bytes) -> str:
    """The text of an uploaded file. Raises ``CsvFaultError`` unless it is UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise CsvFaultError("It is not in UTF-8; save it as “CSV UTF-8”.") from None


def read(text: str, *, columns: Sequence[str], required: Iterable[str], most: int) -> list[Row]:
    """The rows below the line of names, empty ones left out, cells without blanks around them.

    Commas or semicolons separate; names may stand in any order and case. Of a table of more than
    ``most`` rows one more than those are given. Raises ``CsvFaultError``.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if "\0" in text:
        raise CsvFaultError("It is no text file.")
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _refuse_columns(names, columns, required)
        # a file of ten million line ends must not become as many rows in memory
        return list(islice(_rows(reader, names), most + 1))
    except csv.Error as error:
        raise CsvFaultError(f"It is no CSV: line {reader.line_num}: {error}.") from None


def write(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table that ``read`` takes as it was, and that is safe to open in a spreadsheet."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_disarmed(str(cell)) for cell in row])
    return target.getvalue()


def yes_or_no(answer: bool) -> str:  # noqa: FBT001 - the name says it
    return "yes" if answer else "no"


def is_yes(cell: str, *, default: bool) -> bool | None:
    """What a cell of yes or no says, ``default`` if it is empty; ``None`` if it says neither."""
    word = cell.lower()
    if not word:
        return default
    return word in _YES if word in _YES | _NO else None


def _rows(reader: _Reader, names: Sequence[str]) -> Iterator[Row]:
    """Numbered as an editor does: where a row begins, though its cells may have several lines."""
    number = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            texts = [_armed(cell.strip()) for cell in cells]
            fault = f"It has {len(cells)} cells, the first line has {len(names)}."
            yield Row(
                number=number,
                cells=dict(zip(names, texts, strict=False)),
                fault=None if len(cells) == len(names) else fault,
            )
        number = reader.line_num + 1


def _refuse_columns(names: list[str], columns: Sequence[str], required: Iterable[str]) -> None:
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise CsvFaultError(
            f"Its first line names unknown columns: {', '.join(unknown)[:200]}. "
            f"Known are {', '.join(columns)}."
        )
    if len(set(names)) < len(names):
        raise CsvFaultError("Its first line names a column twice.")
    missing = [name for name in required if name not in names]
    if missing:
        raise CsvFaultError(f"It has no column {missing[0]}.")


def _disarmed(cell: str) -> str:
    return f"{_MARK}{cell}" if cell.lstrip(_MARK).startswith(_DANGEROUS) else cell


def _armed(cell: str) -> str:
    is_marked = cell.startswith(_MARK) and cell.lstrip(_MARK).startswith(_DANGEROUS)
    return cell.removeprefix(_MARK) if is_marked else cell
