"""Somebody guesses passwords as fast as they can; nobody else notices.

``--log-cli-level=INFO`` shows the figures, ``GAL_TEST_ROUNDS=20`` makes the storm ten seconds long.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.support.api import Api
from tests.support.rounds import ROUNDS

logger = logging.getLogger(__name__)

A_SECOND = 50
SECONDS = 3 if ROUNDS <= 10 else 10
GUESSERS = 8
# A login costs a hash, which takes a tenth of a second, or some seconds where others use the cores.
PATIENCE = 28.0


class Storm:
    """Wrong logins from one address, ``A_SECOND`` in all threads together."""

    def __init__(self, server) -> None:
        self.answers: list[int] = []
        self._client = Api(server)
        self._is_over = threading.Event()
        self._threads = ThreadPoolExecutor(GUESSERS)

    def __enter__(self) -> "Storm":
        for number in range(GUESSERS):
            self._threads.submit(self._guess, number)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._threads.shutdown()
        self._client.close()

    def _guess(self, number: int) -> None:
        pause = GUESSERS / A_SECOND
        due = time.monotonic() + number / A_SECOND
        while not self._is_over.wait(max(0.0, due - time.monotonic())):
            due += pause
            answer = self._client.post("/auth/login", json={"master_password": "wrong"})
            self.answers.append(answer.status_code)


def seconds(answer) -> float:
    return answer.elapsed.total_seconds()


def test_a_storm_of_wrong_logins_keeps_nobody_else_out(server, api):
    logins, requests = [], []
    with Storm(server) as storm:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            with Api(server) as other:
                started = time.monotonic()
                other.login()
                logins.append(time.monotonic() - started)
            requests += [api.get("/auth/verify"), api.get("/api/v1/graphics?limit=1")]

    assert storm.answers.count(401) == 5
    assert set(storm.answers) <= {401, 429, 503}
    assert {answer.status_code for answer in requests} == {200}
    slowest = max(map(seconds, requests))
    logger.info(
        "%.0f wrong logins a second; slowest login %.2f s, slowest request %.2f s",
        len(storm.answers) / SECONDS,
        max(logins),
        slowest,
    )
    assert max(logins) < PATIENCE
    assert slowest < PATIENCE
