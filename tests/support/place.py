"""How far a client is in its stream, and whether the server keeps its promises about numbers."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

SKIPPED = "skipped"
ANEW = {"snapshot", "resync_required"}


class NumbersError(AssertionError):
    """Raised when a frame comes twice, too early, too late or out of order."""


class Place:
    """``seq`` and ``epoch`` of the last frame that was dealt with; ``None`` before the first.

    A client on the air forgives: it drops duplicates and comes back when it sees a gap. This one
    does not, as the server promises that there are none. ``skipped`` stands for all numbers up to
    its own.
    """

    def __init__(self) -> None:
        self.seq: int | None = None
        self.epoch: str | None = None
        self.stream: str | None = None
        self._asked: tuple[int, str] | None = None
        self._head = 0
        self._begins_anew = False
        self._is_established = False

    @property
    def is_current(self) -> bool:
        """Whether this connection has said where it begins, and brought the state if need be."""
        return self._is_established and not self._begins_anew

    @property
    def is_overlay(self) -> bool:
        return self.stream is not None and self.stream.startswith("overlay.")

    @property
    def query(self) -> str:
        """What a new connection asks for: to go on from here, or to begin."""
        if self.seq is None or self.epoch is None:
            return ""
        return urlencode({"after": self.seq, "epoch": self.epoch})

    def begin(self) -> None:
        """A new connection asks for ``query``."""
        self._asked = None
        if self.seq is not None and self.epoch is not None:
            self._asked = (self.seq, self.epoch)
        self._is_established = False

    def take(self, frame: Mapping[str, Any]) -> bool:
        """Move on by a frame; whether it has a number. Raises ``NumbersError``."""
        if not self._is_established:
            self._establish(frame)
            return False
        seq = frame.get("seq")
        if seq is None:
            return False
        if frame["stream"] != self.stream:
            raise NumbersError(f"{frame['stream']} on a socket of {self.stream}")
        if self._begins_anew != (frame["type"] in ANEW):
            raise NumbersError(f"{frame['type']} {seq} where the client is at {self.seq}")
        if self._begins_anew:
            if seq != self._head:
                raise NumbersError(f"{frame['type']} {seq} at the head {self._head}")
            self._begins_anew = False
        elif seq != self._next and not (frame["type"] == SKIPPED and seq > self._next):
            raise NumbersError(f"{frame['type']} {seq} where {self._next} comes next")
        self.seq = seq
        return True

    def take_all(self, frames: Iterable[Mapping[str, Any]]) -> None:
        for frame in frames:
            self.take(frame)

    @property
    def _next(self) -> int:
        assert self.seq is not None
        return self.seq + 1

    def _establish(self, frame: Mapping[str, Any]) -> None:
        if frame["type"] != "connection_established":
            raise NumbersError(f"the first frame is {frame['type']}")
        data = frame["data"]
        self._is_established = True
        self._head, self.stream = data["seq"], data["stream"]
        self._begins_anew = not data["recovered"]
        if self._begins_anew:
            self.seq = None
        elif self._asked is None or self._asked[1] != data["epoch"] or self._asked[0] > self._head:
            raise NumbersError(f"recovered {self._asked} at {self._head} of {data['epoch']}")
        self.epoch = data["epoch"]
