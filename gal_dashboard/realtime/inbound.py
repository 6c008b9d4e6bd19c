"""What clients say: how much of it is heard, and how it is read."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from gal_dashboard.core import ijson
from gal_dashboard.realtime.messages import ClientMessage

Form = TypeVar("Form", bound=ClientMessage)


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


def understood(message: Mapping[str, Any], form: type[Form]) -> Form:
    """The message in its declared form. Raises ``MessageError``, which names the member."""
    try:
        return msgspec.convert(message, form)
    except msgspec.ValidationError as error:
        raise MessageError("invalid_message", f"{error}.") from None
