"""What staff may change about graphics."""

from typing import Final

from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option

LOCK_TTL: Final = "graphics.lock_ttl_seconds"
LOCK_REFRESH: Final = "graphics.lock_refresh_percent"
REVISIONS_KEPT_HOURS: Final = "graphics.revisions_kept_hours"
REVISIONS_KEPT_NEWEST: Final = "graphics.revisions_kept_newest"
IMAGE_HOSTS: Final = "graphics.image_hosts"
CANVAS_WIDTH: Final = "graphics.canvas_width"
CANVAS_HEIGHT: Final = "graphics.canvas_height"
FONTS: Final = "graphics.fonts"

_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

OPTIONS: Final = (
    Option(
        key=LOCK_TTL,
        kind=Kind.INTEGER,
        default=300,
        low=2,
        high=3600,
        title="Life of a canvas lock",
        help="How long a canvas lock holds after it was taken or refreshed, in seconds.",
    ),
    Option(
        key=LOCK_REFRESH,
        kind=Kind.INTEGER,
        default=50,
        low=10,
        high=90,
        title="When an open page refreshes its lock",
        help="How much of the lock's life may pass before the admin's editor refreshes it, in "
        "percent. The rest is what a slow network may take.",
    ),
    Option(
        key=REVISIONS_KEPT_HOURS,
        kind=Kind.INTEGER,
        default=24,
        low=1,
        high=8760,
        title="How long every revision is kept",
        help="Hours. Older revisions are folded to the last of each session and minute.",
    ),
    Option(
        key=REVISIONS_KEPT_NEWEST,
        kind=Kind.INTEGER,
        default=50,
        low=1,
        high=10_000,
        title="How many revisions are always kept",
        help="The newest ones of each graphic, however old they are.",
    ),
    Option(
        key=IMAGE_HOSTS,
        kind=Kind.LIST,
        default=(),
        high=50,
        pattern=_HOST,
        pattern_help="names of hosts such as cdn.example.org, in small letters, without a port",
        title="Hosts that pictures may come from",
        help="Beside this server. Empty: any host. Graphics with pictures from elsewhere cannot be "
        "saved, and overlays do not load them.",
    ),
    Option(
        key=CANVAS_WIDTH,
        kind=Kind.INTEGER,
        default=1920,
        low=16,
        high=16_384,
        title="Width of the canvas",
        help="In pixels; what an overlay scales to its window. Pages follow when they are loaded.",
    ),
    Option(
        key=CANVAS_HEIGHT,
        kind=Kind.INTEGER,
        default=1080,
        low=16,
        high=16_384,
        title="Height of the canvas",
        help="As the width.",
    ),
    Option(
        key=FONTS,
        kind=Kind.LIST,
        default=("Sofia Sans Condensed", "Arial Narrow", "Arial", "sans-serif"),
        low=1,
        high=10,
        pattern=r"[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,60}[A-Za-z0-9])?",
        pattern_help="plain names of fonts, without quotes",
        title="Fonts of texts that name none",
        help="The first that the machine with the overlay has. Pages follow when they are loaded.",
    ),
)
