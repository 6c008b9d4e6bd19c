import pytest

from gal_dashboard.realtime import inbound
from gal_dashboard.realtime.inbound import MessageError, Meter
from gal_dashboard.realtime.messages import Rendered, Subscribe


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b'{"type": "ping", "a": NaN}', "not_json"),
        (b'{"type": "ping", "type": "ping"}', "not_json"),
        (b'{"type": "ping", "a": "\\ud800"}', "not_json"),
        (b'{"type": "ping", "a": "\\u0000"}', "not_json"),
        (b'{"type": "ping", "a": ' + b"[" * 40 + b"]" * 40 + b"}", "not_json"),
        (b'{"type": ' * 900 + b"1" + b"}" * 900, "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"ping"', "not_an_object"),
        (b"{}", "unknown_type"),
        (b'{"type": 1}', "unknown_type"),
        (b'{"type": ["ping"]}', "unknown_type"),
    ],
)
def test_what_cannot_be_followed_has_a_code(text: bytes, code: str):
    with pytest.raises(MessageError) as caught:
        inbound.read(text)

    assert caught.value.code == code


def test_message_has_a_type():
    assert inbound.read(b'{"type": "ping", "x": 1}') == ("ping", {"type": "ping", "x": 1})


@pytest.mark.parametrize("types", [None, "graphic_update", {"a": 1}, [1], ["a", None]])
def test_subscription_is_a_list_of_names(types: object):
    with pytest.raises(MessageError, match="event_types"):
        inbound.understood({"type": "subscribe", "event_types": types}, Subscribe)


@pytest.mark.parametrize("value", [None, "1", 1.5, -1, True, [], {}])
def test_number_is_a_count(value: object):
    with pytest.raises(MessageError, match="seq"):
        inbound.understood({"type": "rendered", "seq": value}, Rendered)


def test_meter_lets_bursts_through_and_recovers():
    meter = Meter(10, now=0)

    burst = [meter.admits(0) for _ in range(12)]
    after_half_a_second = [meter.admits(0.5) for _ in range(6)]

    assert burst == [True] * 10 + [False] * 2
    assert after_half_a_second == [True] * 5 + [False]
    assert meter.excess == 3
