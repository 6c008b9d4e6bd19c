import itertools
from collections.abc import Iterator

import pytest

from gal_dashboard.core import options

LEASE = "graphics.lock_ttl_seconds"
_numbers = itertools.count(1)


@pytest.fixture
def new_key() -> str:
    """A key of a client that no other test uses."""
    return f"bot.test-{next(_numbers)}"


@pytest.fixture
def defaults() -> Iterator[None]:
    """Options of this process go back to their defaults after the test."""
    yield
    options.apply({})
