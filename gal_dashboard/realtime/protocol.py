"""The words of the sockets: frames to clients and close codes.

A frame is encoded once, when it is made; the same text goes to every socket that may see it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Final

import msgspec
import orjson
from msgspec import Raw, Struct
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from gal_dashboard.events import catalogue, streams
from gal_dashboard.events.log import LoggedEvent
from gal_dashboard.realtime import frames
from gal_dashboard.realtime.frames import EventFrame, ServerFrame, SkipReason, UserPresence

_encoder: Final = msgspec.json.Encoder()


class CloseCode(IntEnum):
    """Why a socket ends. Clients act on these numbers."""

    MESSAGE_TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    RESTARTING = 1012  # come back, with jitter
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    GONE = 4404  # an unknown, archived or deleted graphic
    TOO_SLOW = 4408  # come back and resume
    TOO_MANY = 4429


STAFF_SCOPE: Final = "realtime:read"

SKIPPED: Final = "skipped"
USER_ACTIVITY: Final = "user_activity"

# After these an overlay has nothing to show; after those it has again.
_HIDING_ACTIONS: Final = frozenset({"archived", "deleted"})
_SHOWING_ACTIONS: Final = frozenset({"created", "restored"})


def subscribable() -> frozenset[str]:
    """The types that a staff socket may ask for."""
    return frozenset(catalogue.declared()) | {USER_ACTIVITY}


@dataclass(frozen=True, slots=True)
class Message:
    """A ready text, or with a ``code`` the word to close.

    ``wire`` is the text as a whole WebSocket frame, the same for all clients: nobody's compression
    or mask is in it. Of the word to close it is empty, as that changes the state of a connection.
    """

    wire: bytes
    size: int  # of the text, in bytes of UTF-8
    code: CloseCode | None = None

    @property
    def asgi(self) -> Mapping[str, Any]:
        """What any server's ``send`` takes."""
        if self.code is not None:
            return {"type": "websocket.close", "code": int(self.code)}
        return {"type": "websocket.send", "text": self.wire[-self.size :].decode()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A message with its place in a stream.

    ``first`` is below ``seq`` only where numbers are missing in the log: the frame then stands for
    all of them. ``shows`` is set on overlay streams where the graphic appears or disappears.
    ``written_at`` is the event's time and ``request_id`` the request that wrote it; they are for
    our own log and numbers.
    """

    seq: int
    first: int
    type: str
    message: Message
    shows: bool | None = None
    written_at: datetime | None = None
    request_id: str = ""


def event(stream: str, entry: LoggedEvent) -> Frame:
    """The frame of one entry. A payload that is no JSON object becomes ``skipped``, unreadable.

    The payload is parsed to be sure of it, and then goes out as it stands.
    """
    is_public = streams.graphic_of(stream) is not None
    payload = entry.public_payload if is_public else entry.payload
    if payload is None:
        return skipped_frame(stream, first=entry.seq, seq=entry.seq, reason=SkipReason.FILTERED)
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        return skipped_frame(stream, first=entry.seq, seq=entry.seq, reason=SkipReason.UNREADABLE)
    message = _encode(
        EventFrame(
            type=entry.type,
            stream=stream,
            seq=entry.seq,
            data=Raw(payload),
            timestamp=entry.created_at,
        )
    )
    shows = _shows(data.get("action")) if is_public and entry.type == "graphic_update" else None
    return Frame(
        seq=entry.seq,
        first=entry.seq,
        type=entry.type,
        message=message,
        shows=shows,
        written_at=entry.created_at,
        request_id=entry.request_id,
    )


def skipped_frame(stream: str, *, first: int, seq: int, reason: SkipReason) -> Frame:
    """Stands for the numbers ``first`` to ``seq``."""
    return Frame(seq=seq, first=first, type=SKIPPED, message=skipped(stream, seq, reason))


def skipped(stream: str, seq: int, reason: SkipReason) -> Message:
    return _encode(frames.Skipped(stream=stream, seq=seq, reason=reason))


def connection_established(
    *, connection_id: str, user_id: int | None, stream: str, epoch: str, seq: int, recovered: bool
) -> Message:
    established = frames.Established(
        connection_id=connection_id,
        user_id=user_id,
        stream=stream,
        epoch=epoch,
        seq=seq,
        recovered=recovered,
    )
    return _encode(frames.ConnectionEstablished(data=established, timestamp=_now()))


def snapshot(stream: str, seq: int, data: Struct) -> Message:
    return _encode(frames.Snapshot(stream=stream, seq=seq, data=data, timestamp=_now()))


def resync_required(stream: str, seq: int) -> Message:
    return _encode(frames.ResyncRequired(stream=stream, seq=seq, timestamp=_now()))


def subscription_confirmed(event_types: Collection[str]) -> Message:
    confirmed = frames.Subscription(event_types=sorted(event_types))
    return _encode(frames.SubscriptionConfirmed(data=confirmed, timestamp=_now()))


def pong() -> Message:
    return _encode(frames.Pong(timestamp=_now()))


def error(code: str, message: str) -> Message:
    return _encode(frames.Error(message=message, code=code, timestamp=_now()))


def user_activity(users: list[UserPresence]) -> Message:
    return _encode(frames.UserActivity(data=frames.Activity(users=users), timestamp=_now()))


def reload(reason: str, *, order: str) -> Message:
    return _encode(frames.Reload(reason=reason, order=order, timestamp=_now()))


def close(code: CloseCode) -> Message:
    return Message(b"", 0, code)


def _shows(action: object) -> bool | None:
    if not isinstance(action, str):
        return None
    if action in _HIDING_ACTIONS:
        return False
    return True if action in _SHOWING_ACTIONS else None


def _encode(frame: ServerFrame | EventFrame) -> Message:
    text = _encoder.encode(frame)
    return Message(WireFrame(Opcode.TEXT, text).serialize(mask=False), len(text))


def _now() -> datetime:
    return datetime.now(UTC)
