"""The login throttle: so many failed attempts of one address within a minute, then 429.

How many says the option ``users.login_attempts_per_minute``, 5 by default. A failed attempt takes
one of the places for a minute. The place is taken before the password is looked at and given back
if it was right: attempts that come at once cannot outrun the count, and right ones never fill it.

Several processes count together in the shared cache. While it is away nobody logs in: a guess that
nobody counts is worth more to a stranger than a login is to the crew, whose sessions go on. Where
there is one process the cache is its own and never away.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, TypeVar

from django.core.cache import caches
from redis.exceptions import RedisError

from gal_dashboard.core import options
from gal_dashboard.core.addresses import household
from gal_dashboard.core.circuit_breaker import CircuitBreaker, CircuitOpenError
from gal_dashboard.core.errors import DomainError, ErrorKind
from users.errors import LoginsClosedError, TooManyLoginsError
from users.monitoring import LOGINS
from users.options import LOGIN_ATTEMPTS

WINDOW_SECONDS: Final = 60
# Attempts that run at the same time may still turn out to be right; others wait so long for them.
LONGEST_WAIT_SECONDS: Final = 10.0
LONGEST_ATTEMPT_SECONDS: Final = 30  # a process that dies in the middle gives its place back

_PENDING: Final = "pending"
_PAUSE_SECONDS: Final = 0.02

RETRY_AFTER_SECONDS: Final = 1

AWAY: Final = (RedisError, OSError)

_shared_cache = CircuitBreaker(
    *AWAY,
    opened="Logins are closed: the cache that counts failed ones does not answer",
    closed="Logins are open again",
)

Answer = TypeVar("Answer")


@contextmanager
def attempt(address: str) -> Iterator[None]:
    """Around one check of a password: counts it if the block refuses the password.

    Raises ``TooManyLoginsError`` when ``address`` failed too often, and ``LoginsClosedError`` when
    nobody can tell; that is no attempt, and the block is not entered.
    """
    try:
        with _place_for(address):
            yield
    except TooManyLoginsError:
        LOGINS.labels("throttled").inc()
        raise
    except LoginsClosedError:
        LOGINS.labels("closed").inc()
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
    key = _take_place(keys)
    has_failed = False
    try:
        yield
    except DomainError as error:
        has_failed = error.kind == ErrorKind.UNAUTHENTICATED
        raise
    finally:
        _leave_place(key, has_failed=has_failed)


def _take_place(keys: list[str]) -> str:
    cache = caches["default"]
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        # first what is cheap: a flood from an address that is shut out costs one look-up each
        taken = list(_ask(lambda: cache.get_many(keys)).values())
        if len(taken) < len(keys):
            for key in keys:
                if _ask(partial(cache.add, key, _PENDING, LONGEST_ATTEMPT_SECONDS)):
                    return key
        if len(taken) == len(keys) and (_PENDING not in taken or time.monotonic() > deadline):
            free_at = [until for until in taken if until != _PENDING]
            seconds = math.ceil(min(free_at) - time.time()) if free_at else 1
            raise TooManyLoginsError(retry_after=max(1, seconds))
        time.sleep(_PAUSE_SECONDS)


def _ask(question: Callable[[], Answer]) -> Answer:
    try:
        with _shared_cache.asking():
            return question()
    except (CircuitOpenError, *AWAY):
        raise LoginsClosedError(retry_after=RETRY_AFTER_SECONDS) from None


def _leave_place(key: str, *, has_failed: bool) -> None:
    cache = caches["default"]
    with suppress(*AWAY):  # the place frees itself
        if has_failed:
            cache.set(key, time.time() + WINDOW_SECONDS, WINDOW_SECONDS)
        else:
            cache.delete(key)
