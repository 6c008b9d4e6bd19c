"""How many requests a second anybody may send, judged in the event loop before Django is asked.

Buckets fill up again at a steady rate: a burst passes, a flood does not. Whoever has a token that
we signed is counted by session, everybody else by address. What overlays live on has buckets of its
own, so that nothing else can starve it. ``rate_sharing`` makes the limits those of all processes
together; no request waits for it.
"""

import asyncio
import math

from django.conf import settings

from gal_dashboard.core import options
from gal_dashboard.core.addresses import address_in, household
from gal_dashboard.core.errors import DomainError
from gal_dashboard.operations.gate import ASGIApp, Receive, Refusal, Scope, Send
from gal_dashboard.operations.options import (
    ADDRESS_BURST,
    ADDRESS_PER_SECOND,
    OPEN_PER_SECOND,
    SESSION_PER_SECOND,
)
from gal_dashboard.operations.rate_buckets import Buckets
from graphics.overlay_page import PATH as OVERLAY_PATH
from graphics.ready_views import PATH as READY_PATH
from users.tokens import read_access_token


class Rates:
    """ASGI wrapper: what comes too fast is handed on as a refusal, which Django answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if settings.RATE_LIMITS and "gal.refusal" not in scope:
            wait = self._wait_of(scope)
            if wait:
                scope["gal.refusal"] = _too_many(math.ceil(wait))
        await self._app(scope, receive, send)

    def _wait_of(self, scope: Scope) -> float:
        values = options.snapshot()
        now = asyncio.get_running_loop().time()
        headers = dict(scope["headers"])
        address = household(address_in(scope, settings.TRUSTED_PROXIES))
        if _is_open(scope["path"]):
            rate = values[OPEN_PER_SECOND]
            return self.buckets.take(f"open {address}", rate=rate, burst=rate, now=now)
        sid = _session_of(headers)
        if sid is not None:
            rate = values[SESSION_PER_SECOND]
            return self.buckets.take(f"session {sid}", rate=rate, burst=rate, now=now)
        return self.buckets.take(
            f"address {address}",
            rate=values[ADDRESS_PER_SECOND],
            burst=max(values[ADDRESS_BURST], values[ADDRESS_PER_SECOND]),
            now=now,
        )


def _is_open(path: str) -> bool:
    """The overlay page, its files, what it asks for, and whether the server is alive."""
    return (
        path.startswith(("/static/", "/health"))
        or READY_PATH.match(path) is not None
        or OVERLAY_PATH.match(path) is not None
    )


def _session_of(headers: dict[bytes, bytes]) -> str | None:
    """By the signature alone: a stranger must not get a bucket for each token that he makes up."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return read_access_token(token.strip()).sid
    except DomainError:
        return None


def _too_many(seconds: int) -> Refusal:
    return Refusal(
        status=429,
        code="too_many_requests",
        detail="Requests come too fast.",
        headers=(("Retry-After", str(seconds)),),
        facts={"retry_after": seconds},
    )
