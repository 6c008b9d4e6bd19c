"""The login throttle itself: five places of a minute for each address."""

import ipaddress
import itertools
import time

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisAwayError

from users import throttling
from users.errors import IncorrectMasterPasswordError, LoginsClosedError, TooManyLoginsError

PLACES = 5  # the default

_numbers = itertools.count(1)


@pytest.fixture
def address() -> str:
    """An address that no other test uses."""
    return str(ipaddress.ip_address("10.0.0.0") + next(_numbers))


def fail(address: str) -> None:
    with pytest.raises(IncorrectMasterPasswordError), throttling.attempt(address):
        raise IncorrectMasterPasswordError


def is_shut_out(address: str) -> bool:
    try:
        with throttling.attempt(address):
            return False
    except TooManyLoginsError:
        return True


def test_a_place_is_free_again_a_minute_after_its_own_failure(address, monkeypatch):
    monkeypatch.setattr(throttling, "WINDOW_SECONDS", 0.6)
    for _ in range(3):
        fail(address)
    time.sleep(0.4)
    for _ in range(2):
        fail(address)

    assert is_shut_out(address)
    time.sleep(0.3)  # the first three have passed, the last two have not
    for _ in range(3):
        fail(address)
    assert is_shut_out(address)


def test_retry_after_is_when_the_first_place_becomes_free(address):
    for _ in range(PLACES):
        fail(address)

    with pytest.raises(TooManyLoginsError) as refused, throttling.attempt(address):
        pass

    assert 30 <= refused.value.facts["retry_after"] <= 60


def test_what_is_no_wrong_password_takes_no_place(address):
    for _ in range(PLACES):
        with throttling.attempt(address):
            pass
        with pytest.raises(ZeroDivisionError), throttling.attempt(address):
            1 / 0  # noqa: B018 - a fault of ours is no attempt of theirs

    assert not is_shut_out(address)


def test_neighbours_of_one_ipv6_network_are_one_client():
    for number in range(PLACES):
        fail(f"2001:db8:7:1::{number + 1}")

    assert is_shut_out("2001:db8:7:1:ffff::9")
    assert not is_shut_out("2001:db8:7:2::1")


def test_while_the_shared_cache_is_away_nobody_gets_to_the_password(address, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise RedisAwayError

    with monkeypatch.context() as outage:
        for name in ("add", "set", "get_many", "delete"):
            outage.setattr(caches["default"], name, away)
        for _ in range(2):
            with pytest.raises(LoginsClosedError) as closed, throttling.attempt(address):
                pytest.fail("the password is looked at")
            assert closed.value.facts == {"retry_after": 1}

    deadline = time.monotonic() + 10
    while is_closed(address):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not is_shut_out(address)  # nothing of it was counted


def test_what_was_under_way_when_the_cache_went_is_carried_out(address, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise RedisAwayError

    for name in ("set", "delete"):
        monkeypatch.setattr(caches["default"], name, away)

    with throttling.attempt(address):
        pass
    fail(address)


def is_closed(address: str) -> bool:
    try:
        with throttling.attempt(address):
            return False
    except LoginsClosedError:
        return True
