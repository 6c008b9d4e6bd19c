"""A request with a key is either done with its answer stored, or not done at all."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import force_authenticate

from gal_dashboard.api import idempotency
from gal_dashboard.api.models import IdempotentRequest
from gal_dashboard.api.permissions import IsPublic
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.context import Actor
from graphics.models import Graphic
from graphics.services import create_graphic
from tests.api.refusals import refusal
from tests.conftest import ENGINES, NewServer
from tests.support.api import Api
from tests.support.rounds import ROUNDS
from tests.support.rows import connect, execute, rows, value
from tests.support.server import RunningServer

KEY = "Idempotency-Key"
WRITERS = 8
# At 200 rounds twenty.
KILLS = max(2, ROUNDS // 10)
# What became of a key, and of the graphic that has it as its title, at one moment.
FATE = """
    SELECT (SELECT count(*) FROM api_idempotentrequest WHERE key = %s),
           (SELECT status FROM api_idempotentrequest WHERE key = %s),
           (SELECT count(*) FROM graphics_graphic WHERE title = %s)
"""


def begun_a_minute_ago(server: RunningServer, key: str) -> None:
    began: Any = datetime.now(UTC) - timedelta(seconds=61)
    if server.environment["DATABASE_URL"].startswith("sqlite"):
        began = began.replace(tzinfo=None).isoformat(sep=" ")  # as Django writes it there
    rows(server, "UPDATE api_idempotentrequest SET started_at = %s WHERE key = %s", began, key)


def post(client: Api, key: str, **fields: Any) -> httpx.Response:
    body = {"title": key, "event_name": "Cup", **fields}
    return client.post("/api/v1/graphics", json=body, headers={KEY: key})


class Crowd:
    """Writers who post under new keys until the server is gone."""

    def __init__(self, server: RunningServer, token: str) -> None:
        self.server = server
        self.token = token
        self.keys: list[str] = []
        self.answered: list[str] = []
        self._lock = threading.Lock()

    def write_until_the_end(self) -> None:
        with Api(self.server, headers={"Authorization": self.token}) as client:
            while True:
                key = uuid.uuid4().hex
                with self._lock:
                    self.keys.append(key)
                try:
                    answer = post(client, key)
                except httpx.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                with self._lock:
                    self.answered.append(key)


@pytest.mark.slow
@pytest.mark.timeout(120 + 30 * KILLS)
@pytest.mark.parametrize("engine", ENGINES)
def test_after_kill_9_a_request_is_done_and_stored_or_not_done(engine: str, new_server: NewServer):
    server = new_server(engine=engine)
    with Api(server) as client:
        token = client.login().headers["Authorization"]
    for _ in range(KILLS):
        crowd = Crowd(server, token)
        with ThreadPoolExecutor(WRITERS) as threads:
            jobs = [threads.submit(crowd.write_until_the_end) for _ in range(WRITERS)]
            time.sleep(random.uniform(0.3, 0.8))  # noqa: S311 - no secret
            server.kill()
            for job in jobs:
                job.result()

        for key in crowd.keys:
            [(claimed, status, made)] = rows(server, FATE, key, key, key)
            assert (claimed, status, made) in {(1, 201, 1), (1, None, 0), (0, None, 0)}
            assert key not in crowd.answered or made == 1

        server.start()
        with Api(server, headers={"Authorization": token}) as client:
            for key in set(crowd.keys) - set(crowd.answered):
                first = post(client, key)
                if first.status_code != 201:
                    refusal(first, 409, "idempotency_in_flight")
                    begun_a_minute_ago(server, key)
                assert post(client, key).status_code == 201
                assert rows(server, FATE, key, key, key) == [(1, 201, 1)]


@contextmanager
def held(server: RunningServer, tournament: int) -> Iterator[None]:
    """Keeps a tournament's row locked: a request that ties a graphic to it stops half-way."""
    with closing(connect(server)) as other:
        other.autocommit = False
        execute(
            other, "SELECT 1 FROM tournaments_tournament WHERE id = %s FOR UPDATE", [tournament]
        )
        yield
        other.rollback()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_waiting(server: RunningServer, count: int = 1) -> bool:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    )
    name = server.environment["DATABASE_URL"].rpartition("/")[2]
    return value(server, waiting, name) == count


