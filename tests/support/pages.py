"""Pages in a browser, whose sockets are listened to."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocket

from gal_dashboard.operations.asyncapi import OVERLAY
from tests.support import frames


@contextmanager
def overheard(page: Page) -> Iterator[Page]:
    """An overlay's page: at the end every frame that it received must have been as described."""
    received: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        # Playwright keeps something on the handler, which a method of a list has no room for
        socket.on("framereceived", lambda text: received.append(text))  # noqa: PLW0108

    page.on("websocket", listen)
    yield page
    for text in received:
        frames.received(text, OVERLAY)
