"""What is measured of one server with so many overlays on one stream."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bench.fanout_subjects import Running
from bench.puts import Requests, open_requests
from bench.sockets import Client, Crowd, open_client

PAUSE_SECONDS: Final = 0.005
SETTLE_SECONDS: Final = 0.5
FEWEST: Final = 100  # fewer have no p99
DOCUMENT_BYTES: Final = 4096

BATCH: Final = 16
LANES: Final = 2
PUT_CLIENTS: Final = 4

# A kernel takes 4 MB for a client that does not read. Behind that begins what a server keeps, and
# what is measured: enough to go beyond the bounds of a backlog.
FOR_THE_KERNEL: Final = 4_400
STALLED_PUBLISHES: Final = 1_200
CALM_PUBLISHES: Final = 200
STALLED_RECEIVE_BYTES: Final = 4096
TOO_SLOW: Final = 4408
SECONDS_TO_END: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of one server in one round."""

    case: str
    unit: str
    value: float
    more_is_better: bool = False
    errors: int = 0


def quantiles(seconds: list[float], where: str) -> Iterator[tuple[str, float]]:
    """p50 and p99 in milliseconds, with their units."""
    ordered = sorted(seconds)
    yield f"ms p50 to the {where}", statistics.median(ordered) * 1000
    yield f"ms p99 to the {where}", ordered[int(len(ordered) * 0.99)] * 1000


async def warm_up(server: Running) -> None:
    """What the first of everything costs is not the fan-out's."""
    crowd = server.crowd()
    await crowd.grow(5)
    for _ in range(20):
        await crowd.all_have((await server.publish()).seq)
    if server.can_put:
        requests = await open_requests(server.port)
        for _ in range(10):
            await requests.send(server.put_request(DOCUMENT_BYTES))
        requests.transport.abort()
    await crowd.leave()


