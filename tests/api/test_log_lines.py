"""The server's log: JSON line by line, with the request it speaks of and without a secret."""

import json
import time

import pytest

from tests.support.api import Api
from tests.support.server import MASTER_PASSWORD, RunningServer

WRONG_PASSWORD = "wrong-horse-battery-staple"
FORGED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.Zm9yZ2VkLXNpZ25hdHVyZQ"
IN_A_QUERY = "a-ticket-that-should-not-stand-here"


@pytest.fixture
def told(new_server) -> tuple[list[dict], list[str], list[str]]:
    """What a server logs about good and bad requests: its lines, other lines, and the secrets."""
    server: RunningServer = new_server()
    with Api(server) as client:
        wrong = {"master_password": WRONG_PASSWORD}
        client.post("/auth/login", json=wrong, headers={"X-Request-ID": "wrong-login"})
        client.login()
        tokens = client.tokens
        client.get("/auth/verify", headers={"X-Request-ID": "good-verify"})
        client.get("/auth/verify", headers={"Authorization": f"Bearer {FORGED}"})
        client.get(f"/api/v1/graphics?token={IN_A_QUERY}")
        client.get("/nowhere%0aforged%20line", params={"token": IN_A_QUERY})
        client.get("/unseen%c2%9b2J%7f%e2%80%ae%1b%5b2J%e2%80%a8")
        client.get("/health", headers={"X-Request-ID": 'bad"id', "User-Agent": "a\tb"})
        client.get("/health", headers={"Host": f"{IN_A_QUERY}.example"})
        client.post("/api/v1/graphics", content=b'{"password": "' + WRONG_PASSWORD.encode())
        client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.get("/static/operations/swagger.js")
        client.get("/overlay/1")
    time.sleep(0.2)
    server.stop()
    log = server.log.read_text()
    assert log.replace("\n", "").isprintable()
    lines = log.split("\n")[:-1]
    secrets = [
        MASTER_PASSWORD,
        WRONG_PASSWORD,
        FORGED,
        IN_A_QUERY,
        server.environment["SECRET_KEY"],
        tokens["access_token"],
        tokens["refresh_token"],
        tokens["access_token"].rpartition(".")[2],
        tokens["refresh_token"].rpartition(".")[2],
    ]
    return (
        [json.loads(line) for line in lines if line.startswith("{")],
        [line for line in lines if not line.startswith("{")],
        secrets,
    )


def test_the_log_has_nothing_that_a_terminal_obeys(told):
    lines, _, _ = told

    [unseen] = [line for line in lines if "/unseen" in line["message"]]
    assert unseen["message"] == "GET /unseen\x9b2J\x7f\u202e\x1b[2J\u2028 404"


def test_the_log_is_json_with_a_request_in_each_line_and_no_secret(told):
    lines, others, secrets = told

    assert [line.partition(" http")[0] for line in others] == ["Serving on"]
    assert len(lines) >= 10
    for line in lines:
        assert {"at", "level", "logger", "message", "request_id"} <= line.keys()
        assert line["at"].endswith("Z")
        text = json.dumps(line)
        assert not any(secret in text for secret in secrets), line
    requests = [line for line in lines if line["logger"] == "gal_dashboard.access"]
    assert all(line["request_id"] for line in requests)
    assert {line["request_id"] for line in requests} >= {"wrong-login", "good-verify"}
    [login] = [line for line in requests if line["request_id"] == "wrong-login"]
    assert (login["message"], login["status"]) == ("POST /auth/login 401", 401)
    assert login["ms"] > 0
    assert login["address"].startswith("198.51.")
    [forged] = [line for line in requests if "forged" in line["message"]]
    assert forged["message"] == "GET /nowhere\nforged line 404"
