"""What is noted of each frame that the hub has handed out: how long it took, and one line."""

import logging

from django.utils import timezone

from gal_dashboard.realtime.feed import Feed
from gal_dashboard.realtime.monitoring import DELIVERY
from gal_dashboard.realtime.protocol import Frame

logger = logging.getLogger(__name__)


def note(feed: Feed, frame: Frame) -> None:
    """Count an event that every live socket of ``feed`` was given just now.

    The line has the id of the request that wrote it, as the request's own line has it.
    """
    if frame.written_at is None:  # stands for numbers that cannot be told
        return
    # the writer's clock may be another one, and ahead
    seconds = max(0.0, (timezone.now() - frame.written_at).total_seconds())
    if feed.live:
        DELIVERY.labels("overlay" if feed.is_overlay else "staff").observe(seconds)
    logger.info(
        "Handed out %s %s of %s",
        frame.type,
        frame.seq,
        feed.name,
        extra={
            "request_id": frame.request_id,
            "stream": feed.name,
            "seq": frame.seq,
            "sockets": len(feed.live),
            "ms": round(seconds * 1000, 1),
        },
    )
