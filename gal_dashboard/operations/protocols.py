"""uvicorn's two protocols, with the holes closed through which one client could harm all."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from gal_dashboard.operations.socket_waits import Inbox, Valve

HEAD_SECONDS = 20.0
# The gate refuses far smaller heads, with a better answer; this one ends those that never end.
HEAD_BYTES = 64 * 1024
# A client that is still sending sees an answer only if its bytes are read.
LINGER_SECONDS = 1.0


class HttpProtocol(HttpToolsProtocol):
    """Closes a connection whose request head does not end, in size or in time.

    uvicorn reads a head without limit and waits for its end for ever, also on a connection on
    which nothing was ever sent. What cannot be parsed at all is answered in the API's form.
    """

    head_seconds = HEAD_SECONDS
    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _is_in_head = False
    _is_upgraded = False
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._time_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        super().data_received(data)
        if self._is_upgraded or self.transport.is_closing():
            return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(431, "head_too_large", "The request's headers are too large.")
        # Also for line breaks sent before a head: any byte ends uvicorn's own keep-alive timer.
        if self.cycle is None or self.cycle.response_complete:
            self._time_head()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_timing()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_in_head and not self.transport.is_closing():
            self._time_head()

    def handle_websocket_upgrade(self) -> None:
        self._is_upgraded = True
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "invalid_http", "This is not a valid HTTP request.")

    def _time_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_timing(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, status: int, code: str, detail: str) -> None:
        # Not above: workers must have told the library who they are before it makes a counter.
        from gal_dashboard.operations.monitoring import REFUSALS

        REFUSALS.labels(code).inc()
        body = json.dumps({"detail": detail, "code": code}).encode()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self._is_refused = True
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Answers a handshake that the websockets library refuses, and closes whatever its state.

    Of what uvicorn would keep for the hours that a socket lives, it lets go what can be spared.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.queue, self.writable = Inbox(), Valve()

    def start_keepalive(self) -> None:
        super().start_keepalive()
        # The handshake is over: nobody asks for its two heads any more.
        del self.request, self.response

    def write_ready(self, frame: bytes) -> bool:
        """Write a whole frame of text, if nothing else is to be done or waited for.

        If not, nothing is written: ``send`` is to be called, which knows what to do or to raise.
        """
        conn = self.conn
        if (
            self.disconnected
            or not self.handshake_complete
            or not self.writable.is_set()
            or conn.state is not State.OPEN
            or conn.extensions  # somebody has switched compression on
        ):
            return False
        self.transport.write(frame)
        return True

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Only the head of the handshake can come without being understood as one: it was too
        # large or malformed. uvicorn would leave the refusal unsent and the connection open.
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # Closing waits until the client has taken what was sent; one that is dead takes nothing,
        # and TCP needs a quarter of an hour to say so.
        self.transport.abort()

    def shutdown(self) -> None:
        if self.transport.is_closing():
            # The client has begun to close but does not read to the end. uvicorn would raise
            # InvalidState here, and the sockets after this one would not be told.
            self.transport.abort()
            return
        super().shutdown()
