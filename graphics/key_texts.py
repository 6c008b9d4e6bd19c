"""What a key for overlays looks like; the database knows only its digest."""

import hashlib
import re
import secrets
from typing import Final

PREFIX: Final = "ovk_"  # so that a key is recognised wherever it turns up
RANDOM_BYTES: Final = 32
HINT_LENGTH: Final = 4

_SHAPE: Final = re.compile(r"ovk_[A-Za-z0-9_-]{43}\Z")


def new_key() -> str:
    """A key that nobody can guess: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def is_key(text: str) -> bool:
    return _SHAPE.match(text) is not None


def digest_of(key: str) -> str:
    """What is stored. A fast hash is enough for what cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint_of(key: str) -> str:
    """What people tell their keys apart by."""
    return key[-HINT_LENGTH:]
