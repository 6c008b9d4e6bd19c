"""What each role may write: the Producer graphics, the Scorer tournaments and results."""

import pytest

from tests.support.api import Api
from tests.users.staff import PASSWORD, make_account

GRAPHIC = ("/api/v1/graphics", {"title": "a", "event_name": "b"})
TOURNAMENT = ("/api/v1/tournaments", {"name": "Cup", "max_participants": 8})
REFRESH = ("/api/v1/scoreboard/refresh", {})


@pytest.mark.parametrize(
    ("role", "may_write"),
    [
        ("Administrator", {GRAPHIC[0], TOURNAMENT[0], REFRESH[0]}),
        ("Producer", {GRAPHIC[0]}),
        ("Scorer", {TOURNAMENT[0], REFRESH[0]}),
        ("Viewer", set()),
    ],
)
def test_a_role_writes_what_is_its_own_and_reads_all(role, may_write, server):
    name = f"the-{role.lower()}"
    make_account(server, name, role)
    with Api(server) as client:
        body = {"username": name, "password": PASSWORD}
        tokens = client.post("/auth/login", json=body).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

        for path, fields in (GRAPHIC, TOURNAMENT, REFRESH):
            status = client.post(path, json=fields).status_code
            assert (status != 403) == (path in may_write), path
        for path in (GRAPHIC[0], TOURNAMENT[0]):
            assert client.get(path).status_code == 200
        verified = client.get("/auth/verify").json()
        assert (verified["roles"], verified["read_only"]) == ([role], not may_write)
