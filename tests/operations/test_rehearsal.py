"""A server that says it is ready answers its first requests as it answers later ones."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import dj_database_url
import psycopg2
import pytest

from tests.conftest import ENGINES, NewServer
from tests.support.api import Api
from tests.support.away import away
from tests.support.numbers import read, until
from tests.support.server import RunningServer

THREADS = 12
BESIDE_THEM = 3  # hub, sweeper, pruner
WARNING = "The first requests will be slow"


def connections_to_postgresql(server: RunningServer) -> set[int]:
    database = dj_database_url.parse(server.environment["DATABASE_URL"])
    where = {"host": database["HOST"], "user": database["USER"], "dbname": "postgres"}
    with closing(psycopg2.connect(**where)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database["NAME"]])
        return {pid for (pid,) in cursor.fetchall()}


def lines_of(server: RunningServer, logger: str) -> list[str]:
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if "{" in line]
    return [line["message"] for line in lines if line["logger"] == logger]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_thread_has_its_connection_before_the_first_request(new_server: NewServer, engine):
    server = new_server(engine=engine, environment={"WEB_THREADS": str(THREADS)})

    with Api(server) as api:
        connections = read(api.login())("gal_database_connections")

    assert THREADS <= connections <= THREADS + BESIDE_THEM
    assert WARNING not in server.log.read_text()


@pytest.mark.postgresql
def test_requests_open_no_connections_of_their_own(new_server: NewServer):
    server = new_server(engine="postgresql", environment={"WEB_THREADS": str(THREADS)})
    before = connections_to_postgresql(server)
    with Api(server) as api, ThreadPoolExecutor(2 * THREADS) as clients:
        graphic = api.login().new_graphic()["id"]
        asked = [f"/api/v1/graphics/{graphic}", "/api/v1/graphics", "/api/v1/players/ranked"]

        answers = list(clients.map(api.get, asked * THREADS))

    assert {answer.status_code for answer in answers} == {200}
    after = connections_to_postgresql(server)
    assert THREADS <= len(before) <= THREADS + BESIDE_THEM
    assert len(after & before) >= THREADS
    assert len(after) <= THREADS + BESIDE_THEM


@pytest.mark.redis
def test_each_of_several_processes_rehearses(new_server: NewServer):
    server = new_server(
        workers=2,
        environment={"WEB_THREADS": str(THREADS), "REDIS_URL": "redis://127.0.0.1:6379/15"},
    )

    with Api(server) as api:
        # one answers while the other still starts
        numbers = until(
            api.login(), lambda numbers: numbers("gal_database_connections") >= 2 * THREADS
        )

    assert numbers("gal_database_connections") <= 2 * (THREADS + BESIDE_THEM)


def test_a_rehearsal_is_no_request_of_anybody(new_server: NewServer):
    server = new_server(environment={"WEB_THREADS": str(THREADS)})

    with Api(server) as api:
        numbers = read(api.login())
        trail = api.get("/api/v1/audit").json()

    logged = lines_of(server, "gal_dashboard.access").count("GET /health 200")
    assert logged == numbers("gal_http_requests_total", route="/health")
    assert logged < THREADS  # of whoever waited for the server
    assert numbers("gal_database_errors_total") == 0
    deeds = {entry["action"] for entry in trail["entries"]}
    assert deeds - {"league_password.changed"} == {"session.started"}


@pytest.mark.parametrize("hosts", ["*", ".example.org,localhost,127.0.0.1", "[::1],127.0.0.1"])
def test_it_goes_by_any_name_that_the_server_has(new_server: NewServer, hosts: str):
    server = new_server(environment={"ALLOWED_HOSTS": hosts})

    assert WARNING not in server.log.read_text()


@pytest.mark.postgresql
def test_a_server_starts_without_its_database_and_recovers(new_server: NewServer):
    server = new_server(engine="postgresql")
    with Api(server) as api:
        graphic = api.login().new_graphic()["id"]
        server.stop()

        with away(server):
            server.start()
            refused = api.get(f"/api/v1/graphics/{graphic}")

        assert refused.status_code == 503
        assert api.get(f"/api/v1/graphics/{graphic}").json()["id"] == graphic
    assert lines_of(server, "gal_dashboard.operations.rehearsal") == [
        f"{WARNING}: OperationalError"
    ]
