"""Which socket a path leads to."""

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from gal_dashboard.realtime.consumers import (
    KeyedOverlayConsumer,
    OverlayConsumer,
    StaffConsumer,
    UnknownConsumer,
)

websocket_urlpatterns = [
    re_path(r"\Aws/overlay/(?P<graphic_id>[^/]*)/?\Z", OverlayConsumer.as_asgi()),
    re_path(r"\Aws/overlay/k/(?P<key>[^/]+)/?\Z", KeyedOverlayConsumer.as_asgi()),
    re_path(r"\Aws/events/?\Z", StaffConsumer.as_asgi()),
    re_path(r"", UnknownConsumer.as_asgi()),
]

_router = URLRouter(websocket_urlpatterns)


async def websockets(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application of all sockets. Nothing may wrap ``send``: the hub runs it by hand."""
    # Daphne takes root_path from a header that any client may send; the router would raise on it.
    await _router({**scope, "root_path": ""}, receive, send)
