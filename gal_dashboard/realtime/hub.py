"""The hub: one per process, in the server's event loop.

Reads new entries of a stream once, encodes them once and hands the ready text to every socket that
follows. The log in the database is the truth; a poke only says that there is something to read, so
a lost, doubled or reordered poke cannot matter.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.db import Error
from django.utils import timezone

from gal_dashboard.realtime import deliveries, protocol, reads
from gal_dashboard.realtime.admission import Admission
from gal_dashboard.realtime.bus import Bus
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.feed import Feed, Start
from gal_dashboard.realtime.limits import Limits
from gal_dashboard.realtime.listening import Handler, Listener, Listeners
from gal_dashboard.realtime.protocol import CloseCode, Frame
from gal_dashboard.realtime.reader import Reader

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class Companion(Protocol):
    """What lives in the event loop beside the hub and shares its thread."""

    async def run(self) -> None:
        """Goes on until it is cancelled."""

    async def say_farewell(self, reader: Reader) -> None:
        """The last that it may do with the database. Returns soon, and never raises."""


class Hub:
    """Follows streams for sockets.

    All methods belong to the event loop, except ``poke``, ``poke_all`` and ``lag``, which any
    thread may call. The order for one socket is kept thus: it becomes a member first, then begins
    at a state or a cursor, then catches up from memory or the log; it becomes live in the very step
    in which it is found to have everything that was handed out. From then on it gets each frame as
    it is handed out, and ``Connection.deliver`` drops what it already has.
    """

    def __init__(self, limits: Limits | None = None, bus: Bus | None = None) -> None:
        self.limits = limits or Limits()
        self.bus = bus
        self.admission = Admission()
        self.connections: set[Connection] = set()
        self._feeds: dict[str, Feed] = {}
        self._epoch: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reader = Reader()
        self._listeners = Listeners()
        self._companions: list[Companion] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_time_to_poll = asyncio.Event()
        self._is_database_away = False

    # --- Life -------------------------------------------------------------------------------------
    async def start(self) -> None:
        """Begin to listen and to poll in the running loop. Does nothing if it has begun."""
        self.ensure_started()

    def ensure_started(self) -> None:
        """``start`` for servers without a lifespan, where the first socket starts the hub."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None:  # it ended without stopping the hub
            self._reader.shut()
        self.connections, self._feeds, self._tasks = set(), {}, set()
        self._reader, self._epoch, self._loop = Reader(), None, loop
        self._listeners.forget()
        self._is_time_to_poll = asyncio.Event()
        self._spawn(self._poll_forever())
        for companion in self._companions:
            self._spawn(companion.run())
        if self.bus is not None:
            self.bus.start(hear=self._hear, on_joined=self._is_time_to_poll.set)
        self._hear({})

    async def stop(self) -> None:
        """Close all sockets so that they come back, end the thread and its database connection."""
        if self._loop is None:
            return
        self._loop = None
        for connection in tuple(self.connections):
            connection.cut(CloseCode.RESTARTING)
        for task in tuple(self._tasks):
            task.cancel()
        if self.bus is not None:
            await self.bus.stop()
        for companion in self._companions:
            await companion.say_farewell(self._reader)
        await self._reader.close()
        self.connections, self._feeds = set(), {}

    def listen(self, stream: str, handler: Handler) -> None:
        """Call ``handler`` in the event loop with every payload of an internal stream, in order.

        Registered once, before the hub starts. ``None`` instead of a payload says: begin anew,
        whatever you know may be old. It comes first, and again after another epoch or a gap. An
        entry may come twice if the database went away while it was handled.
        """
        self._listeners.add(stream, handler)

    def accompany(self, companion: Companion) -> None:
        """Let ``companion`` live as long as the hub does. Registered once, before it starts."""
        self._companions.append(companion)

    # --- From any thread --------------------------------------------------------------------------
    def poke(self, stream: str, head: int) -> None:
        """Say that ``stream`` is at ``head`` now. Returns at once and never raises."""
        self.poke_all({stream: head})

    def poke_all(self, heads: Mapping[str, int]) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._hear_own, heads)
        except RuntimeError:  # the loop has just been closed
            return

    @property
    def lag(self) -> float:
        """For how many seconds a stream has had events that its sockets have not been handed."""
        since = [feed.behind_since for feed in tuple(self._feeds.values())]
        now = time.monotonic()
        return max((now - moment for moment in since if moment is not None), default=0.0)

    @property
    def is_database_away(self) -> bool:
        return self._is_database_away

    # --- For consumers ----------------------------------------------------------------------------
    async def run(self, job: Callable[[], Result]) -> Result:
        """Do a consumer's work with the database, on the hub's thread."""
        return await self._reader.run(job)

    async def follow(self, connection: Connection, cursor: Cursor | None) -> None:
        """Say where ``connection`` begins, bring it up to date, and let it be live.

        Returns when it is live or closed. The caller calls ``leave`` whatever happens here.
        """
        feed = self._feed(connection.stream)
        feed.members.add(connection)
        feed.deserted_at = None
        self.connections.add(connection)
        start = await self._start(feed, cursor)
        if connection.is_done:
            return
        if start is None:
            connection.cut(CloseCode.GONE)
            return
        self._open(connection, start, cursor)
        await self._catch_up(feed, connection)

    def leave(self, connection: Connection) -> None:
        """Forget a socket. Harmless for one that never followed."""
        connection.leave()
        self.connections.discard(connection)
        feed = self._feeds.get(connection.stream)
        if feed is None:
            return
        feed.members.discard(connection)
        feed.live.discard(connection)
        if not feed.members:
            if feed.head is None:  # nothing was learnt that others could use
                del self._feeds[feed.name]
            elif self._loop is not None:
                feed.deserted_at = self._loop.time()

    def handed_out_at(self, stream: str, seq: int) -> float | None:
        """When a number of a followed stream was given to all, by ``time.monotonic``."""
        feed = self._feeds.get(stream)
        return feed.handed_out_at(seq) if feed is not None else None

    # --- Beginning --------------------------------------------------------------------------------
    def _feed(self, stream: str) -> Feed:
        if not self._feeds and not self._listeners:
            self._epoch = None  # nobody has watched it
        if stream not in self._feeds:
            self._feeds[stream] = Feed(stream, self.limits)
        return self._feeds[stream]

    async def _start(self, feed: Feed, cursor: Cursor | None) -> Start | None:
        """Where a socket begins; ``None`` if there is nothing to follow."""
        start = feed.start_from_memory(cursor, self._epoch, self._now())
        if start is not None:
            return start
        look = await self._read_once(
            feed, ("look", cursor), partial(reads.look, feed.name, cursor, self.limits)
        )
        self._meet_epoch(look.epoch)
        if not look.is_there:
            return None
        feed.learn(look, self._now())
        self._keep_handing_out(feed)
        return Start(head=look.head, recovered=look.can_resume, snapshot=look.snapshot)

    def _open(self, connection: Connection, start: Start, cursor: Cursor | None) -> None:
        established = protocol.connection_established(
            connection_id=connection.id,
            user_id=connection.actor.user_id if connection.actor else None,
            stream=connection.stream,
            epoch=self._epoch or "",
            seq=start.head,
            recovered=start.recovered,
        )
        if start.recovered and cursor is not None:
            connection.open(established, joined_at=start.head, seq=cursor.after, is_resumed=True)
            return
        connection.open(established, joined_at=start.head, seq=start.head)
        connection.say(start.snapshot or protocol.resync_required(connection.stream, start.head))

    async def _catch_up(self, feed: Feed, connection: Connection) -> None:
        """Replay what a socket has missed, as fast as it reads, and let it be live."""
        count = self.limits.batch_frames
        while not connection.is_done:
            head = feed.head or 0
            if connection.seq >= head:
                feed.live.add(connection)
                connection.tell_skipped()
                return
            if head - connection.seq > self.limits.behind_frames:
                connection.drop("behind")
                return
            if feed.ring.covers(connection.seq):
                batch = feed.ring.after(connection.seq)[: self.limits.batch_frames]
            else:
                batch = await self._batch(feed, connection.seq, count)
                if not batch:  # the log is shorter than it was
                    connection.cut(CloseCode.RESTARTING)
                # Large frames fill a batch early; reading more of them than fit would be in vain.
                count = min(self.limits.batch_frames, 2 * len(batch))
            for frame in batch:
                connection.deliver(frame)
            await connection.drained()

    async def _batch(self, feed: Feed, after: int, count: int) -> list[Frame]:
        size = self.limits.batch_bytes
        read = partial(reads.frames, feed.name, after, count=count, size=size)
        return await self._read_once(feed, ("frames", after, count), read)

    async def _read_once(self, feed: Feed, key: object, read: Callable[[], Result]) -> Result:
        """The result of ``read``, shared with all who ask the same while it is under way."""
        task: asyncio.Task[Result] | None = feed.reads.get(key)
        if task is None:
            task = feed.reads[key] = self._spawn(self._reader.run(read))
            task.add_done_callback(lambda _: feed.reads.pop(key, None))
        return await asyncio.shield(task)

    # --- Handing out ------------------------------------------------------------------------------
    def _hear_own(self, heads: Mapping[str, int]) -> None:
        self._hear(heads)
        if self.bus is not None:
            self.bus.tell(heads)

    def _hear(self, heads: Mapping[str, int]) -> None:
        for stream, head in heads.items():
            feed = self._feeds.get(stream)
            if feed is not None:
                feed.known = max(feed.known, head)
                self._keep_handing_out(feed)
        for listener in self._listeners.hear(heads):
            self._spawn(self._let_catch_up(listener))

    async def _let_catch_up(self, listener: Listener) -> None:
        try:
            await listener.catch_up(self.run)
        except Error as error:
            self._note_database(error)  # the next poll tries again

    def _keep_handing_out(self, feed: Feed) -> None:
        if feed.is_behind and feed.handing_out is None:
            feed.behind_since = feed.behind_since or time.monotonic()
            feed.handing_out = self._spawn(self._hand_out(feed))

    async def _hand_out(self, feed: Feed) -> None:
        """Read and hand out until nothing newer is known. There is one such task for a stream."""
        try:
            while feed.is_behind:
                after, known = feed.head or 0, feed.known
                batch = await self._reader.run(
                    partial(reads.frames, feed.name, after, count=self.limits.batch_frames)
                )
                for frame in batch:
                    feed.hand_out(frame)
                    deliveries.note(feed, frame)
                    await asyncio.sleep(0)  # a burst to many sockets must not stop the server
                if not batch and feed.known == known:
                    feed.known = after  # somebody claimed numbers that do not exist
        except Error as error:
            self._note_database(error)  # the next poll tries again
        except Exception:  # as above; and the log says why
            logger.exception("The hub could not hand out %s", feed.name)
        finally:
            feed.handing_out = None
            if not feed.is_behind:
                feed.behind_since = None

    # --- Keeping watch ----------------------------------------------------------------------------
    async def _poll_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.limits.poll_seconds):
                    await self._is_time_to_poll.wait()
            self._is_time_to_poll.clear()
            try:
                self._look_after_sockets()
                await self._poll()
            except Error as error:
                self._note_database(error)
            except Exception:  # the watch must go on
                logger.exception("The hub's poll failed")

    def _look_after_sockets(self) -> None:
        now, wall = self._now(), timezone.now()
        for connection in tuple(self.connections):
            connection.tell_skipped()
            connection.drop_if_stalled(now)
            actor = connection.actor
            if actor and actor.expires_at and actor.expires_at <= wall:
                connection.cut(CloseCode.NOT_SIGNED_IN)
        for feed in tuple(self._feeds.values()):
            deserted_at = feed.deserted_at
            if deserted_at is not None and now - deserted_at > self.limits.linger_seconds:
                del self._feeds[feed.name]

    async def _poll(self) -> None:
        """Find what no poke told of: commands' writes, ended sessions, a restored database."""
        if not self._feeds and not self._listeners and self.bus is None:
            return
        sids = {c.actor.sid for c in self.connections if c.actor is not None and c.actor.sid}
        before = {name: feed.head for name, feed in self._feeds.items()}
        names = [*before, *self._listeners.streams]
        poll = await self._reader.run(partial(reads.poll, names, sids))
        self._is_database_away = False
        self._meet_epoch(poll.epoch)
        for name, head in before.items():
            if head is not None and poll.heads.get(name, 0) < head:
                logger.warning("The stream %s went back; its followers begin anew", name)
                self._forget(name)
        for listener in self._listeners.went_back(poll.heads):
            listener.forget()
        self._hear(poll.heads)
        for connection in tuple(self.connections):
            if connection.actor is not None and connection.actor.sid in poll.ended:
                connection.cut(CloseCode.NOT_SIGNED_IN)

    def _meet_epoch(self, epoch: str) -> None:
        """In another life of the database no number means what it meant: everybody begins anew."""
        if self._epoch is not None and self._epoch != epoch:
            logger.warning("The database has another epoch; all sockets begin anew")
            for name in tuple(self._feeds):
                self._forget(name)
            self._listeners.forget()
        self._epoch = epoch
        if self.bus is not None:
            self.bus.meet_epoch(epoch)

    def _forget(self, name: str) -> None:
        feed = self._feeds.pop(name, None)
        if feed is not None:
            for connection in tuple(feed.members):
                connection.cut(CloseCode.RESTARTING)

    def _note_database(self, error: Error) -> None:
        if not self._is_database_away:
            logger.warning("The hub cannot read the database: %s", type(error).__name__)
        self._is_database_away = True

    # --- Small things -----------------------------------------------------------------------------
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _spawn(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


hub = Hub(bus=Bus(settings.REDIS_URL, settings.BUS_CHANNEL) if settings.REDIS_URL else None)
