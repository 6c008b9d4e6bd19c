"""How often a connection to PostgreSQL is asked whether it lives, and what one that died costs."""

import time
from contextlib import closing

import dj_database_url
import psycopg2
import pytest

from gal_dashboard.core.postgresql.base import FRESH_SECONDS
from tests.support.api import Api
from tests.support.server import RunningServer

pytestmark = pytest.mark.postgresql


@pytest.fixture
def server(new_server) -> RunningServer:
    return new_server(engine="postgresql", environment={"WEB_THREADS": "1"})


@pytest.fixture
def client(server: RunningServer):
    with Api(server) as client:
        yield client.login()


def cut_connections(server: RunningServer) -> None:
    database = dj_database_url.parse(server.environment["DATABASE_URL"])
    where = {"host": database["HOST"], "user": database["USER"], "dbname": "postgres"}
    with closing(psycopg2.connect(**where)) as connection:
        connection.autocommit = True
        connection.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [database["NAME"]],
        )


def test_a_connection_that_died_while_nobody_asked_is_noticed_before_it_is_used(server, client):
    client.get("/api/v1/graphics").raise_for_status()

    cut_connections(server)
    time.sleep(FRESH_SECONDS * 1.2)

    assert client.get("/api/v1/graphics").status_code == 200


def test_one_that_dies_in_use_costs_the_request_that_finds_out(server, client):
    time.sleep(FRESH_SECONDS * 1.2)
    client.get("/api/v1/graphics").raise_for_status()

    cut_connections(server)
    found_out = client.post("/api/v1/graphics", json={"title": "Cut", "event_name": "Cup"})
    again = client.post("/api/v1/graphics", json={"title": "Cut", "event_name": "Cup"})

    assert (found_out.status_code, again.status_code) == (503, 201)
    assert int(found_out.headers["Retry-After"]) >= 1
    assert client.get("/api/v1/graphics").json()["total"] == 1


def test_nobody_is_asked_in_the_middle_of_a_transaction(server, client):
    """Between commit and autocommit it would begin another one: 500 for what is stored."""
    graphic = client.new_graphic()["id"]
    answers = []
    end = time.monotonic() + FRESH_SECONDS * 4
    while time.monotonic() < end:
        answers.append(client.post(f"/api/v1/lock/{graphic}").status_code)
        answers.append(client.delete(f"/api/v1/lock/{graphic}").status_code)

    assert set(answers) == {200}
