"""The types that options have: how a value is judged, read from a text, and shown.

A judge takes a JSON value and gives what programs work with, or raises ``OptionValueError`` with a
sentence that says the bounds. The sentence never repeats the value, which may be a secret.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import orjson

from gal_dashboard.core import ijson, wire

LONGEST_JSON: Final = 64 * 1024
MASK: Final = "********"
LONGEST_ITEM: Final = 255

_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LINES: Final = re.compile(r"[\n\t]")
_COLOUR: Final = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})\Z")
_INTEGER: Final = re.compile(r"-?[0-9]{1,16}\Z")
_WORDS: Final[Mapping[str, bool]] = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
}


class OptionValueError(ValueError):
    """Raised for a value that an option cannot have; the sentence goes on after its name."""


class Kind(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    LIST = "list"
    JSON = "json"
    DATETIME = "datetime"
    COLOUR = "colour"
    SECRET = "secret"  # noqa: S105 - the name of a type


class Bounds(Protocol):
    """What an option says about its values.

    ``low`` and ``high`` bound a number, the length of a text, or the count of a list.
    """

    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def pattern(self) -> str | None: ...
    @property
    def pattern_help(self) -> str: ...


def judge(kind: Kind, value: Any, bounds: Bounds) -> Any:
    """``value`` as programs use it. Raises ``OptionValueError``."""
    return _JUDGES[kind](value, bounds)


def read(kind: Kind, text: str) -> Any:
    """The JSON value that a text of the environment or of a form spells.

    Raises ``OptionValueError`` where the text is no JSON; whether the value fits, ``judge`` says.
    """
    reader = _READERS.get(kind)
    return text if reader is None else reader(text)


def on_the_wire(value: Any) -> Any:
    """A judged value as plain JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value


# --- Judges ---------------------------------------------------------------------------------------
def _string(value: Any, bounds: Bounds) -> str:
    if not isinstance(value, str):
        raise OptionValueError("must be a text")
    low, high = int(bounds.low or 0), int(bounds.high or 1000)
    if not low <= len(value) <= high:
        raise OptionValueError(f"must be a text of {low} to {high} characters")
    if _CONTROL.search(_LINES.sub("", value)):
        raise OptionValueError("must not hold control characters")
    _among(value, bounds)
    if bounds.pattern is not None and not re.fullmatch(bounds.pattern, value):
        raise OptionValueError(f"must be {bounds.pattern_help}")
    return value


def _integer(value: Any, bounds: Bounds) -> int:
    low, high = bounds.low, bounds.high
    if not isinstance(value, int) or isinstance(value, bool) or not _is_within(value, bounds):
        raise OptionValueError(f"must be a whole number from {_said(low)} to {_said(high)}")
    return value


def _float(value: Any, bounds: Bounds) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not _is_within(value, bounds):
        raise OptionValueError(f"must be a number from {_said(bounds.low)} to {_said(bounds.high)}")
    return float(value)


def _boolean(value: Any, bounds: Bounds) -> bool:
    if not isinstance(value, bool):
        raise OptionValueError("must be true or false")
    return value


def _list(value: Any, bounds: Bounds) -> tuple[str, ...]:
    low, high = int(bounds.low or 0), int(bounds.high or 100)
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise OptionValueError("must be a list of texts")
    if not low <= len(value) <= high:
        raise OptionValueError(f"must be a list of {low} to {high} texts")
    for item in value:
        if not 1 <= len(item) <= LONGEST_ITEM or _CONTROL.search(item):
            raise OptionValueError(
                f"must hold texts of 1 to {LONGEST_ITEM} characters, without control characters"
            )
        _among(item, bounds)
        if bounds.pattern is not None and not re.fullmatch(bounds.pattern, item):
            raise OptionValueError(f"must hold only {bounds.pattern_help}")
    if len(set(value)) != len(value):
        raise OptionValueError("must not name anything twice")
    return tuple(value)


def _json(value: Any, bounds: Bounds) -> Any:
    text = wire.dumps(value)
    if len(text) > LONGEST_JSON:
        raise OptionValueError(f"must be at most {LONGEST_JSON} bytes of JSON")
    try:
        return ijson.loads(text)
    except ijson.IJSONError as error:
        raise OptionValueError(f"must be I-JSON: {error}") from None


def _datetime(value: Any, bounds: Bounds) -> datetime:
    sentence = "must be an ISO 8601 time with its offset, such as 2026-11-29T18:00:00Z"
    if not isinstance(value, str) or not value.isascii():
        raise OptionValueError(sentence)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise OptionValueError(sentence) from None
    if moment.tzinfo is None:
        raise OptionValueError(sentence)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise OptionValueError(sentence) from None


def _colour(value: Any, bounds: Bounds) -> str:
    if not isinstance(value, str) or not _COLOUR.match(value):
        raise OptionValueError("must be a colour such as #fa0, #ffaa00 or #ffaa00cc")
    return value.lower()


def _is_within(value: float, bounds: Bounds) -> bool:
    return (bounds.low is None or value >= bounds.low) and (
        bounds.high is None or value <= bounds.high
    )


def _among(text: str, bounds: Bounds) -> None:
    if bounds.choices and text not in bounds.choices:
        raise OptionValueError(f"must be one of {', '.join(bounds.choices)}")


def _said(bound: float | None) -> str:
    if bound is None:
        return "any"
    return str(int(bound)) if float(bound).is_integer() else str(bound)


_JUDGES: Final[Mapping[Kind, Callable[[Any, Bounds], Any]]] = {
    Kind.STRING: _string,
    Kind.SECRET: _string,
    Kind.INTEGER: _integer,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.LIST: _list,
    Kind.JSON: _json,
    Kind.DATETIME: _datetime,
    Kind.COLOUR: _colour,
}


# --- Readers of texts -----------------------------------------------------------------------------
def _read_integer(text: str) -> Any:
    text = text.strip()
    return int(text) if _INTEGER.match(text) else text


def _read_float(text: str) -> Any:
    try:
        return float(text) if text.isascii() and "_" not in text else text
    except ValueError:
        return text


def _read_boolean(text: str) -> Any:
    return _WORDS.get(text.strip().lower(), text)


def _read_list(text: str) -> Any:
    if text.lstrip().startswith("["):
        return _read_json(text)
    return [item for part in re.split(r"[,\n]", text) if (item := part.strip())]


def _read_json(text: str) -> Any:
    try:
        return ijson.loads(text.encode())
    except (ijson.IJSONError, UnicodeEncodeError) as error:
        raise OptionValueError(f"must be JSON: {error}") from None


_READERS: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.INTEGER: _read_integer,
    Kind.FLOAT: _read_float,
    Kind.BOOLEAN: _read_boolean,
    Kind.LIST: _read_list,
    Kind.JSON: _read_json,
}


def as_text(kind: Kind, value: Any) -> str:
    """A JSON value as a form shows it; ``read`` takes it back."""
    match kind:
        case Kind.LIST:
            return "\n".join(value)
        case Kind.JSON:
            return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case _:
            return str(value)


def in_one_line(value: Any) -> str:
    """Any JSON value for people, in one line."""
    return orjson.dumps(value).decode()
