"""Bodies that no client of good will sends."""

import json
from collections.abc import Mapping
from typing import Any

BACKSLASH = "\\"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


# Each as the value of a member that nobody asked for, in an object that is fine otherwise.
VALUES: Mapping[str, str] = {
    "a lone high surrogate": rf'"{BACKSLASH}ud800"',
    "a lone low surrogate": rf'"{BACKSLASH}udfff"',
    "two surrogates in the wrong order": rf'"{BACKSLASH}udc00{BACKSLASH}ud800"',
    "a lone surrogate in a key": rf'{{"{BACKSLASH}ud800": 1}}',
    "a NUL": rf'"a{BACKSLASH}u0000"',
    "a NUL in a key": rf'{{"{BACKSLASH}u0000": 1}}',
    "a NUL as it is": '"\0"',
    "a line break as it is": '"\n"',
    "a tabulator as it is": '"\t"',
    "an unknown escape": rf'"{BACKSLASH}x41"',
    "33 levels": nested(32),
    "40 levels": nested(39),
    "40 levels of objects": '{"a":' * 39 + "1" + "}" * 39,
    "1,000 levels": nested(1_000),
    "100,000 levels": nested(100_000),
    "100,000 levels without an end": "[" * 100_000,
    "NaN": "NaN",
    "-NaN": "-NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "2^53": str(2**53),
    "-2^53": str(-(2**53)),
    "2^64": str(2**64),
    "an integer of 10,000 digits": "7" * 10_000,
    "a negative integer of 10,000 digits": "-" + "7" * 10_000,
    "an exponent of 1,000 digits": "1e" + "9" * 1_000,
    "a duplicate key": '{"a": 1, "a": 2}',
    "a duplicate key in two spellings": rf'{{"a": 1, "{BACKSLASH}u0061": 2}}',
    "a leading zero": "01",
    "a plus": "+1",
    "a dot without digits": "1.",
    "a hexadecimal number": "0x10",
    "a Python word": "True",
    "single quotes": "'a'",
    "a comma at the end": "[1,]",
    "a comment": "1 /* one */",
    "nothing": "",
}

# Each as the whole body.
BODIES: Mapping[str, bytes] = {
    "an array": b"[]",
    "an array of objects": b"[{}]",
    "null": b"null",
    "a text": b'"text"',
    "a number": b"1",
    "true": b"true",
    "a truncated object": b'{"title": "a',
    "an object without an end": b"{",
    "an end without an object": b"}",
    "two objects": b"{} {}",
    "something after the object": b"{}x",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "invalid UTF-8": b'{"title": "\xff"}',
    "invalid UTF-8 in a key": b'{"\xc0\xaf": 1}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "no JSON at all": b"title=a&event_name=b",
    "HTML": b"<html></html>",
    "zeros": b"\0\0\0\0",
}


def with_member(body: Mapping[str, Any], value: str) -> bytes:
    """``body`` as JSON, with one more member whose value is this text."""
    text = json.dumps(body)
    return f'{text[:-1]}{", " if body else ""}"hostile": {value}}}'.encode()


def with_duplicate(body: Mapping[str, Any]) -> bytes:
    """``body`` as JSON, with its last member (or one of our own) twice."""
    member = json.dumps(dict(list(body.items())[-1:]) or {"a": 1})[1:-1]
    text = json.dumps(body)[1:-1]
    return ("{" + ", ".join(part for part in (text, member, member) if part) + "}").encode()
