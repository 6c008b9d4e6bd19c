"""The login throttle: so many failed attempts of one address within a minute, then 429.

How many says the option ``users.login_attempts_per_minute``, 5 by default. A failed attempt takes
one of the places for a minute. The place is taken before the password is looked at and given back
if it was right: attempts that come at once cannot outrun the count, and right ones never fill it.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

from gal_dashboard.core import options
from gal_dashboard.core.addresses import household
from gal_dashboard.core.errors import DomainError, ErrorKind
from users.errors import TooManyLoginsError
from users.monitoring import LOGINS
from users.options import LOGIN_ATTEMPTS

WINDOW_SECONDS: Final = 60
# Attempts that run at the same time may still turn out to be right; others wait so long for them.
LONGEST_WAIT_SECONDS: Final = 10.0
LONGEST_ATTEMPT_SECONDS: Final = 30  # a process that dies in the middle gives its place back

_PENDING: Final = "pending"
_PAUSE_SECONDS: Final = 0.02

# While the shared cache is away, each process counts for itself: the crew must get in.
_own_cache = LocMemCache("login-throttle", {})


@contextmanager
def attempt(address: str) -> Iterator[None]:
    """Around one check of a password: counts it if the block refuses the password.

    Raises ``TooManyLoginsError`` when ``address`` failed too often; that is no attempt.
    """
    try:
        with _place_for(address):
            yield
    except TooManyLoginsError:
        LOGINS.labels("throttled").inc()
        raise
    except DomainError as error:
        if error.kind == ErrorKind.UNAUTHENTICATED:
            LOGINS.labels("refused").inc()
        raise
    LOGINS.labels("accepted").inc()


@contextmanager
def _place_for(address: str) -> Iterator[None]:
    places = range(options.value(LOGIN_ATTEMPTS))
    keys = [f"login:{household(address) or 'unknown'}:{place}" for place in places]
    try:
        cache: BaseCache = caches["default"]
        key = _take_place(cache, keys)
    except (RedisError, OSError):
        cache = _own_cache
        key = _take_place(cache, keys)
    has_failed = False
    try:
        yield
    except DomainError as error:
        has_failed = error.kind == ErrorKind.UNAUTHENTICATED
        raise
    finally:
        _leave_place(cache, key, has_failed=has_failed)


def _take_place(cache: BaseCache, keys: list[str]) -> str:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        # first what is cheap: a flood from an address that is shut out costs one look-up each
        taken = list(cache.get_many(keys).values())
        if len(taken) < len(keys):
            for key in keys:
                if cache.add(key, _PENDING, LONGEST_ATTEMPT_SECONDS):
                    return key
        if len(taken) == len(keys) and (_PENDING not in taken or time.monotonic() > deadline):
            free_at = [until for until in taken if until != _PENDING]
            seconds = math.ceil(min(free_at) - time.time()) if free_at else 1
            raise TooManyLoginsError(retry_after=max(1, seconds))
        time.sleep(_PAUSE_SECONDS)


def _leave_place(cache: BaseCache, key: str, *, has_failed: bool) -> None:
    try:
        if has_failed:
            cache.set(key, time.time() + WINDOW_SECONDS, WINDOW_SECONDS)
        else:
            cache.delete(key)
    except (RedisError, OSError):
        return  # the place frees itself
