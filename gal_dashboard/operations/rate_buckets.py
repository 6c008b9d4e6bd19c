"""Token buckets: how much each key has left, and what it took that nobody else knows of yet."""

import heapq
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Whoever is forgotten had a full bucket, or there are more strangers than this at once.
MOST_BUCKETS: Final = 20_000
# Whoever has taken so much of a full bucket since the last news is worth news at once.
HASTY_SHARE: Final = 1 / 8


class _Bucket:
    """``left`` tokens at the moment ``at``; below 0 is a debt, which is paid before anything."""

    __slots__ = ("at", "burst", "left", "rate", "untold")

    def __init__(self, burst: float, at: float) -> None:
        self.left, self.at = burst, at
        self.rate, self.burst = 0.0, burst
        self.untold = 0

    def fill(self, now: float) -> None:
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now


@dataclass(frozen=True, slots=True)
class Taken:
    """What one key took, under which limits."""

    key: str
    tokens: int
    rate: float
    burst: float


class Buckets:
    """One bucket for each key; a request takes a token out of it.

    ``rate`` and ``burst`` come with each request, so new limits hold from the next one on. Moments
    are seconds of any clock that only goes forward.
    """

    def __init__(self, most: int = MOST_BUCKETS) -> None:
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        # Those that took something since it was last told; ``None``: there is nobody to tell.
        self._untold: dict[str, _Bucket] | None = None
        self._hurry: Callable[[], None]

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, *, rate: float, burst: float, now: float) -> float:
        """0 if there was a token, else the seconds until there is one."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(burst, now)
            if len(self._buckets) > self._most:
                self._forget_oldest()
        else:
            self._buckets.move_to_end(key)
        bucket.rate, bucket.burst = rate, burst
        bucket.fill(now)
        if bucket.left < 1:
            return (1 - bucket.left) / rate
        bucket.left -= 1
        if self._untold is not None:
            if not bucket.untold:
                self._untold[key] = bucket
            bucket.untold += 1
            if bucket.untold >= burst * HASTY_SHARE:
                self._hurry()
        return 0.0

    def _forget_oldest(self) -> None:
        key, _ = self._buckets.popitem(last=False)
        if self._untold is not None:
            self._untold.pop(key, None)

    # --- For whoever shares them ------------------------------------------------------------------
    def begin_to_note(self, hurry: Callable[[], None]) -> None:
        """Note what is taken from now on, and nothing from before.

        ``hurry`` is called, again and again, once some key has taken much; it returns at once.
        """
        for bucket in (self._untold or {}).values():
            bucket.untold = 0
        self._untold, self._hurry = {}, hurry

    def hand_out(self, most: int) -> list[Taken]:
        """What ``most`` keys took and nobody was told; it is told now.

        If there are more, those with the greatest share of their burst come first; the others'
        grow until it is their turn.
        """
        if not self._untold:
            return []
        told = self._untold
        if len(told) > most:
            keys = heapq.nlargest(most, told, key=lambda key: told[key].untold / told[key].burst)
            told = {key: self._untold.pop(key) for key in keys}
        else:
            self._untold = {}
        found = []
        for key, bucket in told.items():
            found.append(Taken(key, bucket.untold, bucket.rate, bucket.burst))
            bucket.untold = 0
        return found

    def learn(self, key: str, left: float, now: float) -> None:
        """``left`` is what all together had left when ``hand_out`` was heard.

        It can only lower what this process believes: no news lets more through than without them.
        """
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.fill(now)
            bucket.left = min(bucket.left, left - bucket.untold)
