"""What staff may change about the house itself: its name and colours, and what it has to say."""

import re
from typing import Final

from gal_dashboard.core.option_kinds import Kind, OptionValueError
from gal_dashboard.core.options import Option

NAME: Final = "branding.name"
PRIMARY: Final = "branding.primary_colour"
ACCENT: Final = "branding.accent_colour"
LOGO: Final = "branding.logo"
NOTICE: Final = "operations.maintenance_notice"

# Black on white is 21; what WCAG asks for between letters and what they stand on.
LEAST_CONTRAST: Final = 4.5
LONGEST_LOGO: Final = 48 * 1024
_PICTURE: Final = (
    r"|/(?!/)[A-Za-z0-9._~/%-]+"
    r"|data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}"
)


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 (black) to 1 (white), as WCAG 2 defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:  # noqa: PLR2004 - one digit for each part
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _check_carries_white(colour: str) -> None:
    if not re.fullmatch(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?", colour):
        raise OptionValueError("must be a colour without transparency, such as #4b379f")
    if 1.05 / (luminance(colour) + 0.05) < LEAST_CONTRAST:
        raise OptionValueError("must be dark enough for white letters on it")


OPTIONS: Final = (
    Option(
        key=NAME,
        kind=Kind.STRING,
        default="Guardian Angel League",
        low=1,
        high=60,
        pattern=r"[^\n\t]*",
        pattern_help="one line",
        title="Name of the league",
        help="Stands in the head of the admin and in the title of its pages.",
    ),
    Option(
        key=PRIMARY,
        kind=Kind.COLOUR,
        default="#4b379f",
        check=_check_carries_white,
        title="Colour of buttons",
        help="White letters stand on it.",
    ),
    Option(
        key=ACCENT,
        kind=Kind.COLOUR,
        default="#ffefc4",
        title="Colour of the name",
        help="In the head of the admin, on a dark ground.",
    ),
    Option(
        key=LOGO,
        kind=Kind.STRING,
        default="",
        high=LONGEST_LOGO,
        pattern=_PICTURE,
        pattern_help="empty, a path of this server, or a picture as data:image/...;base64,...",
        title="Logo",
        help="A square picture for the head of the admin. Empty: the shield.",
    ),
    Option(
        key=NOTICE,
        kind=Kind.STRING,
        default="",
        high=500,
        title="Notice to staff",
        help="Stands over every page of the admin, and staff sockets hear of it at once. Empty: "
        "none.",
    ),
)
