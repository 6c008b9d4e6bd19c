from datetime import UTC, datetime

import orjson
import pytest

from gal_dashboard.events.log import LoggedEvent
from gal_dashboard.realtime import protocol
from gal_dashboard.realtime.protocol import Message, SkipReason
from graphics.event_data import OverlayState
from graphics.events import public_body
from graphics.models import Graphic

GRAPHIC = Graphic(pk=3, title="Board", document='{"b": 1.0, "a": 2}', version=2)
STATE = OverlayState(
    graphic=public_body(GRAPHIC), tournament=None, standings=None, snapshot_id=None
)
AT = datetime(2026, 5, 1, 20, 15, 0, 1000, tzinfo=UTC)


def read(message: Message) -> dict[str, object]:
    assert message.size == len(message.asgi["text"].encode())
    return orjson.loads(message.asgi["text"])


def entry(
    payload: str, public: str | None = None, event_type: str = "graphic_update"
) -> LoggedEvent:
    return LoggedEvent(7, event_type, payload, public, AT, "request-1")


def test_event_carries_its_payload_as_it_stands():
    payload = '{"action":"updated", "b": 1.50, "a": "ä"}'

    frame = protocol.event("staff", entry(payload))

    assert payload in frame.message.asgi["text"]
    assert (frame.request_id, frame.written_at) == ("request-1", AT)
    assert "request-1" not in frame.message.asgi["text"]  # it is for our log
    assert read(frame.message) == {
        "type": "graphic_update",
        "stream": "staff",
        "seq": 7,
        "data": {"action": "updated", "b": 1.5, "a": "ä"},
        "timestamp": "2026-05-01T20:15:00.001000Z",
    }


@pytest.mark.parametrize(
    ("padding", "head", "width"),
    [(20, b"\x81", 1), (1_000, b"\x81\x7e", 2), (70_000, b"\x81\x7f", 8)],
    ids=["length in one byte", "in two", "in eight"],
)
def test_message_is_a_whole_frame_of_text_without_a_mask(padding: int, head: bytes, width: int):
    message = protocol.error("x", "x" * padding)

    text = message.asgi["text"].encode()
    assert message.wire == head + len(text).to_bytes(width, "big") + text


def test_overlay_gets_the_public_payload():
    frame = protocol.event("overlay.3", entry('{"secret": 1}', '{"public": 1}'))

    assert read(frame.message)["data"] == {"public": 1}


def test_overlay_never_gets_what_is_not_public():
    frame = protocol.event("overlay.3", entry('{"secret": 1}'))

    assert read(frame.message) == {
        "type": "skipped",
        "stream": "overlay.3",
        "seq": 7,
        "reason": "filtered",
    }


@pytest.mark.parametrize(
    "payload",
    ["", "{", "[]", "null", "1", '{"a": NaN}', '{"a": "\ud800"}', "[" * 2000 + "]" * 2000],
)
def test_unreadable_payload_becomes_skipped(payload: str):
    frame = protocol.event("staff", entry(payload))

    assert (frame.type, frame.seq, frame.first) == ("skipped", 7, 7)
    assert read(frame.message)["reason"] == SkipReason.UNREADABLE


@pytest.mark.parametrize(
    ("stream", "event_type", "payload", "shows"),
    [
        ("overlay.3", "graphic_update", '{"action": "archived"}', False),
        ("overlay.3", "graphic_update", '{"action": "deleted"}', False),
        ("overlay.3", "graphic_update", '{"action": "restored"}', True),
        ("overlay.3", "graphic_update", '{"action": "created"}', True),
        ("overlay.3", "graphic_update", '{"action": "updated"}', None),
        ("overlay.3", "graphic_update", '{"action": ["archived"]}', None),
        ("overlay.3", "tournament_update", '{"action": "deleted"}', None),
        ("staff", "graphic_update", '{"action": "archived"}', None),
    ],
)
def test_event_knows_whether_the_graphic_is_to_be_seen_after_it(
    stream: str, event_type: str, payload: str, shows: bool | None
):
    assert protocol.event(stream, entry(payload, payload, event_type)).shows is shows


def test_frames_of_the_contract_have_their_form():
    established = protocol.connection_established(
        connection_id="c", user_id=None, stream="overlay.3", epoch="e", seq=4, recovered=True
    )
    frames = {
        name: read(message)
        for name, message in {
            "established": established,
            "snapshot": protocol.snapshot("overlay.3", 4, STATE),
            "resync": protocol.resync_required("staff", 4),
            "confirmed": protocol.subscription_confirmed({"lock_status", "graphic_update"}),
            "pong": protocol.pong(),
            "error": protocol.error("not_json", "This is not valid JSON."),
            "reload": protocol.reload("new page", order="o1"),
        }.items()
    }

    stamps = [frame.pop("timestamp") for frame in frames.values()]
    assert all(isinstance(stamp, str) and stamp.endswith("Z") for stamp in stamps)
    assert frames == {
        "established": {
            "type": "connection_established",
            "data": {
                "connection_id": "c",
                "user_id": None,
                "stream": "overlay.3",
                "epoch": "e",
                "seq": 4,
                "recovered": True,
            },
        },
        "snapshot": {
            "type": "snapshot",
            "stream": "overlay.3",
            "seq": 4,
            "data": {
                "graphic": {
                    "id": 3,
                    "title": "Board",
                    "data_json": {"b": 1.0, "a": 2},
                    "version": 2,
                    "tournament_id": None,
                },
                "tournament": None,
                "standings": None,
                "snapshot_id": None,
            },
        },
        "resync": {"type": "resync_required", "stream": "staff", "seq": 4},
        "confirmed": {
            "type": "subscription_confirmed",
            "data": {"event_types": ["graphic_update", "lock_status"]},
        },
        "pong": {"type": "pong"},
        "error": {"type": "error", "code": "not_json", "message": "This is not valid JSON."},
        "reload": {"type": "reload", "reason": "new page", "order": "o1"},
    }
