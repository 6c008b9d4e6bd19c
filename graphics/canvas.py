"""The canvas document: what may go on air, and what could break or hijack an overlay.

Checked are the background and the elements of the types that overlays draw. What this module does
not know it leaves alone: other clients keep data of their own in a document.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

MOST_ELEMENTS: Final = 500
LONGEST_TEXT: Final = 10_000
LONGEST_URL: Final = 4096
LONGEST_PLAIN: Final = 200
WIDEST: Final = 20_000.0
LAST_ROW: Final = 9999

TYPES: Final = frozenset({"text", "players", "scores", "placements", "changes", "statuses"})

# \Z everywhere: $ would let a final newline through.
_COLOUR = re.compile(
    r"(?:#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
    r"|[a-zA-Z]{3,30}"
    r"|(?:rgba?|hsla?)\([0-9.,%/ +-]{1,60}\))\Z"
)
_FONT = re.compile(r"[\w\"'-][\w .,'\"-]*\Z")
_NUMBER_IN_TEXT = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})\Z")
_ROUND = re.compile(r"(?:total|last|round_[1-9][0-9]{0,3})?\Z")
_ROWS = re.compile(r"([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3})?)?\Z")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\"'<>\\^`{|}\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# ++ gives nothing back: one wrong character at the end of 20 MiB costs no second look at them.
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]++={0,2}\Z")

Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class _Finding:
    path: str
    sentence: str


def faults(
    document: Mapping[str, Any], *, image_hosts: Collection[str] = ()
) -> dict[str, list[str]]:
    """What is wrong, by path (``elements.3.color``); empty if the document may go on air.

    ``image_hosts`` are the only hosts that pictures may come from; while there are none, any host
    may. Never raises, whatever JSON object it is given.
    """
    found = [*_background_faults(document.get("background"), image_hosts)]
    elements = document.get("elements")
    if "elements" in document:
        found += _elements_faults(elements)
    errors: dict[str, list[str]] = {}
    for finding in found:
        errors.setdefault(finding.path, []).append(finding.sentence)
    return errors


def picture_fault(url: Any, image_hosts: Collection[str] = ()) -> str | None:
    """Why ``url`` may not be drawn as a picture, ``None`` if it may; no picture at all is fine."""
    if url is None or url == "":
        return None
    if not isinstance(url, str):
        return "Must be the address of a picture."
    if url[:5].lower() == "data:":
        return None if _DATA_PICTURE.match(url) else "Data must be a PNG, JPEG, GIF, WebP or AVIF."
    if len(url) > LONGEST_URL or _NOT_IN_URL.search(url):
        return (
            f"An address has at most {LONGEST_URL} characters, and no spaces, quotes, "
            "control characters or angle brackets."
        )
    if url.startswith("/"):
        return "An address of this server begins with one slash." if url[1:2] == "/" else None
    return _foreign_fault(url, image_hosts)


def _foreign_fault(url: str, image_hosts: Collection[str]) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in {"http", "https"} or not host:
        return "Must begin with https://, http://, or / for a picture of this server."
    if parts.username is not None or parts.password is not None:
        return "An address has no user name and no password."
    if image_hosts and host not in image_hosts:
        return f"Pictures of {host} are not allowed here."
    return None


def _background_faults(background: Any, image_hosts: Collection[str]) -> list[_Finding]:
    if background is None:
        return []
    if not isinstance(background, dict):
        return [_Finding("background", "Must be an object or null.")]
    checks: dict[str, Check] = {
        "imageUrl": lambda url: picture_fault(url, image_hosts),
        "width": _number(0, WIDEST),
        "height": _number(0, WIDEST),
    }
    return _faults_of(background, "background", checks)


def _elements_faults(elements: Any) -> list[_Finding]:
    if not isinstance(elements, list):
        return [_Finding("elements", "Must be a list.")]
    if len(elements) > MOST_ELEMENTS:
        return [_Finding("elements", f"A canvas has at most {MOST_ELEMENTS} elements.")]
    found = _duplicates(elements)
    for index, element in enumerate(elements):
        path = f"elements.{index}"
        if not isinstance(element, dict):
            found.append(_Finding(path, "Must be an object."))
        elif isinstance(element.get("type"), str) and element["type"] in TYPES:
            found += _faults_of(element, path, ELEMENT_CHECKS)
    return found


def _duplicates(elements: Sequence[Any]) -> list[_Finding]:
    """The page knows by its id which element changed, so no two may share one."""
    first: dict[str, int] = {}
    found = []
    for index, element in enumerate(elements):
        key = _id_of(element)
        if key is not None and (earlier := first.setdefault(key, index)) != index:
            found.append(_Finding(f"elements.{index}.id", f"Element {earlier} has this id too."))
    return found


def _id_of(element: Any) -> str | None:
    """An element's id as the page spells it, to which 1, 1.0 and "1" are one."""
    key = element.get("id") if isinstance(element, dict) else None
    if type(key) is str:
        return key
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    is_id = isinstance(key, int | float) and not isinstance(key, bool)
    return str(key) if is_id else None


