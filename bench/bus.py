"""Ways to ring another process's doorbell through Redis, side by side: ``python -m bench.bus``.

Each carries "stream X is at N now" from a sender to a receiver on a thread and a loop of its own,
through a Redis that this program starts, kills and makes hang. Measured for each: how long a poke
takes; what is left of a burst while the receiver is busy with something else; how long a sender is
held while Redis is dead and while it hangs; when pokes arrive again after its return, and whether
the receiver is told that it may have missed some. The first way, a call from thread to thread, is
the floor. Needs ``redis-server``; one line of JSON for each way and round.
"""

import argparse
import asyncio
import json
import logging
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from channels.exceptions import ChannelFull
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gal_dashboard.realtime.bus import Bus, Pokes
from tests.support.redis_server import RedisServer, redis_server

STREAM, CHANNEL, EPOCH = "staff", "bench.doorbell", "bench"
SECONDS_TO_COME_BACK = 20
AWAY = (RedisError, OSError, TimeoutError)

Send = Callable[[int], Awaitable[None]]
Close = Callable[[], Awaitable[None]]


class Receiver:
    """What has arrived and when, in a loop of its own."""

    def __init__(self) -> None:
        self.heads: list[int] = []
        self.times: dict[int, float] = {}
        self.joined = 0
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def hear(self, head: int) -> None:
        self.heads.append(head)
        self.times.setdefault(head, time.perf_counter())

    def join(self) -> None:
        self.joined += 1

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def be_busy(self) -> threading.Event:
        """Do something else, until the event is set."""
        is_over = threading.Event()
        self.loop.call_soon_threadsafe(is_over.wait)
        return is_over

    async def until(self, head: int, *, within: float) -> bool:
        deadline = time.perf_counter() + within
        while head not in self.times:
            if time.perf_counter() > deadline:
                return False
            await asyncio.sleep(0.0005)
        return True

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        self.loop.run_forever()
        self.loop.close()  # here, as a layer ends its connections in the loop's own thread


# --- How to send ----------------------------------------------------------------------------------


async def call_thread(url: str, receiver: Receiver) -> tuple[Send, Close]:
    async def send(head: int) -> None:
        receiver.loop.call_soon_threadsafe(receiver.hear, head)

    async def close() -> None:
        return

    return send, close


def by_layer(make: Callable[..., Any]) -> Callable[[str, Receiver], Awaitable[tuple[Send, Close]]]:
    async def open_sender(url: str, receiver: Receiver) -> tuple[Send, Close]:
        layer = make(hosts=[url])

        async def send(head: int) -> None:
            await layer.send(CHANNEL, {"type": "poke", "head": head})

        return send, layer.flush

    return open_sender


async def publish_plainly(url: str, receiver: Receiver) -> tuple[Send, Close]:
    """redis.asyncio as it comes, awaited by whoever has something to say."""
    redis = Redis.from_url(url)

    async def send(head: int) -> None:
        pokes = Pokes(sender="bench", epoch=EPOCH, heads={STREAM: head})
        await redis.publish(CHANNEL, msgspec.json.encode(pokes))

    return send, redis.aclose


async def tell_bus(url: str, receiver: Receiver) -> tuple[Send, Close]:
    bus = Bus(url, CHANNEL)
    bus.start(hear=lambda heads: None, on_joined=lambda: None)
    bus.meet_epoch(EPOCH)

    async def send(head: int) -> None:
        bus.tell({STREAM: head})

    return send, bus.stop


# --- How to receive, in the receiver's loop -------------------------------------------------------


async def take_calls(url: str, receiver: Receiver) -> Close:
    async def close() -> None:
        return

    return close


def from_layer(make: Callable[..., Any], **options: str) -> Callable[..., Awaitable[Close]]:
    async def open_taker(url: str, receiver: Receiver) -> Close:
        layer = make(hosts=[url], **{name: getattr(receiver, to) for name, to in options.items()})

        async def take() -> None:
            while True:
                try:
                    receiver.hear((await layer.receive(CHANNEL))["head"])
                except AWAY:
                    await asyncio.sleep(0.05)

        task = asyncio.create_task(take())

        async def close() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await layer.flush()

        return close

    return open_taker


