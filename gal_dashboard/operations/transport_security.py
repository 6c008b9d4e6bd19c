"""``Strict-Transport-Security`` on every answer that goes out by HTTPS, whoever made it.

Django gives it to its own answers only; overlay page, static files and ready bytes never meet
Django. The same settings decide.
"""

from django.conf import settings

from gal_dashboard.operations.gate import ASGIApp, Message, Receive, Send
from gal_dashboard.operations.request_head import Scope

HEADER = b"strict-transport-security"


class TransportSecurity:
    """ASGI wrapper. By plain HTTP the header would mean nothing, so it is not sent there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._value = _value()
        # A proxy's word counts only where the settings trust one.
        self._is_proxy_trusted = bool(settings.SECURE_PROXY_SSL_HEADER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == HEADER for name, _ in headers):
                    message = {**message, "headers": [*headers, (HEADER, self._value)]}
            await send(message)

        is_secured = bool(self._value) and self._came_by_https(scope)
        await self._app(scope, receive, send_secured if is_secured else send)

    def _came_by_https(self, scope: Scope) -> bool:
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        return self._is_proxy_trusted and said == [b"https"]


def _value() -> bytes:
    if not settings.SECURE_HSTS_SECONDS:
        return b""
    value = f"max-age={settings.SECURE_HSTS_SECONDS}"
    if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS:
        value += "; includeSubDomains"
    if settings.SECURE_HSTS_PRELOAD:
        value += "; preload"
    return value.encode()
