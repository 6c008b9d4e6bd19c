"""Django on a few long-lived threads: a hop there with the whole request, one back with the answer.

The gate has taken the body in, and Django streams nothing, so neither side ever waits for the other
in the middle. A bridge for any application hops for each piece of a body: at least four times a
request, and each hop wakes a thread and then the event loop.
"""

import asyncio
import contextvars
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from gal_dashboard.operations.gate import Receive, Send
from gal_dashboard.operations.request_head import Scope

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class _Answer:
    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], fault: Any = None) -> None:
        """WSGI's ``start_response``. Nobody writes by what it might return."""
        self.status = int(status[:3])
        self.headers = tuple(
            (name.lower().encode("latin-1"), value.strip().encode("latin-1"))
            for name, value in headers
        )


class DjangoThreads:
    """ASGI application around a WSGI one. To stand behind the gate.

    What ``app`` has to do once its answer is whole (``close``) it does on the thread while the
    answer is on its way; a fault of that is logged, as nobody waits for it. A client that has gone
    changes nothing: what has begun is carried out.
    """

    def __init__(self, app: WSGIApp, *, workers: int) -> None:
        self._app = app
        self._workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="django")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = io.BytesIO((await receive()).get("body", b""))
        answered: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._threads.submit(
            contextvars.copy_context().run, self._carry_out, environ_of(scope, body), answered
        )
        answer = await answered
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": list(answer.headers),
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    async def on_each(self, work: Callable[[WSGIApp], None], *, within: float) -> None:
        """Have each thread do ``work`` with the application; meant for before the first request.

        Raises ``TimeoutError`` after ``within`` seconds, and then what is under way goes on; else
        the first fault of a thread, when all have done what they could.
        """
        together = threading.Barrier(self._workers)

        def take_part() -> None:
            together.wait(within)  # or a thread that is done would do the work of another
            work(self._app)

        loop = asyncio.get_running_loop()
        parts = [loop.run_in_executor(self._threads, take_part) for _ in range(self._workers)]
        async with asyncio.timeout(within):
            outcomes = await asyncio.gather(*parts, return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def _carry_out(self, environ: Environ, answered: "asyncio.Future[_Answer]") -> None:
        answer = _Answer()
        parts: Iterable[bytes] = ()
        try:
            parts = self._app(environ, answer.start)
            answer.body = b"".join(parts)
            environ["wsgi.input"].close()  # nobody keeps the body of the request any longer
            _hand_over(answered, answer)
        except BaseException as fault:  # noqa: BLE001 - raised where the request is waited for
            _hand_over(answered, fault)
        finally:
            del answer
            _close(parts)


def _close(parts: Iterable[bytes]) -> None:
    try:
        getattr(parts, "close", lambda: None)()
    except Exception:
        logger.exception("What was to be done after an answer has failed")


def _hand_over(answered: "asyncio.Future[_Answer]", outcome: _Answer | BaseException) -> None:
    def settle() -> None:
        if answered.done():  # nobody waits any more
            if isinstance(outcome, BaseException):
                logger.error("A request that nobody waits for has failed", exc_info=outcome)
        elif isinstance(outcome, StopIteration):  # no future takes it
            answered.set_exception(RuntimeError("StopIteration of the application"))
        elif isinstance(outcome, BaseException):
            answered.set_exception(outcome)
        else:
            answered.set_result(outcome)

    answered.get_loop().call_soon_threadsafe(settle)


def environ_of(scope: Scope, body: io.BytesIO) -> Environ:
    """PEP 3333's description of a request, and the scope itself as ``asgi.scope``."""
    host, port = scope.get("server") or ("localhost", 80)
    request: Environ = {
        "asgi.scope": scope,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", "").encode().decode("latin-1"),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("ascii"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        request["REMOTE_ADDR"], port = scope["client"]
        request["REMOTE_PORT"] = str(port)
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        request[name] = f"{request[name]},{value}" if name in request else value
    return request