async def hear_bus(url: str, receiver: Receiver) -> Close:
    bus = Bus(url, CHANNEL)
    bus.start(hear=lambda heads: receiver.hear(heads[STREAM]), on_joined=receiver.join)
    bus.meet_epoch(EPOCH)
    return bus.stop


@dataclass(frozen=True)
class Way:
    name: str
    sender: Callable[[str, Receiver], Awaitable[tuple[Send, Close]]]
    taker: Callable[[str, Receiver], Awaitable[Close]]
    uses_redis: bool = True


WAYS = (
    Way("from thread to thread", call_thread, take_calls, uses_redis=False),
    Way("channels_redis core", by_layer(RedisChannelLayer), from_layer(RedisChannelLayer)),
    Way(
        "channels_redis pubsub",
        by_layer(RedisPubSubChannelLayer),
        from_layer(RedisPubSubChannelLayer, on_reconnect="join"),
    ),
    Way("redis.asyncio, awaited, its defaults", publish_plainly, hear_bus),
    Way("the bus", tell_bus, hear_bus),
)


# --- What is measured -----------------------------------------------------------------------------


async def try_to_send(send: Send, head: int) -> tuple[bool, float]:
    """Whether it was taken, and for how many seconds the sender was held."""
    began = time.perf_counter()
    try:
        await asyncio.wait_for(send(head), SECONDS_TO_COME_BACK)
    except (*AWAY, ChannelFull):
        return False, time.perf_counter() - began
    return True, time.perf_counter() - began


async def latencies(send: Send, receiver: Receiver, count: int) -> list[float]:
    result = []
    for head in range(1, count + 1):
        began = time.perf_counter()
        await send(head)
        if await receiver.until(head, within=2):
            result.append(receiver.times[head] - began)
    return sorted(result)


async def burst(send: Send, receiver: Receiver, count: int) -> dict[str, Any]:
    receiver.heads.clear()
    is_over = receiver.be_busy()
    taken = [(await try_to_send(send, 1_000_000 + n))[0] for n in range(1, count + 1)]
    is_over.set()
    is_newest_there = await receiver.until(1_000_000 + count, within=2)
    return {
        "refused": taken.count(False),
        "heard": len(receiver.heads),
        "newest arrived": is_newest_there,
    }


async def outage(send: Send, receiver: Receiver, redis: RedisServer) -> dict[str, Any]:
    held = {}
    redis.hang()
    held["hanging"] = (await try_to_send(send, 2_000_000))[1]
    redis.go_on()
    await asyncio.sleep(1)
    redis.kill()
    held["dead"] = max([(await try_to_send(send, 2_000_000 + n))[1] for n in range(1, 4)])
    await asyncio.sleep(2)
    joined = receiver.joined
    redis.start()
    began, head, back = time.perf_counter(), 3_000_000, None
    while back is None and time.perf_counter() - began < SECONDS_TO_COME_BACK:
        head += 1
        if (await try_to_send(send, head))[0] and await receiver.until(head, within=0.1):
            back = receiver.times[head] - began
        await asyncio.sleep(0.01)
    return {
        "held by a hanging Redis, s": round(held["hanging"], 3),
        "held by a dead one, s": round(held["dead"], 3),
        "pokes are back after, s": back and round(back, 3),
        "receiver was told": receiver.joined > joined,
    }


async def measure(way: Way, redis: RedisServer, count: int) -> dict[str, Any]:
    receiver = Receiver()
    close_taker = receiver.run(way.taker(redis.url, receiver))
    send, close_sender = await way.sender(redis.url, receiver)
    try:
        await asyncio.sleep(0.5)
        times = await latencies(send, receiver, count)
        result = {
            "way": way.name,
            "median, ms": round(statistics.median(times) * 1000, 2),
            "p99, ms": round(times[int(len(times) * 0.99)] * 1000, 2),
            "lost": count - len(times),
            "burst": await burst(send, receiver, count),
        }
        if way.uses_redis:
            result["outage"] = await outage(send, receiver, redis)
    finally:
        await close_sender()
        receiver.run(close_taker())
        receiver.end()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="pokes (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of all ways (%(default)s)")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # they all complain while Redis is away
    for _ in range(options.rounds):
        for way in WAYS:
            with tempfile.TemporaryDirectory() as folder, redis_server(Path(folder)) as redis:
                result = asyncio.run(measure(way, redis, options.count))
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
