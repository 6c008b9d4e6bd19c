"""I-JSON (RFC 7493) in: what this gate lets through can be stored, sent and drawn everywhere.

Refused: duplicate keys, lone surrogates, NUL, NaN and Infinity, integers beyond 2^53-1, nesting
deeper than 32. Both databases, both JSON writers and every browser agree on the rest.
"""

import math
from typing import Any

import jiter

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1


class IJSONError(ValueError):
    """Raised when a text is not I-JSON. The sentence says why and never repeats the text."""


def loads(text: bytes) -> Any:
    """The value that ``text`` (UTF-8) holds. Raises ``IJSONError``."""
    try:
        value = jiter.from_json(
            text,
            allow_inf_nan=False,
            catch_duplicate_keys=True,
            # it would keep thousands of short values, each in a page of memory that is else free
            cache_mode="keys",
        )
    except ValueError as error:
        raise IJSONError(f"This is not valid JSON: {_without_content(str(error))}.") from None
    _check(value, may_hold_nul=b"\\u0000" in text)
    return value


def _without_content(message: str) -> str:
    """jiter quotes duplicate keys; a key may be a secret."""
    if message.startswith("Detected duplicate key"):
        return "an object has a duplicate key" + message[message.rfind(" at line") :]
    return message


def _check(value: Any, *, may_hold_nul: bool) -> None:
    """Walk ``value`` level by level, without recursion."""
    level, depth = [value], 0
    while level:
        inner: list[Any] = []
        has_containers = False
        for node in level:
            kind = type(node)  # jiter makes no subclasses, and most nodes are texts
            if kind is str:
                if may_hold_nul and "\0" in node:
                    raise IJSONError("A text holds the character NUL.")
            elif kind is dict:
                has_containers = True
                if may_hold_nul and any("\0" in key for key in node):
                    raise IJSONError("A key holds the character NUL.")
                inner.extend(node.values())
            elif kind is list:
                has_containers = True
                inner.extend(node)
            elif kind is int or kind is float:
                _check_number(node)
        depth += has_containers
        if depth > MAX_DEPTH:
            raise IJSONError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        level = inner


def _check_number(number: int | float) -> None:
    if isinstance(number, int):
        if not -MAX_INTEGER <= number <= MAX_INTEGER:
            raise IJSONError("An integer is beyond 2^53-1 and would be rounded by browsers.")
    elif not math.isfinite(number):
        raise IJSONError("A number is not finite.")
