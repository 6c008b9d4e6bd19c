"""A load generator for HTTP/1.1: clients that each keep one connection and wait for each answer.

Closed loop: a client sends its next request when the answer before is there whole, so the rate is
what the server makes of that many people. Requests are bytes that stand ready and answers are read
by httptools, on one core and without a thread. Against a server that only writes ready bytes of
4 KB it takes 90 µs of that core for an answer to one client and 24 µs with 64, so it can drive
about 11,000 answers a second and 40,000 where it has the core to itself.

Answers are judged by their status; what stands in them is checked before the measuring (see
``bench.http``).
"""

import asyncio
import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import httptools
import uvloop

SECONDS_TO_ANSWER = 5.0  # after the end of the measuring; what comes later did not come
OK_STATUSES = range(200, 300)

# The requests of one unit of work, of the nth that a client does; they are sent one after another.
Script = Callable[[int], Sequence[bytes]]


@dataclass(slots=True)
class Outcome:
    """What the clients saw together."""

    seconds: float
    """Between the first request and the last answer that counts."""

    done: int = 0
    """Units of work of which all requests succeeded."""

    latencies: list[float] = field(default_factory=list)
    """Of each request that succeeded, in seconds."""

    refused: int = 0
    """Answers that were no success."""

    broken: int = 0
    """Connections that the server ended, and answers that were no HTTP."""

    unanswered: int = 0
    """Clients that still waited when all was over."""

    cpu_seconds: float = 0.0
    """What the server has used of the processor meanwhile, if somebody looked."""

    @property
    def errors(self) -> int:
        return self.refused + self.broken + self.unanswered

    @property
    def rate(self) -> float:
        """Units of work in a second."""
        return self.done / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Of the server for each unit of work; not a number if nothing was done."""
        return self.cpu_seconds * 1000 / self.done if self.done else math.nan

    def percentile(self, percent: float) -> float:
        """Of requests, in milliseconds; not a number if nothing was done."""
        if not self.latencies:
            return math.nan
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


def drive(port: int, scripts: Sequence[Script], seconds: float) -> Outcome:
    """Let one client for each script work for so long at 127.0.0.1."""
    gc.collect()
    gc.disable()  # a collection here would be a slow answer of the server
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_drive(port, scripts, seconds))
    finally:
        gc.enable()


async def _drive(port: int, scripts: Sequence[Script], seconds: float) -> Outcome:
    outcome = Outcome(seconds=seconds)
    loop = asyncio.get_running_loop()
    clients = [_Client(script, outcome) for script in scripts]
    await asyncio.gather(*(_connect(client, port) for client in clients))
    began = time.perf_counter()
    for client in clients:
        client.begin(until=began + seconds)
    await asyncio.sleep(seconds)
    waiting = [client.done for client in clients]
    await asyncio.wait(waiting, timeout=SECONDS_TO_ANSWER)
    outcome.unanswered = sum(not done.done() for done in waiting)
    ends = [client.ended for client in clients if client.done.done()]
    # the last answers came after the end, and have taken server's time: they and it both count
    outcome.seconds = max([seconds, *(ended - began for ended in ends)])
    for client in clients:
        client.close()
    await loop.shutdown_default_executor()
    return outcome


async def _connect(client: "_Client", port: int) -> None:
    await asyncio.get_running_loop().create_connection(lambda: client, "127.0.0.1", port)


class _Client(asyncio.Protocol):
    """One connection; httptools calls the methods that begin with ``on_``."""

    def __init__(self, script: Script, outcome: Outcome) -> None:
        self._script = script
        self._outcome = outcome
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._requests: Sequence[bytes] = ()
        self._next = 0
        self._unit = 0
        self._is_good = True
        self._sent = 0.0
        self._until = 0.0
        self.ended = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self, *, until: float) -> None:
        self._until = until
        self._begin_unit()

    def close(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail()

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        if self._parser.get_status_code() in OK_STATUSES:
            self._outcome.latencies.append(now - self._sent)
        else:
            self._outcome.refused += 1
            self._is_good = False
        if self._next < len(self._requests):
            self._send()
            return
        self._outcome.done += self._is_good
        if now < self._until:
            self._begin_unit()
        else:
            self.ended = now
            self.done.set_result(None)

    def _begin_unit(self) -> None:
        self._requests = self._script(self._unit)
        self._unit += 1
        self._next = 0
        self._is_good = True
        self._send()

    def _send(self) -> None:
        request = self._requests[self._next]
        self._next += 1
        assert self._transport is not None  # noqa: S101 - for the type checker
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _fail(self) -> None:
        """This client is out: it would else spin at a door that is closed."""
        self._outcome.broken += 1
        self.ended = time.perf_counter()
        self.close()
