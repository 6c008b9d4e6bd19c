"""Overlays for the bench: WebSocket clients that cost next to nothing, and what they have heard.

A client parses frames by hand and looks into a text only for its number, so that a thousand of them
on one core are faster than any server that is measured. They offer compression as browsers do, and
inflate where a server takes the offer.
"""

import asyncio
import socket
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

SECONDS_TO_HEAR: Final = 60.0
OPENING_AT_ONCE: Final = 64

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_COMPRESSED = 0x40
_LENGTH_IN_2, _LENGTH_IN_8 = 126, 127
_END_OF_DEFLATE = b"\x00\x00\xff\xff"
_NUMBER = b'"seq":'


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a server talks to its clients. Both kinds of text have ``"seq":`` near their start."""

    path: str
    snapshot: bytes
    """How the text begins after which a client is up to date."""

    event: bytes
    """How the text begins that every client gets of each broadcast."""

    answers: Mapping[bytes, bytes] = field(default_factory=dict)
    """What to say to another text, by its first byte."""


@dataclass(slots=True)
class Heard:
    """A broadcast at the clients: how many have it, when the first and when the last got it."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0


class Crowd:
    """All clients of one stream, and what has arrived at how many of them.

    Times are those of ``time.monotonic``, which all processes of a machine share.
    """

    def __init__(self, dialect: Dialect, port: int) -> None:
        self.dialect = dialect
        self.clients: list[Client] = []
        self.errors = 0
        """Numbers that were missing or came twice, and clients that were closed."""

        self._port = port
        self._heard: dict[int, Heard] = {}
        self._waiting: dict[int, asyncio.Future[None]] = {}

    async def grow(self, count: int) -> float:
        """Open so many more clients; the seconds until all of them are up to date."""
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def open_one() -> None:
            async with gate:
                self.clients.append(await open_client(self, self._port))

        began = time.monotonic()
        async with asyncio.timeout(SECONDS_TO_HEAR), asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(open_one())
        return time.monotonic() - began

    @property
    def head(self) -> int:
        """The number that the slowest client has."""
        return min(client.seq for client in self.clients)

    async def all_have(self, seq: int) -> Heard:
        """When a broadcast arrived, once it has arrived everywhere. To be asked once a number."""
        heard = self._heard.setdefault(seq, Heard())
        if heard.count < len(self.clients):
            waiting = self._waiting[seq] = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(SECONDS_TO_HEAR):
                await waiting
        return self._heard.pop(seq)

    def forget(self) -> None:
        """Drop what was heard and never asked for."""
        self._heard.clear()

    def hear(self, seq: int) -> None:
        heard = self._heard.get(seq)
        if heard is None:
            heard = self._heard[seq] = Heard()
        heard.count += 1
        if heard.count == 1:
            heard.first = time.monotonic()
        if heard.count == len(self.clients):
            heard.last = time.monotonic()
            waiting = self._waiting.pop(seq, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

    async def leave(self) -> None:
        """Hang up, all of them."""
        for client in self.clients:
            client.hang_up()
        async with asyncio.timeout(SECONDS_TO_HEAR):
            for client in self.clients:
                await client.is_gone.wait()
        self.clients.clear()


class Client(asyncio.Protocol):
    """One overlay. Counts as an error of its crowd what it misses, and being closed."""

    __slots__ = (
        "_crowd", "_inflater", "_is_hanging_up", "_is_upgraded", "_keeps_window", "_rest",
        "close_code", "is_gone", "is_ready", "seq", "transport",
    )  # fmt: skip

    def __init__(self, crowd: Crowd) -> None:
        self.seq = 0
        self.close_code: int | None = None
        self.is_ready = asyncio.Event()
        self.is_gone = asyncio.Event()
        self._crowd = crowd
        self._inflater: zlib._Decompress | None = None
        self._keeps_window = True
        self._is_upgraded = False
        self._is_hanging_up = False
        self._rest = b""

    def say(self, text: str) -> None:
        """Send a short text, of at most 125 bytes."""
        self._send(_TEXT, text.encode())

    def stall(self) -> None:
        """Stop to read."""
        self.transport.pause_reading()

    def go_on(self) -> None:
        self.transport.resume_reading()

    def hang_up(self) -> None:
        self._is_hanging_up = True
        self.transport.abort()

    # --- What the loop calls ----------------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(
            f"GET {self._crowd.dialect.path} HTTP/1.1\r\n"
            "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_hanging_up:
            self._crowd.errors += 1
        self.is_gone.set()
        self.is_ready.set()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0 if self._is_upgraded else self._upgraded_at(data)
        end = len(data)
        while self._is_upgraded and end - at >= 2:  # noqa: PLR2004 - a frame's shortest head
            length, body = data[at + 1], at + 2
            if length == _LENGTH_IN_2:
                body = at + 4
                length = int.from_bytes(data[at + 2 : body], "big")
            elif length == _LENGTH_IN_8:
                body = at + 10
                length = int.from_bytes(data[at + 2 : body], "big")
            if end < body + length:
                break
            self._take(data[at], data[body : body + length])
            at = body + length
        self._rest = data[at:]

    # --- What it says -----------------------------------------------------------------------------
    def _upgraded_at(self, data: bytes) -> int:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = data[:end].lower()
        if not head.startswith(b"http/1.1 101"):
            self.transport.abort()
            return 0
        if b"permessage-deflate" in head:
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._keeps_window = b"server_no_context_takeover" not in head
        self._is_upgraded = True
        return end + 4

    def _take(self, first: int, body: bytes) -> None:
        kind = first & 0x0F
        if kind == _TEXT:
            self._hear(self._inflated(body) if first & _COMPRESSED else body)
        elif kind == _PING:
            self._send(_PONG, body)
        elif kind == _CLOSE:
            self.close_code = int.from_bytes(body[:2], "big") or None
            self._send(_CLOSE, body[:2])

    def _inflated(self, body: bytes) -> bytes:
        inflater = self._inflater
        if inflater is None or not self._keeps_window:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        return inflater.decompress(body + _END_OF_DEFLATE)

    def _hear(self, text: bytes) -> None:
        dialect = self._crowd.dialect
        if text.startswith(dialect.event):
            seq = _number_in(text)
            if seq != self.seq + 1:
                self._crowd.errors += 1
            self.seq = seq
            self._crowd.hear(seq)
        elif text.startswith(dialect.snapshot):
            self.seq = _number_in(text)
            self.is_ready.set()
        elif text[:1] in dialect.answers:
            self._send(_TEXT, dialect.answers[text[:1]])

    def _send(self, kind: int, body: bytes) -> None:
        # clients must mask; a mask of zeros changes nothing
        self.transport.write(bytes((0x80 | kind, 0x80 | len(body))) + bytes(4) + body)


def _number_in(text: bytes) -> int:
    start = text.index(_NUMBER) + len(_NUMBER)
    end = start
    while text[end : end + 1].isdigit():
        end += 1
    return int(text[start:end])


async def open_client(crowd: Crowd, port: int, *, receive_bytes: int | None = None) -> Client:
    """A client that has got its snapshot. It is no member of ``crowd`` yet.

    ``receive_bytes`` is about how much the kernel takes for it while it does not read.
    """
    loop, mine = asyncio.get_running_loop(), socket.socket()
    mine.setblocking(False)
    if receive_bytes is not None:
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    await loop.sock_connect(mine, ("127.0.0.1", port))
    _, client = await loop.create_connection(lambda: Client(crowd), sock=mine)
    await client.is_ready.wait()
    if client.is_gone.is_set():
        raise ConnectionError(f"A client was closed ({client.close_code}) before it had anything.")
    return client
