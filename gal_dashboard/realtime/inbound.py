"""What clients say: how much of it is heard, and how it is read."""

from collections.abc import Mapping
from typing import Any

from gal_dashboard.core import ijson


class MessageError(Exception):
    """Raised when a message cannot be followed. ``code`` and the sentence go to the client."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Meter:
    """Lets ``rate`` messages a second through, in bursts of as many."""

    __slots__ = ("_at", "_left", "_rate", "excess")

    def __init__(self, rate: int, now: float) -> None:
        self._rate = rate
        self._left = float(rate)
        self._at = now
        self.excess = 0  # messages that came too fast, over the socket's whole life

    def admits(self, now: float) -> bool:
        self._left = min(float(self._rate), self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            self.excess += 1
            return False
        self._left -= 1
        return True


def read(text: bytes) -> tuple[str, Mapping[str, Any]]:
    """The type of a message and the message. Raises ``MessageError``."""
    try:
        message = ijson.loads(text)
    except ijson.IJSONError as error:
        raise MessageError("not_json", str(error)) from None
    if not isinstance(message, dict):
        raise MessageError("not_an_object", "A message is a JSON object.")
    kind = message.get("type")
    if not isinstance(kind, str):
        raise MessageError("unknown_type", "A message has a type.")
    return kind, message


def event_types(message: Mapping[str, Any]) -> frozenset[str]:
    """The types that a ``subscribe`` asks for. Raises ``MessageError``."""
    types = message.get("event_types")
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise MessageError("invalid_message", "event_types is a list of event types.")
    return frozenset(types)


def number(message: Mapping[str, Any], name: str) -> int:
    """A count in the message. Raises ``MessageError``."""
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MessageError("invalid_message", f"{name} is a number, 0 or more.")
    return value