@pytest.mark.postgresql
def test_a_request_that_is_killed_half_way_is_not_done(new_server: NewServer):
    server, key = new_server(engine="postgresql"), uuid.uuid4().hex
    with Api(server) as client, ThreadPoolExecutor(1) as threads:
        tournament = client.login().new_tournament()["id"]
        with held(server, tournament):
            job: Future[Any] = threads.submit(post, client, key, tournament_id=tournament)
            until(lambda: is_waiting(server))
            server.kill()
            with pytest.raises(httpx.TransportError):
                job.result()
        assert rows(server, FATE, key, key, key) == [(1, None, 0)]

        server.start()

        refusal(post(client, key, tournament_id=tournament), 409, "idempotency_in_flight")
        begun_a_minute_ago(server, key)
        done = post(client, key, tournament_id=tournament)
        assert done.status_code == 201
        assert post(client, key, tournament_id=tournament).content == done.content
        assert rows(server, FATE, key, key, key) == [(1, 201, 1)]


@pytest.mark.postgresql
def test_a_request_that_counted_as_dead_is_not_done_beside_its_successor(new_server: NewServer):
    server, key = new_server(engine="postgresql"), uuid.uuid4().hex
    with Api(server) as client, ThreadPoolExecutor(2) as threads:
        tournament = client.login().new_tournament()["id"]
        with held(server, tournament):
            slow = threads.submit(post, client, key, tournament_id=tournament)
            until(lambda: is_waiting(server))
            begun_a_minute_ago(server, key)
            successor = threads.submit(post, client, key, tournament_id=tournament)
            until(lambda: is_waiting(server, 2))

        refusal(slow.result(), 409, "idempotency_in_flight")
        assert successor.result().status_code == 201
        assert post(client, key, tournament_id=tournament).content == successor.result().content
        assert rows(server, FATE, key, key, key) == [(1, 201, 1)]


ACTOR = Actor(name="ann", user_id=1, sid="a session")


def claimed(key: str = "a-key") -> idempotency.Once:
    request = RequestFactory().post("/api/v1/graphics", HTTP_IDEMPOTENCY_KEY=key)
    once = idempotency.claim(Request(request), sid="a session")
    assert once is not None
    return once


def kept() -> list[int | None]:
    return list(IdempotentRequest.objects.values_list("status", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 415, 422, 423])
def test_refusals_that_would_be_the_same_again_are_kept(status: int):
    claimed().settle(Response({"detail": "No."}, status=status))

    assert kept() == [status]
    assert claimed().is_answered


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [401, 413, 429, 500, 503, None])
def test_refusals_that_may_be_over_soon_and_faults_are_not_kept(status: int | None):
    response = None if status is None else Response({"detail": "Not now."}, status=status)

    claimed().settle(response)

    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_makes_no_second_fault():
    once = claimed()

    def away(*_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        once.settle(Response({"detail": "Busy."}, status=503))

    assert kept() == [None]


@pytest.mark.django_db(transaction=True)
def test_who_was_taken_over_changes_nothing_and_stores_nothing():
    slow = claimed()
    IdempotentRequest.objects.update(started_at=timezone.now() - timedelta(seconds=61))
    successor = claimed()

    def create() -> Response:
        graphic = create_graphic(actor=ACTOR, title="Board", event_name="Cup")
        return Response({"id": graphic.pk}, status=201)

    with pytest.raises(idempotency.InFlightError):
        slow.run(create)
    slow.settle(Response({"detail": "Under way."}, status=409))

    assert Graphic.objects.count() == 0
    assert kept() == [None]
    assert successor.run(create).status_code == 201
    assert Graphic.objects.count() == 1
    assert kept() == [201]


class Faulty(ApiViewSet):
    permission_classes = [IsPublic]
    faults = 1

    def create(self, request: Request) -> Response:
        create_graphic(actor=ACTOR, title="Board", event_name="Cup")
        if type(self).faults:
            type(self).faults -= 1
            raise ZeroDivisionError
        return Response({"done": True})


@pytest.mark.django_db(transaction=True)
def test_after_a_fault_of_ours_the_same_request_is_tried_anew():
    def ask() -> Response:
        request = RequestFactory().post(
            "/anything", "{}", content_type="application/json", HTTP_IDEMPOTENCY_KEY="a-key"
        )
        force_authenticate(request, user=ACTOR)
        return Faulty.as_view({"post": "create"})(request)

    with pytest.raises(ZeroDivisionError):
        ask()
    assert (Graphic.objects.count(), kept()) == (0, [])

    assert ask().status_code == 200
    assert (Graphic.objects.count(), kept()) == (1, [200])
