"""Names of streams, in one place."""

from typing import Final

STAFF: Final = "staff"

_OVERLAY_PREFIX: Final = "overlay."
_INTERNAL_PREFIX: Final = "internal."

# Sessions that have ended, from process to process: ``{"sid": ...}``.
SESSIONS: Final = f"{_INTERNAL_PREFIX}sessions"
# Which keys of overlays were revoked.
OVERLAY_KEYS: Final = f"{_INTERNAL_PREFIX}overlay_keys"


def overlay(graphic_id: int) -> str:
    """The public stream of one graphic."""
    return f"{_OVERLAY_PREFIX}{graphic_id}"


def graphic_of(stream: str) -> int | None:
    """The graphic whose overlay stream this is; ``None`` for any other stream."""
    return int(stream.removeprefix(_OVERLAY_PREFIX)) if stream.startswith(_OVERLAY_PREFIX) else None


def internal(topic: str) -> str:
    """A stream from process to process; no socket ever follows it."""
    return f"{_INTERNAL_PREFIX}{topic}"


def is_internal(stream: str) -> bool:
    return stream.startswith(_INTERNAL_PREFIX)
