"""Pages in a browser, whose sockets are listened to."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocket

from tests.support import frames


@contextmanager
def overheard(page: Page) -> Iterator[Page]:
    """A page: at the end every frame that it received must have been as described."""
    received: list[tuple[str | bytes, str]] = []

    def listen(socket: WebSocket) -> None:
        channel = frames.channel_of(socket.url)
        socket.on("framereceived", lambda text: received.append((text, channel)))

    page.on("websocket", listen)
    yield page
    for text, channel in received:
        frames.received(text, channel)
