"""A line to Redis for work that goes on in the event loop, and that begins anew after each fault.

Times are bounded, nothing is repeated inside a call: whoever works here can do without Redis for a
while, but must not hang on it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

SOCKET_SECONDS: Final = 1.0  # to connect, to send, to be answered
SHORTEST_PAUSE: Final = 0.05  # between attempts; doubled up to the longest
LONGEST_PAUSE: Final = 1.0

AWAY: Final = (RedisError, OSError, TimeoutError)


async def again_and_again(
    url: str,
    work: Callable[[Redis], Awaitable[None]],
    *,
    name: str,
    on_fault: Callable[[Exception], None],
) -> None:
    """Do ``work`` on a connection of its own until it fails; then pause, and do it again.

    Goes on until it is cancelled. ``on_fault`` is called after each failure; only those that are
    none of ``AWAY`` are logged here, under ``name``.
    """
    clock, pause = asyncio.get_running_loop().time, SHORTEST_PAUSE
    while True:
        began = clock()
        # Retries of the library's own would take seconds, in which what is newer waits.
        redis = Redis.from_url(
            url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            async with redis:
                await work(redis)
        except AWAY as error:
            on_fault(error)
        except Exception as error:  # it must go on; and the log says why
            logger.exception("The %s failed", name)
            on_fault(error)
        if clock() - began > LONGEST_PAUSE:
            pause = SHORTEST_PAUSE
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
