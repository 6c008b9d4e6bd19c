"""A stream client for tests that are not asynchronous: it follows on a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.stream_client import SECONDS_TO_WAIT, StreamClient


class Follower:
    """A ``StreamClient`` seen from another thread. What it has heard may be read at any time."""

    def __init__(self, client: StreamClient, loop: asyncio.AbstractEventLoop) -> None:
        self.client = client
        self._loop = loop

    def until(
        self, is_so: Callable[[StreamClient], object], *, within: float = SECONDS_TO_WAIT
    ) -> None:
        self._run(self.client.until(is_so, within=within), within)

    def until_seq(self, seq: int, *, within: float = SECONDS_TO_WAIT) -> None:
        self._run(self.client.until_seq(seq, within=within), within)

    def until_connected(self, times: int = 1, *, within: float = SECONDS_TO_WAIT) -> None:
        self._run(self.client.until_connected(times, within=within), within)

    def picture(self) -> dict[str, Any]:
        return self._run(self.client.picture(), SECONDS_TO_WAIT)

    def drop(self) -> None:
        self._loop.call_soon_threadsafe(self.client.drop)

    def _run(self, waiting: Any, within: float) -> Any:
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result(timeout=within + 10)


@contextmanager
def following(make: Callable[[], StreamClient]) -> Iterator[Follower]:
    """Follow with the client that ``make`` gives, until the block ends.

    As with ``async with``, a broken promise of the server is raised in the end at the latest.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="follower")
    thread.start()

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(timeout=SECONDS_TO_WAIT)

    async def enter() -> StreamClient:
        return await make().__aenter__()

    try:
        client = run(enter())
        try:
            yield Follower(client, loop)
        finally:
            run(client.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS_TO_WAIT)
        loop.close()
