"""How many sockets are open, and whether there is room for one more."""

from collections import Counter
from typing import Final

from django.conf import settings

PROCESS: Final = "process"


def address_place(address: str) -> str:
    return f"address {address}"


def session_place(sid: str) -> str:
    return f"session {sid}"


class Admission:
    """Counts sockets by place: the whole process, one address, one session."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()

    def enter(self, place: str, limit: int) -> bool:
        """Count one more, unless the place is full. Who has entered leaves once."""
        if settings.RATE_LIMITS and self._inside[place] >= limit:
            return False
        self._inside[place] += 1
        return True

    def leave(self, place: str) -> None:
        self._inside[place] -= 1
        if self._inside[place] <= 0:
            del self._inside[place]

    def count(self, place: str) -> int:
        return self._inside[place]
