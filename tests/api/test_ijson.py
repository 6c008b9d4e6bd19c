"""The gate for JSON alone: all that may pass does, and nothing else ever raises anything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gal_dashboard.core import ijson, wire
from tests.api import hostile

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-ijson.MAX_INTEGER, ijson.MAX_INTEGER),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES)
def test_a_value_passes_unchanged_both_ways(value):
    came = ijson.loads(json.dumps(value).encode())
    went = wire.dumps(came)

    assert came == value
    assert ijson.loads(went) == value


@given(VALUES)
def test_the_order_of_keys_is_kept(value):
    document = {"z": value, "a": value, "m": {"2": 1, "10": 2, "1": 3}}

    came = ijson.loads(json.dumps(document).encode())

    assert wire.dumps(came) == wire.dumps(document)
    assert list(came) == ["z", "a", "m"]
    assert list(came["m"]) == ["2", "10", "1"]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_refusal(body):
    try:
        value = ijson.loads(body)
    except ijson.IJSONError:
        return
    assert ijson.loads(wire.dumps(value)) == value


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\u0dDc8 truefalsn', max_size=60))
def test_almost_json_is_a_value_or_a_refusal(text):
    try:
        value = ijson.loads(text.encode())
    except ijson.IJSONError:
        return
    assert ijson.loads(wire.dumps(value)) == value


@pytest.mark.parametrize("text", hostile.VALUES.values(), ids=hostile.VALUES.keys())
def test_what_is_hostile_is_refused_wherever_it_stands(text):
    for body in (f"[1, {text}]", f'{{"a": {text}}}', f'{{"a": [1, {{"b": {text}}}]}}'):
        with pytest.raises(ijson.IJSONError):
            ijson.loads(body.encode())


@pytest.mark.parametrize("levels", [1, 31, 32])
def test_32_levels_pass(levels):
    ijson.loads(hostile.nested(levels).encode())
    ijson.loads(('{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)).encode())


@pytest.mark.parametrize("levels", [33, 34, 200, 10_000])
def test_33_levels_do_not(levels):
    with pytest.raises(ijson.IJSONError):
        ijson.loads(hostile.nested(levels).encode())
    with pytest.raises(ijson.IJSONError):
        ijson.loads(('{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)).encode())


def test_a_wide_document_passes():
    document = {str(number): [number, {"text": "\U0001f3c6"}] for number in range(20_000)}

    assert ijson.loads(json.dumps(document).encode()) == document
