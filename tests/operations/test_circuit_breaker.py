"""A part that hangs holds one thread at a time, not all that ask."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gal_dashboard.core.circuit_breaker import CircuitBreaker, CircuitOpenError

ASKERS = 8


@pytest.fixture
def breaker() -> CircuitBreaker:
    return CircuitBreaker(OSError, opened="It is away", closed="It is back", seconds=0.1)


def fail(breaker: CircuitBreaker) -> None:
    with pytest.raises(OSError, match="away"), breaker.asking():
        raise OSError("away")


def test_after_a_fault_nobody_asks_for_a_while(breaker: CircuitBreaker):
    fail(breaker)

    with pytest.raises(CircuitOpenError), breaker.asking():
        pytest.fail("asked")
    time.sleep(0.15)
    with breaker.asking():
        pass
    with breaker.asking():
        pass


def test_one_asks_for_all_once_it_may_be_back():
    breaker = CircuitBreaker(OSError, opened="It is away", closed="It is back", seconds=2)
    fail(breaker)
    time.sleep(2.05)
    hanging, asked = threading.Event(), []

    def ask(number: int) -> bool:
        try:
            with breaker.asking():
                asked.append(number)
                return hanging.wait(30)
        except CircuitOpenError:
            if not hanging.is_set():
                turned_away.release()
            return False

    turned_away = threading.Semaphore(0)
    with ThreadPoolExecutor(ASKERS) as threads:
        answers = [threads.submit(ask, number) for number in range(ASKERS)]
        for _ in range(ASKERS - 1):
            assert turned_away.acquire(timeout=30)
        hanging.set()
        assert sum(answer.result() for answer in answers) == 1
    assert len(asked) == 1
    with breaker.asking():  # closed by that answer
        pass


def test_a_fault_of_another_kind_does_not_open_it(breaker: CircuitBreaker):
    with pytest.raises(ZeroDivisionError), breaker.asking():
        raise ZeroDivisionError

    with breaker.asking():
        pass


def test_the_log_has_a_line_when_it_opens_and_one_when_it_closes(
    breaker: CircuitBreaker, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            fail(breaker)
            time.sleep(0.15)
        with breaker.asking():
            pass

    assert [record.getMessage() for record in caplog.records] == [
        "It is away (OSError)",
        "It is back",
    ]
