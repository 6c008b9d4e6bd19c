"""The WebSocket addresses, gathered."""

from gal_dashboard.realtime.routing import websockets

__all__ = ["websockets"]
