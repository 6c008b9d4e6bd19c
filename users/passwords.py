"""The league's passwords: one opens everything, an optional second one only reads."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
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


def kind_of(password: str) -> SessionKind | None:
    """Which of the league's passwords this is, or ``None`` after the time of all hashes."""
    kinds = {SessionKind.MASTER: settings.DASHBOARD_MASTER_PASSWORD}
    if settings.DASHBOARD_VIEWER_PASSWORD:
        kinds[SessionKind.VIEWER] = settings.DASHBOARD_VIEWER_PASSWORD
    with hashing():
        return next(
            (kind for kind in kinds if check_password(password, _stored(kinds[kind]))), None
        )


@functools.cache
def _stored(password: str) -> str:
    return make_password(password)
