"""The bus: what several server processes ring each other's doorbell with.

Carries pokes through Redis, "stream X is at N now", and nothing else. It may lose, double or
reorder them: the log is the truth, and each hub's poll finds what no poke told of. So nothing ever
waits for the bus, and no fault of it reaches whoever writes.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import msgspec
from django.dispatch import Signal
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from gal_dashboard.core.redis_lines import AWAY, SOCKET_SECONDS, again_and_again
from gal_dashboard.realtime.monitoring import POKES

logger = logging.getLogger(__name__)

# Sent in the event loop with ``heads`` when another process says that it has committed.
advanced_elsewhere = Signal()

QUIET_SECONDS: Final = 1.0  # a line that was silent for so long is asked whether it lives
# Streams whose pokes wait for a Redis that is away; beyond that the oldest are left to the poll.
MOST_WAITING: Final = 10_000


class Pokes(msgspec.Struct, frozen=True):
    """One message. ``epoch`` says of which database and life it speaks."""

    sender: str
    epoch: str
    heads: dict[str, int]


class SilentLineError(RedisError):
    """Raised when a line does not even answer a ping."""


class Bus:
    """Belongs to one event loop between ``start`` and ``stop``; both may be called again.

    One connection sends, another one listens. While a message is under way, or Redis is away,
    later pokes of the same stream are merged: the newest number is all that matters. After each
    subscription, the first one included, ``on_joined`` is called: until then others may have
    spoken into the void.
    """

    def __init__(self, url: str, channel: str) -> None:
        self.is_up = False
        self._epoch: str | None = None
        self._is_known_down = False
        self._url = url
        self._channel = channel
        self._id = secrets.token_hex(8)
        self._waiting: dict[str, int] = {}
        self._news, self._all_said = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._hear: Callable[[Mapping[str, int]], None]
        self._on_joined: Callable[[], None]

    # --- Life -------------------------------------------------------------------------------------
    def start(
        self, *, hear: Callable[[Mapping[str, int]], None], on_joined: Callable[[], None]
    ) -> None:
        """Begin in the running loop; what an earlier loop left is forgotten."""
        self._hear, self._on_joined = hear, on_joined
        self.is_up, self._is_known_down = False, False
        self._epoch, self._waiting = None, {}
        self._news, self._all_said = asyncio.Event(), asyncio.Event()
        self._all_said.set()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._send()), loop.create_task(self._listen())]

    async def stop(self) -> None:
        """End, after a last attempt to say what still waits."""
        tasks, self._tasks = self._tasks, []
        if self.is_up and self._epoch is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_said.wait(), SOCKET_SECONDS)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=SOCKET_SECONDS)
        self.is_up = False

    # --- Sending ----------------------------------------------------------------------------------
    def meet_epoch(self, epoch: str) -> None:
        """Speak and hear of this life of the database only. Nothing is said before the first one.

        Other installations may use the same Redis with databases of their own.
        """
        self._epoch = epoch
        self._news.set()

    def tell(self, heads: Mapping[str, int]) -> None:
        """Say to the other processes where streams are now. Returns at once and never raises."""
        for stream, head in heads.items():
            self._waiting[stream] = max(head, self._waiting.get(stream, 0))
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._all_said.clear()
        self._news.set()

    async def _send(self) -> None:
        async def send_until_it_fails(redis: Redis) -> None:
            while True:
                await self._news.wait()
                self._news.clear()
                if self._waiting and self._epoch is not None:
                    await self._send_waiting(redis, self._epoch)
                if not self._waiting:
                    self._all_said.set()

        def say_again(_error: Exception) -> None:
            self._news.set()

        await again_and_again(self._url, send_until_it_fails, name="bus", on_fault=say_again)

    async def _send_waiting(self, redis: Redis, epoch: str) -> None:
        heads, self._waiting = self._waiting, {}
        message = msgspec.json.encode(Pokes(sender=self._id, epoch=epoch, heads=heads))
        try:
            await redis.publish(self._channel, message)
            POKES.labels("sent").inc()
        except AWAY:
            POKES.labels("failed").inc()
            newer, self._waiting = self._waiting, {}
            self.tell(heads)
            self.tell(newer)
            raise

    # --- Listening --------------------------------------------------------------------------------
    async def _listen(self) -> None:
        async def listen_until_it_fails(redis: Redis) -> None:
            async with redis.pubsub() as line:
                await line.subscribe(self._channel)
                while True:
                    await self._take(line)

        await again_and_again(
            self._url, listen_until_it_fails, name="bus", on_fault=self._note_down
        )

    async def _take(self, line: PubSub) -> None:
        """Handle the next message of Redis. Raises one of ``AWAY`` if there is none for long."""
        message = await line.get_message(timeout=QUIET_SECONDS)
        if message is None:
            await line.ping()
            message = await line.get_message(timeout=SOCKET_SECONDS)
        if message is None:
            raise SilentLineError
        if message["type"] == "subscribe":
            self._note_up()
            self._on_joined()
        elif message["type"] == "message":
            self._understand(message["data"])

    def _understand(self, data: bytes) -> None:
        try:
            pokes = msgspec.json.decode(data, type=Pokes)
        except msgspec.DecodeError:
            logger.info("Somebody else speaks on the bus's channel %s", self._channel)
            return
        if pokes.sender == self._id or pokes.epoch != self._epoch:
            return
        POKES.labels("heard").inc()
        self._hear(pokes.heads)
        advanced_elsewhere.send_robust(sender=Bus, heads=pokes.heads)

    # --- Both -------------------------------------------------------------------------------------
    def _note_up(self) -> None:
        if self._is_known_down:
            logger.warning("The bus is up again")
        self.is_up, self._is_known_down = True, False

    def _note_down(self, error: Exception) -> None:
        if not self._is_known_down:
            logger.warning(
                "The bus is down (%s); other processes are heard of by the poll",
                type(error).__name__,
            )
        self.is_up, self._is_known_down = False, True
