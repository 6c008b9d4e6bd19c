"""Counts and times every HTTP request that has passed the gate, whoever answers it."""

import re
import time
from functools import lru_cache
from typing import Final

from prometheus_client import Counter, Histogram

from gal_dashboard.operations.gate import ASGIApp, Message, Receive, Send
from gal_dashboard.operations.monitoring import (
    IN_FLIGHT,
    REFUSALS,
    REQUESTS,
    SECONDS,
    THREADS_BUSY,
)
from gal_dashboard.operations.request_head import Scope

# Under this name whoever answers a request leaves the template of its route in the scope.
ROUTE: Final = "gal.route"
REFUSED: Final = "(refused)"
UNKNOWN: Final = "(unknown)"

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# path()'s parameters, and those of the admin's regular expressions
_PARAMETER = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>|\(\?P<([a-z_]+)>[^)]*\)\$?")


@lru_cache(maxsize=1024)
def template_of(route: str) -> str:
    """Django's route as the API's documentation writes it: ``/api/v1/graphics/{id}``."""
    return "/" + _PARAMETER.sub(lambda found: f"{{{found[1] or found[2]}}}", route)


class UnderWay:
    """What is going on in this process now. Gauges are set from it when somebody looks: to set one
    for each request would cost more than all its other numbers.
    """

    def __init__(self) -> None:
        self.requests = 0  # changed in the event loop only
        self.threads: set[int] = set()  # each thread adds and discards itself

    def look(self) -> None:
        IN_FLIGHT.set(self.requests)
        THREADS_BUSY.set(len(self.threads))


under_way = UnderWay()


class Measured:
    """ASGI wrapper. Time ends with the head of the answer: a slow reader is not our slowness."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note(scope, message["status"], time.perf_counter() - started)
            await send(message)

        under_way.requests += 1
        try:
            await self._app(scope, receive, send_measured)
        finally:
            under_way.requests -= 1


def _note(scope: Scope, status: int, seconds: float) -> None:
    refusal = scope.get("gal.refusal")
    if refusal is not None:
        REFUSALS.labels(refusal.code).inc()
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = REFUSED if refusal is not None else scope.get(ROUTE, UNKNOWN)
    requests, times = _series(method, route, status)
    requests.inc()
    times.observe(seconds)


@lru_cache(maxsize=4096)
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    # the library's own look-up takes longer than the counting
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route)
