"""The WebSocket addresses, gathered."""

from channels.routing import URLRouter

from gal_dashboard.realtime.routing import websocket_urlpatterns

websockets = URLRouter(websocket_urlpatterns)