async def connect(server: Running, crowd: Crowd, count: int) -> list[Reading]:
    """All of them come at once, as after a restart; then they are idle."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = server.memory
    seconds = await crowd.grow(count)
    await crowd.all_have((await server.publish()).seq)  # an overlay on air has had something
    await asyncio.sleep(SETTLE_SECONDS)
    kilobytes = (server.memory - before) / count / 1024
    return [
        Reading(case=f"connecting {count} overlays", unit="ms", value=seconds * 1000),
        Reading(case=f"{count} idle overlays", unit="KB a socket", value=kilobytes),
    ]


async def publish(server: Running, crowd: Crowd, seconds: float) -> list[Reading]:
    """One event after the other, each when all have had the one before."""
    errors, count = crowd.errors, len(crowd.clients)
    first, last = await _latencies(server, crowd, until=time.monotonic() + seconds, fewest=FEWEST)
    case = f"publish to {count} overlays"
    found = [*quantiles(first, "first"), *quantiles(last, "last")]
    errors = crowd.errors - errors
    return [Reading(case=case, unit=unit, value=ms, errors=errors) for unit, ms in found]


async def _latencies(
    server: Running, crowd: Crowd, *, until: float = 0.0, fewest: int
) -> tuple[list[float], list[float]]:
    first: list[float] = []
    last: list[float] = []
    while len(last) < fewest or time.monotonic() < until:
        published = await server.publish()
        heard = await crowd.all_have(published.seq)
        first.append(heard.first - published.at)
        last.append(heard.last - published.at)
        await asyncio.sleep(PAUSE_SECONDS)
    return first, last


async def sustained(server: Running, crowd: Crowd, seconds: float) -> list[Reading]:
    """As many broadcasts as the clients take: a batch is ordered when one has arrived everywhere.

    Two batches of 16 are under way, with every server. This project writes a batch in one
    transaction and the hub reads it from the log, so the figure includes the log but hardly the
    writer, whom ``puts`` measures. The processor time says the same where others use the cores too.
    """
    errors, done = crowd.errors, 0
    worked, began = server.cpu_seconds, time.monotonic()

    async def lane() -> None:
        nonlocal done
        while time.monotonic() - began < seconds:
            await crowd.all_have((await server.publish(BATCH)).seq)
            done += BATCH

    await asyncio.gather(*(lane() for _ in range(LANES)))
    rate = done / (time.monotonic() - began)
    cost = (server.cpu_seconds - worked) / done * 1000
    crowd.forget()
    errors = crowd.errors - errors
    case = f"sustained to {len(crowd.clients)} overlays"
    return [
        Reading(case=case, unit="broadcasts/s", value=rate, more_is_better=True, errors=errors),
        Reading(case=case, unit="ms of CPU a broadcast", value=cost, errors=errors),
    ]


async def puts(server: Running, crowd: Crowd, seconds: float) -> list[Reading]:
    """Documents saved by REST: from the request to the last overlay, then as many as go."""
    errors, count = crowd.errors, len(crowd.clients)
    clients = [await open_requests(server.port) for _ in range(PUT_CLIENTS)]
    last: list[float] = []
    until = time.monotonic() + seconds
    while len(last) < FEWEST or time.monotonic() < until:
        request = server.put_request(DOCUMENT_BYTES)
        seq, began = crowd.head + 1, time.monotonic()
        status, heard = await asyncio.gather(clients[0].send(request), crowd.all_have(seq))
        errors -= status != 200  # noqa: PLR2004 - the one status of a PUT that was done
        last.append(heard.last - began)
        await asyncio.sleep(PAUSE_SECONDS)

    head, done, began = crowd.head, 0, time.monotonic()

    async def put_on(client: Requests) -> None:
        nonlocal done, errors
        while time.monotonic() - began < seconds:
            errors -= await client.send(server.put_request(DOCUMENT_BYTES)) != 200  # noqa: PLR2004 - as above
            done += 1

    await asyncio.gather(*(put_on(client) for client in clients))
    await crowd.all_have(head + done)
    rate = done / (time.monotonic() - began)
    for client in clients:
        client.transport.abort()
    crowd.forget()
    errors = crowd.errors - errors
    case = f"PUT of 4 KB to {count} overlays"
    return [
        *(Reading(case=case, unit=u, value=v, errors=errors) for u, v in quantiles(last, "last")),
        Reading(case=case, unit="PUTs/s", value=rate, more_is_better=True, errors=errors),
    ]


async def stalled(server: Running, count: int) -> list[Reading]:
    """The others' latencies without and with a client that has stopped to read.

    Of a server that promises it: not having closed that client by 4408 after so many broadcasts is
    an error; so is it not to have cut it off, if that was a minute ago and it still had not read.
    The memory is what the server has more at the end.
    """
    crowd = server.crowd()
    await crowd.grow(count)
    before = server.memory
    _, without = await _latencies(server, crowd, fewest=CALM_PUBLISHES)
    await crowd.leave()
    apart = server.crowd()
    sleeper = await open_client(apart, server.port, receive_bytes=STALLED_RECEIVE_BYTES)
    sleeper.stall()
    await crowd.grow(1)  # the kernel is filled in front of few, which is faster
    for _ in range(FOR_THE_KERNEL // BATCH):
        await crowd.all_have((await server.publish(BATCH)).seq)
    crowd.forget()
    await crowd.grow(count - 1)
    _, along = await _latencies(server, crowd, fewest=STALLED_PUBLISHES)
    kilobytes = (server.memory - before) / 1024
    sleeper.go_on()
    is_dropped = await _is_gone(sleeper) and sleeper.close_code in {TOO_SLOW, None}
    errors = crowd.errors + (not is_dropped)
    sleeper.hang_up()
    await crowd.leave()
    case = f"{count} overlays and a stalled one"
    (_, calm), (_, ms) = list(quantiles(without, "last"))[1], list(quantiles(along, "last"))[1]
    return [
        Reading(case=case, unit="ms p99 to the last other", value=ms, errors=errors),
        Reading(case=case, unit="times the p99 without it", value=ms / calm, errors=errors),
        Reading(case=case, unit="KB more memory", value=kilobytes, errors=errors),
    ]


async def _is_gone(client: Client) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_TO_END):
            await client.is_gone.wait()
    return client.is_gone.is_set()
