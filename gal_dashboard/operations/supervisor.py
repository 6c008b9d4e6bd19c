"""Several server processes on one port: starts them, replaces the dead, ends them together."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from gal_dashboard.operations import metric_files
from gal_dashboard.operations.server import (
    APP,
    EXIT_AFTER,
    CannotServeError,
    Deadline,
    Server,
    address_of,
    bind,
    make_config,
    on_end_signals,
    run,
)

KILL_AFTER = EXIT_AFTER + 0.5
TICK = 0.2
# A worker that dies younger than this is replaced only after a pause of that length.
YOUNG = 2.0

# A fresh interpreter: nothing that this process has opened (the database, threads) is shared.
processes = multiprocessing.get_context("spawn")
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """One process in its ``place``, and the pipe on which it says that it is ready.

    The pipe's end is the order to end: so workers also end when this process is killed.
    """

    place: int
    process: SpawnProcess
    pipe: Connection
    is_ready: bool = False
    born: float = field(default_factory=time.monotonic)

    @property
    def is_dead(self) -> bool:
        return self.process.exitcode is not None

    def listen(self) -> None:
        with suppress(EOFError, OSError):
            if not self.is_ready and self.pipe.poll():
                self.is_ready = self.pipe.recv() == "ready"


def work(app: str, listener: socket.socket, pipe: Connection, place: int) -> None:
    """What a worker's process does."""
    metric_files.write_as(place)  # before the app is loaded, and its counters with it

    def tell() -> None:
        with suppress(OSError):  # a supervisor that was killed; the order to end is on its way
            pipe.send("ready")

    def stop() -> None:
        deadline.start()
        server.stop()

    server = Server(make_config(app), on_ready=tell)
    deadline = Deadline()

    # Ctrl-C reaches the whole group of processes; the supervisor passes it on in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Service managers signal the whole group too, so a second signal is no second wish here.
    signal.signal(signal.SIGTERM, lambda signum, frame: stop())
    threading.Thread(target=_when_closed, args=(pipe, stop), name="orders", daemon=True).start()
    if not run(server, listener):
        raise SystemExit(1)


def _when_closed(pipe: Connection, stop: Callable[[], None]) -> None:
    with suppress(EOFError, OSError):
        pipe.recv()
    stop()


class Supervisor:
    """Keeps ``count`` workers alive on ``listener`` until ``stop``."""

    def __init__(self, app: str, listener: socket.socket, count: int) -> None:
        self.app = app
        self.listener = listener
        self.count = count
        self.workers: list[Worker] = []
        self.is_stopping = False
        self._missing: list[tuple[float, int]] = []  # when a replacement is due, and its place

    def stop(self) -> None:
        self.is_stopping = True

    def kill(self) -> None:
        for worker in self.workers:
            worker.process.kill()
        metric_files.remove()
        os._exit(1)

    def start(self) -> None:
        """Return when all workers serve, or ``stop`` was called. Raises ``CannotServeError``."""
        self.workers.extend(self._start_worker(place) for place in range(self.count))
        while not (self.is_stopping or all(worker.is_ready for worker in self.workers)):
            self._wait()
            if not self.is_stopping and any(worker.is_dead for worker in self.workers):
                self.end()
                raise CannotServeError("The application did not start; the log says why.")

    def keep_alive(self) -> None:
        while not self.is_stopping:
            self._wait()
            self._bury()
            self._replace()

    def end(self) -> None:
        """End all workers, gently at first."""
        deadline = time.monotonic() + KILL_AFTER
        for worker in self.workers:
            worker.pipe.close()
        for worker in self.workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if not worker.is_dead:
                worker.process.kill()
                worker.process.join()

    def _start_worker(self, place: int) -> Worker:
        ours, theirs = processes.Pipe()
        process = processes.Process(target=work, args=(self.app, self.listener, theirs, place))
        process.start()
        theirs.close()  # or the pipe would not end with the worker
        return Worker(place, process, ours)

    def _wait(self) -> None:
        """Until something happens to a worker, or a moment has passed: signals only set a flag."""
        sentinels = [worker.process.sentinel for worker in self.workers]
        pipes = [worker.pipe for worker in self.workers if not worker.is_ready]
        if not wait([*sentinels, *pipes], timeout=TICK):
            return
        for worker in self.workers:
            worker.listen()

    def _bury(self) -> None:
        now = time.monotonic()
        for worker in [worker for worker in self.workers if worker.is_dead]:
            logger.warning(
                "A worker ended with code %s; starting another.", worker.process.exitcode
            )
            worker.pipe.close()
            worker.process.close()
            self.workers.remove(worker)
            metric_files.bury(worker.place)
            due = now if now - worker.born > YOUNG else now + YOUNG
            self._missing.append((due, worker.place))

    def _replace(self) -> None:
        now = time.monotonic()
        for due, place in [missing for missing in self._missing if missing[0] <= now]:
            self._missing.remove((due, place))
            self.workers.append(self._start_worker(place))


def serve_many(
    *, app: str = APP, host: str, port: int, workers: int, announce: Callable[[str], None]
) -> None:
    """As ``server.serve``, in ``workers`` processes; ``announce`` when all of them serve."""
    with bind(host, port) as listener, metric_files.shared():
        supervisor = Supervisor(app, listener, workers)
        on_end_signals(supervisor.stop, supervisor.kill)
        supervisor.start()
        if not supervisor.is_stopping:
            announce(address_of(listener))
        supervisor.keep_alive()
        supervisor.end()
