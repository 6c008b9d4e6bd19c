"""Every type of option: what it takes, and how it refuses."""

from datetime import UTC, datetime

import pytest

from gal_dashboard.core.option_kinds import Kind, OptionValueError, as_text, on_the_wire, read
from gal_dashboard.core.options import Option


def option(kind: Kind, **bounds) -> Option:
    return Option(key="test.key", kind=kind, default=None, title="", help="", **bounds)


OPTIONS = {
    "string": option(Kind.STRING, low=1, high=5, pattern="[a-z]*", pattern_help="small letters"),
    "choice": option(Kind.STRING, choices=("snake", "swiss")),
    "integer": option(Kind.INTEGER, low=2, high=9),
    "float": option(Kind.FLOAT, low=0.5, high=1.5),
    "boolean": option(Kind.BOOLEAN),
    "list": option(Kind.LIST, low=1, high=2, choices=("a", "b", "c")),
    "json": option(Kind.JSON),
    "datetime": option(Kind.DATETIME),
    "colour": option(Kind.COLOUR),
    "secret": option(Kind.SECRET, low=8, high=20),
}
GOOD = [
    ("string", "abc", "abc"),
    ("choice", "snake", "snake"),
    ("integer", 2, 2),
    ("integer", 9, 9),
    ("float", 1, 1.0),
    ("float", 0.5, 0.5),
    ("boolean", False, False),
    ("list", ["a", "c"], ("a", "c")),
    ("json", {"a": [1, None, {"b": True}]}, {"a": [1, None, {"b": True}]}),
    ("json", None, None),
    ("datetime", "2026-11-29T18:00:00+01:00", datetime(2026, 11, 29, 17, tzinfo=UTC)),
    ("colour", "#FA0", "#fa0"),
    ("colour", "#ffaa00cc", "#ffaa00cc"),
    ("secret", "long-enough", "long-enough"),
]
BAD = [
    ("string", [1, None, "", "abcdef", "ABC", "ab\n", "a\u202eb", "\x00"]),
    ("choice", ["random", "", 1]),
    ("integer", [1, 10, 2.5, "2", True, None, 2**70]),
    ("float", [0.4, 1.6, "1", True, float("nan"), float("inf"), None]),
    ("boolean", [0, 1, "true", None]),
    ("list", [[], ["a", "b", "c"], ["d"], "a", [1], ["a", "a"], None, [""]]),
    ("json", ["x" * 70_000, {"number": 2**60}]),
    ("datetime", ["2026-11-29", "2026-11-29T18:00", "soon", 1, None, "0001-01-01T00:00:00+23:59"]),
    ("colour", ["red", "#12", "#12345", "#gggggg", "#123456\n", "url(x)", 0xFFF, None]),
    ("secret", ["short", "x" * 21, 12345678, None]),
]
SENTENCES = {
    "integer": "must be a whole number from 2 to 9",
    "float": "must be a number from 0.5 to 1.5",
    "boolean": "must be true or false",
    "colour": "must be a colour such as #fa0, #ffaa00 or #ffaa00cc",
}


@pytest.mark.parametrize(("name", "value", "judged"), GOOD)
def test_good_value_is_taken_as_programs_use_it(name, value, judged):
    found = OPTIONS[name].judge(value)

    assert found == judged
    assert type(found) is type(judged)


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, values in BAD for v in values])
def test_bad_value_is_refused_in_words(name, value):
    with pytest.raises(OptionValueError, match="must") as refused:
        OPTIONS[name].judge(value)

    assert SENTENCES.get(name, "") in str(refused.value)


@pytest.mark.parametrize(("name", "value", "judged"), GOOD)
def test_value_survives_the_wire_and_a_form(name, value, judged):
    option = OPTIONS[name]
    wire = on_the_wire(option.judge(value))

    assert option.judge(wire) == judged
    assert option.judge(read(option.kind, as_text(option.kind, wire))) == judged


@pytest.mark.parametrize(
    ("name", "text", "judged"),
    [
        ("integer", " 7 ", 7),
        ("float", "1.25", 1.25),
        ("boolean", "Off", False),
        ("boolean", "1", True),
        ("list", "a, b", ("a", "b")),
        ("list", '["b"]', ("b",)),
        ("json", '{"a": 1}', {"a": 1}),
    ],
)
def test_environment_spells_values_as_people_do(name, text, judged):
    assert OPTIONS[name].parse(text) == judged


@pytest.mark.parametrize(
    ("name", "text"),
    [("integer", "\u0667"), ("integer", "1_0"), ("float", "1_0"), ("json", "{"), ("boolean", "2")],
)
def test_environment_does_not_guess(name, text):
    with pytest.raises(OptionValueError):
        OPTIONS[name].parse(text)


def test_refusal_of_a_secret_does_not_repeat_it():
    with pytest.raises(OptionValueError) as refused:
        OPTIONS["secret"].judge("hunter2")

    assert "hunter2" not in str(refused.value)
