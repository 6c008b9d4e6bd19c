"""Looking at overlays from the admin where their numbers open nothing.

A preview key is signed, not stored: it names one graphic and the member of staff who looks, and is
good for a working day, as long as that person may still use the admin.
"""

from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, TimestampSigner

from users import selectors as user_selectors

PREFIX: Final = "ovp_"
GOOD_FOR: Final = timedelta(hours=12)

_signer: Final = TimestampSigner(salt="overlay-preview")


def preview_key(*, graphic_id: int, user_id: int) -> str:
    return PREFIX + _signer.sign(f"{graphic_id}.{user_id}")


def graphic_of_preview(key: str) -> int | None:
    """The graphic that a preview key opens; ``None`` for any other text."""
    try:
        value = _signer.unsign(key.removeprefix(PREFIX), max_age=GOOD_FOR)
    except BadSignature:
        return None
    graphic_id, _, user_id = value.partition(".")
    return int(graphic_id) if user_selectors.may_use_admin(int(user_id)) else None
