"""``GET /metrics``: all numbers as text, for Prometheus.

Answered in the event loop: when all threads of Django are busy, the numbers are wanted most.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gal_dashboard.core import monitoring, options
from gal_dashboard.operations import metric_files
from gal_dashboard.operations.gate import ASGIApp, Receive, Refusal, Scope, Send
from gal_dashboard.operations.insiders import is_insider
from gal_dashboard.operations.measuring import ROUTE
from gal_dashboard.operations.options import MONITORING_TOKEN

PATH: Final = "/metrics"

_CHALLENGE: Final = (("WWW-Authenticate", "Bearer"),)
STRANGER: Final = Refusal(
    status=HTTPStatus.UNAUTHORIZED,
    code="not_authenticated",
    detail="The numbers are for the monitoring: send its token as `Authorization: Bearer`.",
    headers=_CHALLENGE,
)
NO_TOKEN: Final = Refusal(
    status=HTTPStatus.UNAUTHORIZED,
    code="not_authenticated",
    detail="The numbers are for the monitoring, and no token is set for it. Set the variable "
    f"GAL_OPERATIONS_MONITORING_TOKEN, or {MONITORING_TOKEN} in the admin's configuration, to a "
    "random text, and send it as `Authorization: Bearer`.",
    headers=_CHALLENGE,
)


class MetricsPage:
    """ASGI application; whoever may not see the numbers is refused by ``app``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_insider(_bearer_in(scope)):
            has_token = bool(options.value(MONITORING_TOKEN))
            scope["gal.refusal"] = STRANGER if has_token else NO_TOKEN
            await self._app(scope, receive, send)
            return
        scope[ROUTE] = PATH
        monitoring.look()
        # on a thread that is not one of Django's: a thousand series take some milliseconds
        body = await asyncio.to_thread(_text)
        headers = [
            (b"content-type", CONTENT_TYPE_PLAIN_0_0_4.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )


def _text() -> bytes:
    return generate_latest(metric_files.together() or monitoring.REGISTRY)


def _bearer_in(scope: Scope) -> str:
    """The token of the one ``Authorization`` header; empty if there is none, or an odd one."""
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    scheme, _, token = (values[0] if len(values) == 1 else b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token.isascii():
        return ""
    return token.decode("ascii").strip()
