"""The sockets: ``/ws/overlay/{graphic_id}`` for everybody, ``/ws/overlay/k/{key}`` for whoever has
the key, ``/ws/events`` for staff.

A consumer lets a client in, hears it and leaves; what it says comes from the hub. No channel layer
is behind it: groups would cost a thread hop, a copy and an encoding for each client and frame.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import Error

from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError, ErrorKind
from gal_dashboard.core.options import value
from gal_dashboard.events import streams
from gal_dashboard.realtime import (
    admission,
    inbound,
    messages,
    monitoring,
    ports,
    protocol,
    tickets,
)
from gal_dashboard.realtime.connection import Connection
from gal_dashboard.realtime.handshake import Handshake
from gal_dashboard.realtime.hub import hub
from gal_dashboard.realtime.inbound import MessageError, Meter
from gal_dashboard.realtime.options import (
    MESSAGES_PER_SECOND,
    OVERLAYS_PER_ADDRESS,
    SOCKETS_PER_PROCESS,
    STAFF_PER_SESSION,
)
from gal_dashboard.realtime.protocol import CloseCode

logger = logging.getLogger(__name__)

_CODE_OF_KIND: Mapping[ErrorKind, CloseCode] = {
    ErrorKind.FORBIDDEN: CloseCode.NOT_ALLOWED,
    ErrorKind.THROTTLED: CloseCode.TOO_MANY,
    ErrorKind.UNAVAILABLE: CloseCode.RESTARTING,
}


class RefusalError(Exception):
    """Raised when a socket may not stay; it is closed with ``code``, without a frame."""

    def __init__(self, code: CloseCode) -> None:
        self.code = code
        super().__init__(code.name)


class StreamConsumer(AsyncConsumer):
    """One socket on one stream. Subclasses say who gets in, to which stream, and what they hear.

    Nothing raises out of here: a server would close the socket with 1011 and a traceback.
    """

    kind: ClassVar[str]  # one of monitoring.KINDS
    message_bytes: ClassVar[int]

    connection: Connection | None = None
    meter: Meter
    handshake: Handshake
    _joining: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        self._places: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Channels would wait in a second task, for a channel layer too, and hop to a thread for
        # each message to close old database connections. There are neither here: reads and writes
        # happen on the hub's thread.
        self.scope, self.base_send = scope, send
        try:
            message = await receive()
            while message["type"] != "websocket.disconnect" and await self._goes_on(message):
                message = await receive()
        finally:
            self._leave()

    async def _goes_on(self, message: Mapping[str, Any]) -> bool:
        """Do what a message of the server says; whether there is anything more to wait for."""
        try:
            if message["type"] == "websocket.connect":
                return await self._connect()
            self._receive(message)
        except OSError:  # the client is gone; the server says so next
            pass
        except Exception:  # noqa: BLE001 - nothing may raise out of a consumer
            self._fail()
        return True

    # --- Coming and going -------------------------------------------------------------------------
    async def _connect(self) -> bool:
        hub.ensure_started()
        self.handshake = Handshake(self.scope)
        if not self.may_knock():
            monitoring.REFUSED.labels(self.kind).inc()
            await self.base_send({"type": "websocket.close"})  # before accept: HTTP 403
            return False
        # Browsers see a close code only after accept.
        await self.base_send({"type": "websocket.accept"})
        self.meter = Meter(value(MESSAGES_PER_SECOND), asyncio.get_running_loop().time())
        self.connection = Connection(
            send=self.base_send, stream=self.stream_name(), limits=hub.limits
        )
        monitoring.OPENED.labels(self.kind).inc()
        monitoring.SOCKETS.labels(self.kind).inc()
        self._joining = asyncio.get_running_loop().create_task(self._join(self.connection))
        return True

    async def _join(self, connection: Connection) -> None:
        try:
            self.enter(admission.PROCESS, value(SOCKETS_PER_PROCESS))
            await self.let_in(connection)
            await hub.follow(connection, self.handshake.cursor)
        except RefusalError as refusal:
            connection.cut(refusal.code)
        except DomainError as error:
            connection.cut(_CODE_OF_KIND.get(error.kind, CloseCode.NOT_SIGNED_IN))
        except Error:
            logger.warning("A socket could not be served: the database is away")
            connection.cut(CloseCode.RESTARTING)
        except Exception:  # noqa: BLE001 - as above
            self._fail()
        finally:
            self._joining = None  # a task that has ended is a kilobyte, for hours

    def _leave(self) -> None:
        if self._joining is not None:
            self._joining.cancel()
        if self.connection is not None:
            self._count_end(self.connection.close_code)
            # Heard only if the server ends this task while the socket is open, as Daphne does.
            self.connection.cut(CloseCode.RESTARTING)
            hub.leave(self.connection)
        for place in self._places:
            hub.admission.leave(place)
        self._places.clear()

    def _count_end(self, code: CloseCode | None) -> None:
        monitoring.SOCKETS.labels(self.kind).dec()
        # a client's own code may be any number
        monitoring.CLOSED.labels(self.kind, "client" if code is None else str(int(code))).inc()

    def _fail(self) -> None:
        logger.exception("A socket failed")
        if self.connection is not None:
            self.connection.cut(CloseCode.INTERNAL_ERROR)

    def enter(self, place: str, limit: int) -> None:
        """Be counted. Raises ``RefusalError`` where it is full."""
        if not hub.admission.enter(place, limit):
            raise RefusalError(CloseCode.TOO_MANY)
        self._places.append(place)

    # --- What is heard ----------------------------------------------------------------------------
    def _receive(self, message: Mapping[str, Any]) -> None:
        connection = self.connection
        if connection is None or connection.is_done:
            return
        text = message.get("text")
        content = (message.get("bytes") or b"") if text is None else text.encode()
        if len(content) > self.message_bytes:
            connection.cut(CloseCode.MESSAGE_TOO_BIG)
        elif not self.meter.admits(asyncio.get_running_loop().time()):
            if self.meter.excess > hub.limits.excess_messages:
                connection.cut(CloseCode.TOO_MANY)
            else:
                connection.say(protocol.error("too_many_messages", "Messages come too fast."))
        else:
            try:
                self.hear(connection, *inbound.read(content))
            except MessageError as error:
                connection.say(protocol.error(error.code, str(error)))

    def hear(self, connection: Connection, kind: str, message: Mapping[str, Any]) -> None:
        """Do what a message asks for. Raises ``MessageError``."""
        if kind != "ping":
            raise MessageError("unknown_type", "Messages of this type are not known here.")
        connection.say(protocol.pong())

    # --- For subclasses ---------------------------------------------------------------------------
    def may_knock(self) -> bool:
        """Whether the handshake is accepted at all."""
        return True

    def stream_name(self) -> str:
        raise NotImplementedError

    async def let_in(self, connection: Connection) -> None:
        """Make sure that the client may follow. Raises ``RefusalError`` or a ``DomainError``."""
        raise NotImplementedError


class OverlayConsumer(StreamConsumer):
    """A browser source on air, or anybody who looks at its page. Public and read-only."""

    kind = "overlay"
    message_bytes = hub.limits.overlay_message_bytes

    def may_knock(self) -> bool:
        return self.handshake.may_be_overlay

    def stream_name(self) -> str:
        return streams.overlay(self.handshake.graphic_id or 0)

    async def let_in(self, connection: Connection) -> None:
        if self.handshake.graphic_id is None or not settings.OVERLAY_PUBLIC_IDS:
            raise RefusalError(CloseCode.GONE)
        self.enter_by_address(connection)

    def enter_by_address(self, connection: Connection) -> None:
        place = admission.address_place(self.handshake.household)
        self.enter(place, value(OVERLAYS_PER_ADDRESS))
        connection.address = self.handshake.address

    def hear(self, connection: Connection, kind: str, message: Mapping[str, Any]) -> None:
        if kind != "rendered":
            super().hear(connection, kind, message)
            return
        drawn = inbound.understood(message, messages.Rendered)
        connection.note_rendered(
            version=drawn.version,
            seq=drawn.seq,
            handed_out_at=hub.handed_out_at(connection.stream, drawn.seq),
        )


class KeyedOverlayConsumer(OverlayConsumer):
    """The same, for a browser source that was given a key instead of a number."""

    kind = "key"

    def stream_name(self) -> str:
        return ""  # the key will tell

    async def let_in(self, connection: Connection) -> None:
        self.enter_by_address(connection)
        opened = await ports.open_by_key(self.handshake.key, connection.address)
        if opened is None:
            raise RefusalError(CloseCode.GONE)
        # without a pause until the hub knows the socket: the end of the key would be missed in it
        connection.stream, connection.key_id = streams.overlay(opened.graphic_id), opened.key_id


class StaffConsumer(StreamConsumer):
    """A dashboard or a bot of the crew."""

    kind = "staff"
    message_bytes = hub.limits.staff_message_bytes

    def may_knock(self) -> bool:
        return self.handshake.may_be_staff

    def stream_name(self) -> str:
        return streams.STAFF

    async def let_in(self, connection: Connection) -> None:
        actor = await hub.run(partial(_identify, self.handshake.bearer, self.handshake.ticket))
        if not actor.may(protocol.STAFF_SCOPE):
            raise RefusalError(CloseCode.NOT_ALLOWED)
        self.enter(admission.session_place(actor.sid or actor.name), value(STAFF_PER_SESSION))
        connection.actor = actor

    def hear(self, connection: Connection, kind: str, message: Mapping[str, Any]) -> None:
        if kind == "viewing":
            connection.viewing = inbound.understood(message, messages.Viewing).graphic_id
        elif kind == "subscribe":
            wanted = inbound.understood(message, messages.Subscribe).event_types
            event_types = protocol.subscribable().intersection(wanted)
            connection.narrow(event_types)
            connection.say(protocol.subscription_confirmed(event_types))
        else:
            super().hear(connection, kind, message)


class UnknownConsumer(StreamConsumer):
    """Any other path."""

    kind = "unknown"
    message_bytes = hub.limits.overlay_message_bytes

    def stream_name(self) -> str:
        return ""

    async def let_in(self, connection: Connection) -> None:
        raise RefusalError(CloseCode.GONE)


def _identify(bearer: str | None, ticket: str | None) -> Actor:
    """Who knocks. Raises ``RefusalError`` or a ``DomainError``."""
    if bearer is not None:
        return ports.authenticate(bearer)
    sid = tickets.redeem(ticket) if ticket is not None else None
    if sid is None:
        raise RefusalError(CloseCode.NOT_SIGNED_IN)
    return ports.revive(sid)
