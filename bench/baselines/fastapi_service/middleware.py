"""What happens to every request, whatever it asks for."""

import logging
import re
import threading
import time
from collections import defaultdict
from typing import Final

from fastapi import Request, Response
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

# Keys and tokens, by their form; what follows the name of a secret.
SECRETS: Final = (
    (re.compile(r"RGAPI-[a-f0-9]{32}"), "***"),
    (re.compile(r"[A-Za-z0-9_-]{32,}"), "***"),
    (re.compile(r"[A-Za-z0-9_-]{24}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}"), "***"),
    (re.compile(r"(DISCORD_TOKEN|RIOT_API_KEY|DATABASE_URL)=\S+"), r"\1=***"),
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

logger = logging.getLogger(__name__)


class Numbers:
    """Counts of requests, and how often and how long by their labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, ...], int] = defaultdict(int)
        self._seconds: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])

    def count(self, *labels: str) -> None:
        with self._lock:
            self._counts[labels] += 1

    def took(self, seconds: float, *labels: str) -> None:
        with self._lock:
            known = self._seconds[labels]
            known[:] = known[0] + 1, known[1] + seconds, max(known[2], seconds)


class RequestLog(BaseHTTPMiddleware):
    """Two lines for a request, which hold no secret, and its numbers."""

    numbers = Numbers()

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        began, method, path = time.time(), request.method, request.url.path
        client = request.client.host if request.client else "unknown"
        _log(f"Request: {method} {path} - Client: {client}")
        response = await call_next(request)
        took, status = time.time() - began, str(response.status_code)
        self.numbers.took(took, method, path, status)
        self.numbers.count(method, status)
        _log(f"Response: {status} - Processing time: {took:.4f}s")
        response.headers["X-Process-Time"] = str(took)
        return response


class SecurityHeaders(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response


def _log(line: str) -> None:
    for secret, instead in SECRETS:
        line = secret.sub(instead, line)
    logger.info(line)
