"""Answers that must not leave before a moment: they wait in the event loop, on no thread."""

import asyncio
import time
from typing import Any, Final

from rest_framework.request import Request

_NOT_BEFORE: Final = "gal.not_before"


def hold_answer(request: Request, *, seconds: float) -> None:
    """Let the answer to ``request`` leave ``seconds`` from now, or later."""
    scope = request.META.get("asgi.scope")
    if scope is None:  # called without a server, as by Django's test client
        time.sleep(seconds)
    else:
        scope[_NOT_BEFORE] = time.monotonic() + seconds


class HeldAnswers:
    """An ASGI layer right around Django that does the waiting."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_in_time(message: Any) -> None:
            if _NOT_BEFORE in scope and message["type"] == "http.response.start":
                await asyncio.sleep(scope[_NOT_BEFORE] - time.monotonic())
            await send(message)

        await self._app(scope, receive, send_in_time)
