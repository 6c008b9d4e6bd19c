"""The public view from ready bytes: an answer that Django gave is given again without Django.

The process that changes a graphic forgets its bytes before it answers the change, others as soon as
the bus tells them. But a bus may be down, so bytes are served for two seconds at most from when
they were read, and never for a version above theirs. While somebody asks they are read again before
that, beside, so that nobody has to wait.

Whoever comes with a key gets the same bytes as those who come by the number, if the key was found
good within two seconds; a revoked one opens nothing once its end was told here.
"""

import asyncio
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.http import parse_etags

from gal_dashboard.core.addresses import address_in
from gal_dashboard.core.kept import Kept
from gal_dashboard.events import streams
from gal_dashboard.realtime.ports import Opened
from graphics.key_uses import key_uses

PATH: Final = re.compile(r"/api/v1/graphics/(?:([1-9][0-9]{0,18})|k/([^/]+))/view\Z")
# Under this name Django's view leaves in the ASGI scope what a key has opened.
OPENED: Final = "gal.overlay.opened"
SERVED_FOR_SECONDS: Final = 2.0
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_KEYS: Final = 10_000
# What an answer takes beside its body, roughly: its headers, and its place in the store.
HEAD_BYTES: Final = 4096

_QUERY = re.compile(rb"(?:version=([0-9]{1,10}))?\Z")
_OK, _NOT_MODIFIED = 200, 304
# What Django is told of whoever asks.
_HANDED_ON = frozenset({b"host", b"x-forwarded-for", b"x-request-id"})
# Written anew for each request.
_OF_ONE_REQUEST = frozenset({b"x-request-id", b"x-process-time", b"date", b"content-length"})
# Requests with these are for Django.
_SPECIAL = frozenset({b"if-match", b"if-unmodified-since", b"range"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """Django's answer to a stranger's plain GET, and when it was asked for."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    read_at: float
    opened: Opened | None = None  # by the key of whoever asked

    @property
    def etag(self) -> bytes:
        return dict(self.headers).get(b"etag", b"")

    @property
    def size(self) -> int:
        return HEAD_BYTES + len(self.body)

    @property
    def version(self) -> int:
        digits = self.etag.strip(b'"')
        return int(digits) if digits.isdigit() else -1


class ReadyKeys:
    """What keys have opened within the last two seconds. Any thread may forget."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, tuple[Opened, float]] = OrderedDict()
        self._clock = 0

    def fresh(self, key: str, now: float) -> tuple[Opened, float] | None:
        """What it opens, and when that was read."""
        with self._lock:
            known = self._opened.get(key)
            return known if known and now - known[1] <= SERVED_FOR_SECONDS else None

    def clock(self) -> int:
        """To be read before the database is, and handed to ``keep``."""
        with self._lock:
            return self._clock

    def keep(self, key: str, ready: Ready, *, clock: int) -> None:
        """Keep what a key opened, unless some key was revoked since ``clock``."""
        with self._lock:
            if ready.opened is None or clock != self._clock:
                return
            self._opened[key] = ready.opened, ready.read_at
            self._opened.move_to_end(key)
            while len(self._opened) > MOST_KEYS:
                self._opened.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._clock += 1
            self._opened.clear()


class ReadyBytes:
    """Answers by graphic, at most 64 MiB together. Any thread may forget."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Kept[int, Ready] = Kept(most=MOST_BYTES, largest=MOST_BYTES)
        # Counts changes, so that an answer read before a change is not kept after it.
        self._clock = 0
        self._changed_at: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def size(self) -> int:
        return self._answers.size

    def fresh(self, graphic_id: int, now: float) -> Ready | None:
        ready = self._answers.get(graphic_id)
        return ready if ready and now - ready.read_at <= SERVED_FOR_SECONDS else None

    def clock(self) -> int:
        """To be read before the database is, and handed to ``keep``."""
        with self._lock:
            return self._clock

    def changed_at(self, graphic_id: int) -> int:
        with self._lock:
            return self._changed_at.get(graphic_id, 0)

    def keep(self, graphic_id: int, ready: Ready, *, clock: int) -> None:
        """Keep an answer, unless the graphic has changed since ``clock``."""
        with self._lock:
            if self._changed_at.get(graphic_id, 0) > clock:
                self._answers.drop(graphic_id)
            else:
                self._answers.keep(graphic_id, ready, ready.size)

    def let_go(self, graphic_id: int, read_at: float) -> None:
        """Keep the answer that was read then no longer, if it is still there."""
        with self._lock:
            ready = self._answers.get(graphic_id)
            if ready is not None and ready.read_at == read_at:
                self._answers.drop(graphic_id)

    def forget(self, graphic_ids: Iterable[int]) -> None:
        with self._lock:
            self._clock += 1
            for graphic_id in graphic_ids:
                self._changed_at[graphic_id] = self._clock
                self._answers.drop(graphic_id)


ready_bytes = ReadyBytes()
ready_keys = ReadyKeys()


def forget_changed(*, heads: Mapping[str, int], **_: Any) -> None:
    """Runs where the commit was heard of: in the thread that made it, before it answers, or, for
    those of other processes, in the event loop.
    """
    if streams.OVERLAY_KEYS in heads:
        ready_keys.forget()
    graphics = (streams.graphic_of(stream) for stream in heads)
    ready_bytes.forget(graphic for graphic in graphics if graphic is not None)


class ReadyViews:
    """ASGI layer in front of Django; what it does not know how to answer goes on to ``app``."""

    def __init__(
        self, app: Any, store: ReadyBytes = ready_bytes, keys: ReadyKeys = ready_keys
    ) -> None:
        self._app = app
        self._store = store
        self._keys = keys
        # Equal reads at the same time are one read.
        self._reads: dict[tuple[object, ...], asyncio.Task[Ready]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        match = PATH.match(scope["path"])
        asked = _QUERY.match(scope["query_string"])
        headers = dict(scope["headers"])
        if match is None or asked is None or not _is_plain(scope["headers"]):
            await self._app(scope, receive, send)
            return
        key, at_least, arrived = match[2], int(asked[1] or 0), time.monotonic()
        if key is None and not settings.OVERLAY_PUBLIC_IDS:
            await self._app(scope, receive, send)
            return
        known = (Opened(int(match[1])), arrived) if key is None else self._keys.fresh(key, arrived)
        opened, opened_at = known or (None, arrived)
        ready = None if opened is None else self._store.fresh(opened.graphic_id, arrived)
        is_head, is_ours = scope["method"] == "HEAD", False
        if opened is not None and ready is not None and ready.version >= at_least:
            if key is not None:
                key_uses.note(opened.key_id, address_in(scope, settings.TRUSTED_PROXIES))
            if arrived - min(ready.read_at, opened_at) > _renewed_after(opened.graphic_id):
                task, is_new = self._reading(opened, key, scope)
                if is_new:  # nobody waits for it, nor hears of its fault
                    task.add_done_callback(_log_fault)
        else:
            ready, is_ours = await self._read(opened, key, scope)
        if ready.status != _OK and is_ours:
            await _send(ready.status, ready.headers, ready.body, is_head=is_head, send=send)
            return
        is_late = arrived - ready.read_at > SERVED_FOR_SECONDS  # joined a read that took long
        if ready.status != _OK or ready.version < at_least or is_late:
            await self._app(scope, receive, send)
            return
        await _answer(ready, headers, is_head=is_head, send=send)

    async def _read(self, opened: Opened | None, key: str | None, scope: Any) -> tuple[Ready, bool]:
        """Django's answer, and whether this request asked for it: a refusal names its request."""
        task, is_ours = self._reading(opened, key, scope)
        return await asyncio.shield(task), is_ours

    def _reading(
        self, opened: Opened | None, key: str | None, scope: Any
    ) -> tuple[asyncio.Task[Ready], bool]:
        """The read that is under way, and whether it has been begun just now."""
        # of a key that is not known here any change may be one of its graphic
        changed = self._store.changed_at(opened.graphic_id) if opened else self._store.clock()
        name = (key or opened, changed, self._keys.clock())
        task = self._reads.get(name)
        is_ours = task is None
        if task is None:
            task = self._reads[name] = asyncio.create_task(self._ask_django(opened, key, scope))
            task.add_done_callback(lambda _: self._reads.pop(name, None))
        return task, is_ours

    async def _ask_django(self, opened: Opened | None, key: str | None, scope: Any) -> Ready:
        clock, keys_clock, read_at = self._store.clock(), self._keys.clock(), time.monotonic()
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        headers = [pair for pair in scope["headers"] if pair[0] in _HANDED_ON]
        plain = {**scope, "method": "GET", "query_string": b"", "headers": headers}
        await self._app(plain, receive, send)
        status, all_headers, body = start["status"], tuple(start["headers"]), b"".join(parts)
        if status != _OK:
            return Ready(status, all_headers, body, read_at)
        kept = tuple(pair for pair in all_headers if pair[0] not in _OF_ONE_REQUEST)
        opened = opened if key is None else plain.get(OPENED)
        ready = Ready(status, kept, body, read_at, opened)
        if opened is not None:
            self._store.keep(opened.graphic_id, ready, clock=clock)
            loop = asyncio.get_running_loop()
            loop.call_later(SERVED_FOR_SECONDS, self._store.let_go, opened.graphic_id, read_at)
        if key is not None:
            self._keys.keep(key, ready, clock=keys_clock)
        return ready


def _log_fault(task: asyncio.Task[Ready]) -> None:
    if not task.cancelled() and (fault := task.exception()):
        logger.error("A graphic could not be read again", exc_info=fault)


def _renewed_after(graphic_id: int) -> float:
    """Seconds after which an answer that is still good is read again beside being given.

    Not in one moment for all graphics that were asked for in one moment, as after a start.
    """
    return SERVED_FOR_SECONDS * (0.5 + graphic_id % 8 / 32)


def _is_plain(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether Django would answer this request as any other."""
    names = [name for name, _ in headers]
    if _SPECIAL & set(names) or names.count(b"if-none-match") > 1 or names.count(b"host") != 1:
        return False
    return _is_our_name(dict(headers)[b"host"])


@lru_cache(maxsize=256)
def _is_our_name(host: bytes) -> bool:
    """Whether this server goes by that name, as ``HostMiddleware`` judges."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = host.decode("latin-1")
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


async def _answer(ready: Ready, asked: Mapping[bytes, bytes], *, is_head: bool, send: Any) -> None:
    wanted = parse_etags(asked.get(b"if-none-match", b"").decode("latin-1"))
    is_known = wanted == ["*"] or ready.etag.decode() in {tag.removeprefix("W/") for tag in wanted}
    if is_known:
        status, body = _NOT_MODIFIED, b""
        headers = [pair for pair in ready.headers if pair[0] != b"content-type"]
    else:
        status, body = ready.status, ready.body
        headers = [*ready.headers, (b"content-length", b"%d" % len(body))]
    await _send(status, headers, body, is_head=is_head, send=send)


async def _send(
    status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes, *, is_head: bool, send: Any
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
