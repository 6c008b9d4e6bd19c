"""Server processes share what they let through, by way of Redis and beside the requests.

Each process judges at once by buckets of its own. A task in the event loop tells Redis every tenth
of a second, in one call for all keys, what was taken here; Redis keeps one bucket for each key and
answers what is left of it for all. When one key takes much this happens at once, but never more
often than every 20 ms.

What holds: within any time ``t`` all processes together let through at most ``burst + rate * t``,
and beside it ``(processes - 1) * (burst + rate * 0.1 s)``, which is what those who do not know of
each other yet can let through between two exchanges. It becomes a debt of the shared bucket, which
must fill again before anybody who knows gives a token; so nothing is gained by doing it again, and
in the long run it is ``rate``. What a process took in the tenth of a second before it died is not
known to the others.

While Redis is away, or hangs, each process judges by its own buckets: N processes let through at
most N times the limits, and nothing waits. What was taken meanwhile is not told later. What Redis
says can lower what a process lets through, not raise it: one that was emptied, or that somebody has
tampered with, is no worse than one that is away.

Clocks of hosts are never compared. Time passes by each process's own clock here and by that of
Redis there; if the latter is set back, buckets stop filling for a moment, no more.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from django.conf import settings
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from gal_dashboard.core import monitoring
from gal_dashboard.core.redis_lines import again_and_again
from gal_dashboard.operations.monitoring import RATES_SHARED
from gal_dashboard.operations.rate_buckets import Buckets, Taken
from gal_dashboard.realtime.hub import hub
from gal_dashboard.realtime.reader import Reader

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 0.1
SHORTEST_PAUSE: Final = 0.02
QUIET_SECONDS: Final = 1.0  # nothing to tell for so long: Redis is asked whether it lives
MOST_AT_ONCE: Final = 250  # keys of one exchange, which takes the loop two or three milliseconds

# A bucket is "<left> <moment>", and goes when it is full again: nobody needs to know of it then.
TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local answer = {}
for i, key in ipairs(KEYS) do
  local taken = tonumber(ARGV[3 * i - 2])
  local rate, burst = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local left = burst
  local old, at = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  if old then
    left = math.min(burst, tonumber(old) + math.max(0, now - tonumber(at)) * rate)
  end
  left = left - taken
  local full_in = math.ceil((burst - left) / rate * 1000) + 1
  redis.call('SET', key, string.format('%.3f %.6f', left, now), 'PX', full_in)
  answer[i] = string.format('%.3f', left)
end
return answer
"""


class RateSharing:
    """Lives beside the hub, in its event loop (``realtime.hub.Companion``)."""

    def __init__(self, buckets: Buckets, *, url: str, prefix: str) -> None:
        self.is_up = False
        self._is_known_down = False
        self._buckets = buckets
        self._url = url
        self._prefix = prefix
        self._is_urgent = asyncio.Event()

    async def run(self) -> None:
        self.is_up, self._is_known_down = False, False
        self._is_urgent = asyncio.Event()  # of this loop
        await again_and_again(
            self._url, self._share_until_it_fails, name="sharing of rates", on_fault=self._note_down
        )

    async def say_farewell(self, reader: Reader) -> None:
        """Nothing: what was taken in the last tenth of a second does not matter so much."""

    async def _share_until_it_fails(self, redis: Redis) -> None:
        take = redis.register_script(TAKE)
        clock = asyncio.get_running_loop().time
        self._buckets.begin_to_note(hurry=self._is_urgent.set)
        heard_at = float("-inf")
        while True:
            taken = self._buckets.hand_out(MOST_AT_ONCE)
            if taken or clock() - heard_at >= QUIET_SECONDS:
                await self._tell(take, taken)
                heard_at = clock()
                self._note_up()
            await asyncio.sleep(SHORTEST_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS - SHORTEST_PAUSE):
                    await self._is_urgent.wait()
            self._is_urgent.clear()

    async def _tell(self, take: AsyncScript, taken: Sequence[Taken]) -> None:
        answer = await take(
            keys=[f"{self._prefix}{one.key}" for one in taken],
            args=[number for one in taken for number in (one.tokens, one.rate, one.burst)],
        )
        now = asyncio.get_running_loop().time()
        for one, left in zip(taken, answer, strict=True):
            self._buckets.learn(one.key, float(left), now)

    def _note_up(self) -> None:
        if self._is_known_down:
            logger.warning("Rate limits are shared again")
        self.is_up, self._is_known_down = True, False

    def _note_down(self, error: Exception) -> None:
        if not self._is_known_down:
            logger.warning(
                "Rate limits are not shared (%s); each process judges by itself",
                type(error).__name__,
            )
        self.is_up, self._is_known_down = False, True


def share(buckets: Buckets) -> None:
    """Share ``buckets`` as long as the hub lives, if there is a Redis and there are limits."""
    sharing: RateSharing | None = None
    if settings.REDIS_URL and settings.RATE_LIMITS:
        sharing = RateSharing(buckets, url=settings.REDIS_URL, prefix=settings.RATES_PREFIX)
        hub.accompany(sharing)
    monitoring.look_with(lambda: RATES_SHARED.set(sharing is None or sharing.is_up))
