"""The newest frames of a stream, in memory."""

from collections import deque

from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.protocol import Frame


class Ring:
    """Frames without a gap between them; the oldest give way to bounds in count and bytes."""

    __slots__ = ("_bytes", "_frames", "_limits")

    def __init__(self, limits: Limits) -> None:
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._limits = limits

    def append(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._bytes += frame.message.size
        while len(self._frames) > self._limits.ring_frames or self._bytes > self._limits.ring_bytes:
            self._bytes -= self._frames.popleft().message.size

    def covers(self, seq: int) -> bool:
        """Whether every frame after ``seq`` is here, up to the newest."""
        return bool(self._frames) and self._frames[0].first <= seq + 1

    def after(self, seq: int) -> list[Frame]:
        """The frames after ``seq`` in order, if it is covered."""
        newer: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.seq <= seq:
                break
            newer.append(frame)
        newer.reverse()
        return newer