def _faults_of(node: Mapping[str, Any], path: str, checks: Mapping[str, Check]) -> list[_Finding]:
    return [
        _Finding(f"{path}.{key}", sentence)
        for key, value in node.items()  # an element has few of all that could be checked
        if value is not None and key in checks and (sentence := checks[key](value)) is not None
    ]


def _number(low: float, high: float) -> Check:
    sentence = f"Must be a number from {low:g} to {high:g}."

    def check(value: Any) -> str | None:
        kind = type(value)
        # Editors that bind form fields to the document write numbers as text.
        if kind is str and _NUMBER_IN_TEXT.match(value):
            value, kind = float(value), float
        is_number = kind is int or kind is float
        return None if is_number and low <= value <= high else sentence  # NaN is in no range

    return check


def _plain(pattern: re.Pattern[str], sentence: str) -> Check:
    def check(value: Any) -> str | None:
        is_plain = isinstance(value, str) and len(value) <= LONGEST_PLAIN and pattern.match(value)
        return None if is_plain or value == "" else sentence

    return check


def _text(longest: int) -> Check:
    def check(value: Any) -> str | None:
        if type(value) is not str:
            is_number = type(value) is int or type(value) is float
            return None if is_number else "Must be a text."
        if len(value) > longest:
            return f"A text has at most {longest} characters."
        if _NOT_IN_TEXT.search(value):
            return "Control characters and changes of the writing direction are not allowed."
        return None

    return check


def _rows(value: Any) -> str | None:
    """``9-16``, ``5``, ``9-``; editors with a field for numbers write 5 as a number."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LAST_ROW:
        return None
    found = _ROWS.match(value) if isinstance(value, str) else None
    if value == "" or (found and int(found[1]) <= int(found[2] or LAST_ROW)):
        return None
    return f"Must be rows such as 9-16, 5 or 9-, from 1 to {LAST_ROW}, the first before the last."


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "Must be true or false."


def _one_of(*words: str) -> Check:
    sentence = f"Must be one of {', '.join(words)}."
    return lambda value: None if isinstance(value, str) and value in words else sentence


ELEMENT_CHECKS: Final[Mapping[str, Check]] = {
    "id": _text(LONGEST_PLAIN),
    "x": _number(-WIDEST, WIDEST),
    "y": _number(-WIDEST, WIDEST),
    "width": _number(0, WIDEST),
    "fontSize": _number(1, 1000),
    "fontWeight": _number(1, 1000),
    "letterSpacing": _number(-200, 200),
    "spacing": _number(-WIDEST, WIDEST),
    "opacity": _number(0, 1),
    "previewCount": _number(0, 10_000),
    "offset": _number(0, 10_000),
    "rows": _rows,
    "stage": _number(1, 999),
    "lobby": _number(1, 999),
    "game": _number(1, 9999),
    "games": _number(1, 9999),
    "fontFamily": _plain(_FONT, "Must be names of fonts, separated by commas."),
    "color": _plain(_COLOUR, "Must be a colour, such as #f3cf86, gold or rgb(243, 207, 134)."),
    "roundId": _plain(_ROUND, "Must be total, last, or a round such as round_1."),
    "content": _text(LONGEST_TEXT),
    "bind": _text(LONGEST_PLAIN),
    "bold": _flag,
    "italic": _flag,
    "underline": _flag,
    "uppercase": _flag,
    "align": _one_of("left", "center", "right"),
    "direction": _one_of("column", "row"),
    "source": _one_of("standings", "lobby"),
    "orderBy": _one_of("rank", "seat"),
    "value": _one_of("points", "event_points", "points_to_cut", "max_points", "needed_place"),
}
