"""A client of the sockets as docs/realtime.md wants them: it comes back for ever and loses nothing.

::

    async with StreamClient.overlay(server.http_url, graphic_id) as client:
        await client.until_seq(7)
        assert client.fold.graphic["title"] == "Finals"
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support import frames
from tests.support.fold import Fold, standings_of
from tests.support.place import ANEW, Place

SECONDS_TO_WAIT = 30
FIRST_WAIT = 0.25

RESTARTING, NOT_SIGNED_IN, NOT_ALLOWED, GONE = 1012, 4401, 4403, 4404
TOO_SLOW, TOO_MANY = 4408, 4429

_random = random.SystemRandom()


class RefusedError(AssertionError):
    """Raised to whoever waits for a client that the server has sent away for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds before a client comes back. Tests that are about something else shorten them."""

    longest: float = 10.0
    after_restart: float = 2.0
    while_gone: float = 10.0
    when_too_many: float = 10.0


HASTY = Waits(longest=0.5, after_restart=0.5, while_gone=0.25, when_too_many=1.0)


@dataclass(frozen=True, slots=True)
class Received:
    """A frame and when it came, by the clock of ``time.monotonic``."""

    message: dict[str, Any]
    at: float


class StreamClient:
    """Follows one stream and checks its numbers; ``async with`` starts and ends it.

    ``ticket`` is asked for a new one before each connection, as browsers have to; ``token`` goes
    into the header, as programs send it. ``origin`` may be changed: the next connection uses it.
    A broken promise of the server, or a refusal that no wait can mend, is raised to whoever waits.
    """

    def __init__(
        self,
        origin: str,
        path: str,
        *,
        token: str | None = None,
        ticket: Callable[[], str] | None = None,
        address: str | None = None,
        waits: Waits = HASTY,
        **options: Any,
    ) -> None:
        self.origin = origin
        self.place = Place()
        self.fold = Fold()
        # Everything with a number, snapshots among them, since the start.
        self.received: list[Received] = []
        # What each connection was told at first, and how each ended; None where the line broke.
        self.established: list[dict[str, Any]] = []
        self.endings: list[int | None] = []
        # What comes without a number: pong, error, reload and their like.
        self.asides: list[dict[str, Any]] = []
        self._path, self._token, self._ticket = path, token, ticket
        self._address, self._waits, self._options = address, waits, options
        self._limit = FIRST_WAIT
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._fault: BaseException | None = None

    @classmethod
    def overlay(cls, origin: str, graphic_id: int, **options: Any) -> Self:
        return cls(origin, f"/ws/overlay/{graphic_id}", **options)

    @classmethod
    def staff(cls, origin: str, **options: Any) -> Self:
        return cls(origin, "/ws/events", **options)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        self._task.add_done_callback(self._ended)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        if error is None:
            self._check()

    # --- What it has heard ------------------------------------------------------------------------
    @property
    def seq(self) -> int | None:
        """The number of the last frame dealt with."""
        return self.place.seq

    @property
    def is_connected(self) -> bool:
        return self._socket is not None and self.place.is_current

    @property
    def events(self) -> list[dict[str, Any]]:
        """The frames that tell of changes, in order."""
        return [one.message for one in self.received if one.message["type"] not in ANEW]

    @property
    def seqs(self) -> list[int]:
        """The numbers of ``events``."""
        return [event["seq"] for event in self.events]

    def state_at(self, seq: int) -> dict[str, Any]:
        """What the frames up to ``seq`` add up to, in the form of a snapshot's ``data``."""
        messages = [one.message for one in self.received]
        end = max(i for i, message in enumerate(messages) if message["seq"] <= seq) + 1
        start = max(i for i in range(end) if messages[i]["type"] == "snapshot")
        assert messages[end - 1]["seq"] == seq, f"{seq} was not heard of"
        return Fold.of(messages[start:end]).state

    async def picture(self) -> dict[str, Any]:
        """What it shows now, with what was too large for frames fetched."""
        state = self.fold.state
        options: dict[str, Any] = {"verify": False}  # plain HTTP: loading certificates is slow
        async with httpx.AsyncClient(base_url=self.origin, timeout=30, **options) as rest:
            if (version := self.fold.missing_version) is not None:
                graphic_id = self.fold.graphic["id"] if self.fold.graphic else None
                path = f"/api/v1/graphics/{graphic_id}/view?version={version}"
                state["graphic"] = (await rest.get(path)).raise_for_status().json()
            if (snapshot_id := self.fold.missing_snapshot) is not None:
                answer = await rest.get(f"/api/v1/scoreboard/{snapshot_id}")
                state["standings"] = standings_of(answer.raise_for_status().json())
        return state

    # --- Waiting ----------------------------------------------------------------------------------
    async def until(
        self, is_so: Callable[["StreamClient"], object], *, within: float = SECONDS_TO_WAIT
    ) -> None:
        """Wait until frames, connections or endings make ``is_so`` true."""
        try:
            async with asyncio.timeout(within):
                while not is_so(self):
                    self._check()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"{self._path} is at {self.seq} after {within} s, its lines ended by {self.endings}"
            ) from None
        self._check()

    async def until_seq(self, seq: int, *, within: float = SECONDS_TO_WAIT) -> None:
        await self.until(lambda client: (client.seq or 0) >= seq, within=within)

    async def until_connected(self, times: int = 1, *, within: float = SECONDS_TO_WAIT) -> None:
        """Wait until it has its first state, or its place again, for the ``times``-th time."""
        await self.until(
            lambda client: len(client.established) >= times and client.is_connected, within=within
        )

    def _check(self) -> None:
        """Raise what has ended it."""
        if self._fault is not None:
            raise self._fault

    # --- Doing ------------------------------------------------------------------------------------
    async def say(self, message: dict[str, Any]) -> None:
        """Send a message on the present connection."""
        assert self._socket is not None
        await self._socket.send(orjson.dumps(message).decode())

    def forgive(self) -> None:
        """Forget what has ended it: a test has seen that, and the block may end in peace."""
        self._fault = None

    def drop(self) -> None:
        """Lose the line, as when a cable is pulled."""
        if self._socket is not None:
            self._socket.transport.abort()

    # --- Following --------------------------------------------------------------------------------
    async def _follow(self) -> None:
        while True:
            code = await self._connection()
            self.endings.append(code)
            self._news.set()
            await asyncio.sleep(self._wait_after(code))

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self._fault = task.exception()
        self._news.set()

    async def _connection(self) -> int | None:
        """One connection from its handshake to its end; the close code."""
        self.place.begin()
        try:
            async with connect(
                await self._address_to_ask(),
                additional_headers=self._headers,
                compression=None,
                max_size=None,
                proxy=None,
                ping_interval=20,
                ping_timeout=40,
                **self._options,
            ) as socket:
                self._socket = socket
                async for text in socket:
                    self._take(frames.received(text, frames.channel_of(self._path)))
                return socket.close_code
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
        except (OSError, InvalidHandshake, httpx.TransportError):
            return None
        finally:
            self._socket = None

    async def _address_to_ask(self) -> str:
        query = [self.place.query] if self.place.query else []
        if self._ticket is not None:
            query.append(f"ticket={await asyncio.to_thread(self._ticket)}")
        return f"{self.origin.replace('http', 'ws', 1)}{self._path}?{'&'.join(query)}"

    @property
    def _headers(self) -> dict[str, str]:
        headers = {"X-Forwarded-For": self._address} if self._address else {}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _take(self, message: dict[str, Any]) -> None:
        if self.place.take(message):
            self.received.append(Received(message, time.monotonic()))
            if self.place.is_overlay:
                self.fold.take(message)
        elif message["type"] == "connection_established":
            self.established.append(message["data"])
            self._limit = FIRST_WAIT
        else:
            self.asides.append(message)
        self._news.set()

    def _wait_after(self, code: int | None) -> float:
        """Seconds until the next try. Raises ``RefusedError`` where none may be made."""
        if code == NOT_ALLOWED or (code == NOT_SIGNED_IN and self._ticket is None):
            raise RefusedError(f"{self._path} was refused with {code}")
        if code == RESTARTING:
            return _random.uniform(0, self._waits.after_restart)
        if code == GONE:
            return self._waits.while_gone
        if code == TOO_MANY:
            return self._waits.when_too_many
        if code == TOO_SLOW:
            return 0
        limit, self._limit = self._limit, min(self._waits.longest, 2 * self._limit)
        return _random.uniform(0.05, limit)
