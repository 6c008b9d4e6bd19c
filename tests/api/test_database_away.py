"""What still works while the database is away, and that all works again when it is back."""

import json
import time

import pytest

from gal_dashboard.core.postgresql.base import FRESH_SECONDS
from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.away import away
from tests.support.server import MASTER_PASSWORD

DATABASE_LOG = "gal_dashboard.api.exceptions"

pytestmark = pytest.mark.postgresql


def test_a_server_outlives_its_database(new_server):
    server = new_server(engine="postgresql")
    with Api(server) as api:
        graphic = api.login().new_graphic()["id"]
        stored = api.get("/api/v1/graphics").json()
        asks = [
            ("GET", "/api/v1/graphics", None),
            ("GET", f"/api/v1/graphics/{graphic}/view", None),
            ("GET", "/api/v1/players/ranked", None),
            ("POST", "/api/v1/graphics", {"title": "Lost", "event_name": "Cup"}),
            ("PUT", f"/api/v1/graphics/{graphic}", {"title": "Lost"}),
            ("POST", "/auth/login", {"master_password": MASTER_PASSWORD}),
        ]

        with away(server):
            for _ in range(2):  # on the connections that were open, and on new ones
                for method, path, body in asks:
                    answer = api.request(method, path, json=body)
                    assert refusal(answer, 503, "database_unavailable")["retry_after"] == 1
                    assert answer.headers["Retry-After"] == "1"
                    assert "psycopg" not in answer.text
            assert api.get("/health").status_code == 200
            assert api.get(f"/overlay/{graphic}").status_code == 200
            assert api.get("/static/operations/swagger.js").status_code == 200
            ready = api.get("/health/ready")
            assert (ready.status_code, ready.json()["parts"]["database"]) == (503, False)
            assert ready.headers["Retry-After"] == "1"
            with Api(server) as stranger:
                assert "parts" not in stranger.get("/health/ready").json()

        assert api.get("/health/ready").json()["status"] == "ready"
        assert api.get("/api/v1/graphics").json() == stored
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if "{" in line]
    causes = [line["request_id"] for line in lines if line["logger"] == DATABASE_LOG]
    assert len(set(causes)) == 2 * len(asks)
    assert not [line for line in lines if line["logger"] == "django.request"]


def test_people_in_the_admin_are_told_that_the_database_is_away(new_server):
    server = new_server(engine="postgresql")
    with Api(server) as person:
        cookie = {"Cookie": f"sessionid={'a' * 32}"}

        with away(server):
            told = person.get("/admin/", headers=cookie)

        assert (told.status_code, told.headers["Retry-After"]) == (503, "1")
        assert "The database does not answer" in told.text
        assert "psycopg" not in told.text
        time.sleep(FRESH_SECONDS * 1.2)  # other threads have not found out
        assert person.get("/admin/", headers=cookie).status_code == 302  # to the login


def test_a_server_whose_connections_were_cut_is_ready(new_server):
    """As when a pooler is loaded again: the database itself is well."""
    server = new_server(engine="postgresql")
    with Api(server) as api:
        for _ in range(8):  # whichever thread answers
            api.get("/health/ready").raise_for_status()
        with away(server):
            pass

        assert [api.get("/health/ready").status_code for _ in range(8)] == [200] * 8
