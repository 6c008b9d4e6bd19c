"""The gauges of sockets, hub and bus, set every few seconds."""

from gal_dashboard.realtime import monitoring
from gal_dashboard.realtime.hub import hub


def look() -> None:
    backlogs = [connection.backlog for connection in hub.connections]
    monitoring.BACKLOG_FRAMES.set(sum(frames for frames, _ in backlogs))
    monitoring.BACKLOG_BYTES.set(sum(size for _, size in backlogs))
    monitoring.LAG.set(hub.lag)
    monitoring.DATABASE_UP.set(not hub.is_database_away)
    monitoring.BUS_UP.set(hub.bus is None or hub.bus.is_up)
