"""The league's passwords: one opens everything, an optional second one only reads."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from users.choices import SessionKind
from users.errors import TooManyLoginsError

HASHES_AT_ONCE: Final = 2  # each Argon2 hash takes 100 MiB and a core; strangers must not take more
LONGEST_WAIT_SECONDS: Final = 1.0

_places = threading.BoundedSemaphore(HASHES_AT_ONCE)


@contextmanager
def hashing() -> Iterator[None]:
    """A place for one hash. Raises ``TooManyLoginsError`` when none is free within a second."""
    if not _places.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise TooManyLoginsError(retry_after=1)
    try:
        yield
    finally:
        _places.release()


def kind_of(password: str) -> SessionKind | None:
    """Which of the league's passwords this is, or ``None``. Always takes the time of the hashes."""
    with hashing():
        is_master = check_password(password, _stored(settings.DASHBOARD_MASTER_PASSWORD))
        viewer = settings.DASHBOARD_VIEWER_PASSWORD
        is_viewer = bool(viewer) and check_password(password, _stored(viewer))
    if is_master:
        return SessionKind.MASTER
    return SessionKind.VIEWER if is_viewer else None


@functools.cache
def _stored(password: str) -> str:
    return make_password(password)
