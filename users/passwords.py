"""The league's passwords: one opens everything, an optional second one only reads."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gal_dashboard.core.errors import InvalidFieldsError
from users.choices import SessionKind
from users.errors import TooManyLoginsError
from users.models import User

HASHES_AT_ONCE: Final = 2  # each Argon2 hash takes 100 MiB and a core; strangers must not take more
LONGEST_WAIT_SECONDS: Final = 5.0

_places = threading.BoundedSemaphore(HASHES_AT_ONCE)


@contextmanager
def hashing() -> Iterator[None]:
    """A place for one hash. Raises ``TooManyLoginsError`` when none becomes free in time."""
    if not _places.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise TooManyLoginsError(retry_after=1)
    try:
        yield
    finally:
        _places.release()


def hashed(password: str | None, owner: User) -> str:
    """What is stored of an account's password; ``None`` is no password at all.

    Raises ``InvalidFieldsError`` for one that is easy to guess, by ``owner`` too, and as above.
    """
    if password is None:
        return make_password(None)
    try:
        validate_password(password, owner)
    except ValidationError as weak:
        raise InvalidFieldsError({"password": weak.messages}) from None
    with hashing():
        return make_password(password)


def kind_of(password: str, hashes: Mapping[SessionKind, str]) -> SessionKind | None:
    """Which of the league's passwords this is, or ``None`` after the time of all hashes."""
    with hashing():
        return next((kind for kind in hashes if check_password(password, hashes[kind])), None)


def is_hash_of(password: str, stored: str) -> bool:
    """No password and no hash fit together, too."""
    if not password or not stored:
        return password == stored
    with hashing():
        return check_password(password, stored)


def hashed_for_league(password: str) -> str:
    """Nothing is judged here: the environment's passwords are what they are."""
    if not password:
        return ""
    with hashing():
        return make_password(password)
