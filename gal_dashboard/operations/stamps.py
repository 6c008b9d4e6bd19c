"""Every answer says which request it belongs to and how long it took."""

import re
import secrets
import time

from gal_dashboard.operations.gate import ASGIApp, Message, Receive, Send
from gal_dashboard.operations.request_head import Scope

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}\Z")


def request_id_of(sent: str) -> str:
    """The id that the client chose, if it may stand in a log; else a new one."""
    return sent if _SANE_REQUEST_ID.match(sent) else secrets.token_hex(16)


def seconds_since(started: float) -> str:
    """As ``X-Process-Time`` says it; ``started`` is of ``time.perf_counter``."""
    return f"{time.perf_counter() - started:.6f}"


class Stamps:
    """ASGI wrapper that stamps what is answered without Django, whose middleware does it there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        sent_id = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")

        async def send_stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == b"x-request-id" for name, _ in headers):
                    headers += [
                        (b"x-request-id", request_id_of(sent_id).encode()),
                        (b"x-process-time", seconds_since(started).encode()),
                    ]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_stamped)
