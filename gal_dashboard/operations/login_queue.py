"""Logins wait for their turn in the event loop, on no thread.

A hash of a password takes a core for a tenth of a second, and two run at once at most. Of a flood
of logins each would hold one of Django's few threads while it waits, and nobody else be served.
"""

import asyncio
from collections import OrderedDict, deque
from typing import Final

from django.conf import settings

from gal_dashboard.core.addresses import address_in, household
from gal_dashboard.operations.gate import ASGIApp, Receive, Refusal, Scope, Send
from gal_dashboard.operations.monitoring import LOGINS_WAITING
from users.monitoring import LOGINS

PATHS: Final = frozenset({"/auth/login", "/admin/login/"})
AT_ONCE: Final = 2  # as many as hashes may run
LONGEST_LINE: Final = 64
MOST_LINES: Final = 256
LONGEST_WAIT_SECONDS: Final = 20.0
RETRY_AFTER_SECONDS: Final = 1

BUSY: Final = Refusal(
    status=503,
    code="server_busy",
    detail="Too many logins are under way. Try again shortly.",
    headers=(("Retry-After", str(RETRY_AFTER_SECONDS)),),
    facts={"retry_after": RETRY_AFTER_SECONDS},
)


class NoTurnError(Exception):
    """Raised when a line is full, or moved too slowly."""


class LoginQueue:
    """A line for each address; the lines take turns, so a flood from one delays only itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._free = AT_ONCE
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_login = scope["method"] == "POST" and scope["path"] in PATHS
        if not is_login or "gal.refusal" in scope:
            await self._app(scope, receive, send)
            return
        try:
            await self._turn(household(address_in(scope, settings.TRUSTED_PROXIES)))
        except NoTurnError:
            LOGINS.labels("busy").inc()
            scope["gal.refusal"] = BUSY
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._pass_on()

    async def _turn(self, who: str) -> None:
        if self._free:
            self._free -= 1
            return
        line = self._lines.get(who)
        if line is None and len(self._lines) >= MOST_LINES:
            raise NoTurnError
        if line is None:
            line = self._lines[who] = deque()
        if len(line) >= LONGEST_LINE:
            raise NoTurnError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        LOGINS_WAITING.inc()
        try:
            # not wait_for(), which in Python 3.11 forgets a cancellation that comes with the turn
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await turn
        except (TimeoutError, asyncio.CancelledError) as interruption:
            if turn.done() and not turn.cancelled():  # it came in the very moment
                self._pass_on()
            if isinstance(interruption, TimeoutError):
                raise NoTurnError from None
            raise
        finally:
            LOGINS_WAITING.dec()

    def _pass_on(self) -> None:
        """Give the place to the first of the next line that still waits."""
        while self._lines:
            who, line = self._lines.popitem(last=False)
            turn = line.popleft()
            if line:
                self._lines[who] = line  # behind all others
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
