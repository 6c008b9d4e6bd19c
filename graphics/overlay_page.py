"""The page that OBS loads: answered from memory, whatever state the database is in."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from gal_dashboard.core import options
from graphics.options import CANVAS_HEIGHT, CANVAS_WIDTH, FONTS, IMAGE_HOSTS

PATH = re.compile(r"/(?:overlay|canvas/view)/.+\Z", re.DOTALL)
# Words of CSS; in quotes they would be names of fonts.
GENERIC_FONTS: Final = frozenset(
    {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui"}
)
_HOST = re.compile(rb"[A-Za-z0-9.\-]+(?::[0-9]{1,5})?\Z|\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?\Z")


class OverlayPage:
    """An ASGI application for ``/overlay/<anything>`` and ``/canvas/view/<anything>``.

    Obeys the options of the moment: the size of the canvas and the fonts stand in the page, the
    hosts that pictures may come from in its policy; while there are none, any host is allowed.
    ``frame_ancestors`` may show the page as a preview.
    """

    def __init__(self, *, frame_ancestors: Iterable[str]) -> None:
        self._template = get_template("graphics/overlay.html")
        self._frame_ancestors = " ".join(frame_ancestors)
        self._obey(options.snapshot())

    def _obey(self, values: Mapping[str, Any]) -> None:
        """Make the page anew; a look-up tells that nothing has changed."""
        self._values = values
        fonts = [name if name in GENERIC_FONTS else f'"{name}"' for name in values[FONTS]]
        self._body = self._template.render(
            {
                "width": values[CANVAS_WIDTH],
                "height": values[CANVAS_HEIGHT],
                "fonts": mark_safe(", ".join(fonts)),  # noqa: S308 - plain names, judged as such
            }
        ).encode()
        self._etag = f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'.encode()
        self._image_hosts = " ".join(values[IMAGE_HOSTS]) or "https: http:"

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        values = options.snapshot()
        if values is not self._values:
            self._obey(values)
        headers = dict(scope["headers"])
        is_fresh = headers.get(b"if-none-match") == self._etag
        body = b"" if is_fresh or scope["method"] == "HEAD" else self._body
        await send(
            {
                "type": "http.response.start",
                "status": 304 if is_fresh else 200,
                "headers": [
                    *self._headers(headers.get(b"host", b"")),
                    *([] if is_fresh else [(b"content-length", str(len(self._body)).encode())]),
                ],
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _headers(self, host: bytes) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"etag", self._etag),
            # asked for again on every load, so that a new release reaches OBS; mostly 304
            (b"cache-control", b"no-cache"),
            (b"content-security-policy", self._policy(host).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"access-control-allow-origin", b"*"),
        ]

    def _policy(self, host: bytes) -> str:
        """The page may talk to the host it came from. A strange host header is not repeated."""
        sockets = ""
        if _HOST.match(host):
            name = host.decode("ascii")
            sockets = f" ws://{name} wss://{name}"
        return "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                # OBS puts its custom CSS into the page as a style element
                "style-src 'self' 'unsafe-inline'",
                f"img-src 'self' data: {self._image_hosts}",
                "font-src 'self' data:",
                f"connect-src 'self'{sockets}",
                "base-uri 'none'",
                "form-action 'none'",
                f"frame-ancestors {self._frame_ancestors}",
            ]
        )
