"""The production server: uvicorn with our settings and our way to end.

A first SIGTERM or SIGINT begins the end: no new connections, close code 1012 to every socket,
requests under way are finished, exit code 0 within ten seconds whatever hangs. A second one ends
at once.
"""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from gal_dashboard.operations.gate import ASGIApp
from gal_dashboard.operations.protocols import HttpProtocol, WebSocketProtocol

APP = "gal_dashboard.asgi:application"
BACKLOG = 2048  # a whole studio's overlays that come back at once

# The way to the end, in seconds from the signal.
STALLED_AFTER = 3.0  # a socket that has not taken its close frame by then is cut
CANCEL_AFTER = 8  # requests still under way are cancelled
EXIT_AFTER = 9.0  # whatever still runs (a thread in the database, a lifespan) is left behind
# timeout(1), for one, sends its signal to the process and to its group: that is one wish, not two.
ONE_WISH = 0.1

logger = logging.getLogger(__name__)


class CannotServeError(Exception):
    """Raised with one sentence for the person who started the server."""


def make_config(app: ASGIApp | str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="auto",  # uvloop, where it exists
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_per_message_deflate=False,  # half the throughput and three times the memory
        ws_ping_interval=20,
        ws_ping_timeout=40,
        ws_max_size=64 * 1024,
        lifespan="on",
        log_config=None,
        # At "info" each socket is a line, with its query string.
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # by default any local client could choose its address
        server_header=False,
        date_header=True,
        timeout_keep_alive=75,  # more than a proxy keeps idle connections, so that it closes first
        timeout_graceful_shutdown=CANCEL_AFTER,
    )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; connections wait in its backlog until somebody accepts them.

    Raises ``CannotServeError``.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # "localhost" is both; people and OBS type 127.0.0.1.
        family, *_, address = min(found, key=lambda info: info[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise CannotServeError(f"{host} is no address of this machine.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} of {host} is in use by another program."
        else:
            # create_server() adds a long sentence of its own to the error's words.
            reason = f"Cannot listen on port {port} of {host}: {os.strerror(error.errno or 0)}."
        raise CannotServeError(reason) from error


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Tells when it is ready, and leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own handlers raise the signal again at the end: no exit code 0.
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(STALLED_AFTER, self._cut_stalled_sockets)
        await super().shutdown(sockets)

    def stop(self) -> None:
        self.should_exit = True

    def _cut_stalled_sockets(self) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, WebSocketProtocol):
                connection.transport.abort()


def on_end_signals(begin: Callable[[], None], force: Callable[[], None]) -> None:
    """From now on a first SIGTERM or SIGINT calls ``begin``, a later one ``force``."""
    began: float | None = None

    def handle(signum: int, frame: FrameType | None) -> None:
        nonlocal began
        now = time.monotonic()
        if began is None:
            began = now
            begin()
        elif now - began > ONE_WISH:
            force()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, handle)


class Deadline:
    """Ends this process ``EXIT_AFTER`` seconds after ``start``, whatever it does then; code 0."""

    def __init__(self) -> None:
        # The thread waits from the beginning: a signal handler is no place to start one.
        self._begun = threading.Event()
        threading.Thread(target=self._run, name="deadline", daemon=True).start()

    def start(self) -> None:
        self._begun.set()

    def _run(self) -> None:
        self._begun.wait()
        time.sleep(EXIT_AFTER)
        logger.warning("Something still runs %s s after the signal to end; leaving it.", EXIT_AFTER)
        os._exit(0)


def exit_now() -> None:
    os._exit(1)


def run(server: Server, listener: socket.socket) -> bool:
    """Serve until ``server.stop()``. False if the app did not start; the log says why."""
    # Before there is an event loop: Django refuses to be set up inside of one.
    server.config.load()
    try:
        server.run(sockets=[listener])
    except SystemExit:  # uvicorn's word for a lifespan that failed
        return False
    return True


def serve(*, app: str = APP, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve ``app`` in this process until a signal ends it; ``announce`` gets the URL when ready.

    Raises ``CannotServeError``.
    """
    listener = bind(host, port)
    url = address_of(listener)
    server = Server(make_config(app), on_ready=lambda: announce(url))
    deadline = Deadline()

    def begin() -> None:
        deadline.start()
        server.stop()

    on_end_signals(begin, exit_now)
    with listener:
        if not run(server, listener):
            raise CannotServeError("The application did not start; the log says why.")
