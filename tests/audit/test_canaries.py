"""The search for secrets finds what it is there for; the run itself is searched in its end."""

import itertools

import httpx
import pytest

from tests.support.api import Api
from tests.support.canaries import Canaries
from tests.support.canaries import canaries as of_this_run
from tests.support.rows import rows
from tests.support.server import MASTER_PASSWORD, RunningServer


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def answered(status: int, path: str, sent: dict, body: dict) -> httpx.Response:
    request = httpx.Request("POST", f"http://server{path}", json=sent)
    return httpx.Response(status, json=body, request=request)


def test_what_signs_in_and_what_comes_of_it_is_found_wherever_it_stands(canaries):
    canaries.look_at(
        answered(
            200,
            "/auth/login",
            {"username": "ann", "password": "a quite long password"},
            {"access_token": "abc.def.ghijklmnop", "refresh_token": "r" * 40},
        )
    )
    canaries.look_at(answered(200, "/auth/ws-ticket", {}, {"ticket": "t1ck3t-" * 5}))

    for secret in ("a quite long password", "abc.def.ghijklmnop", "r" * 40, "t1ck3t-" * 5):
        for text in (f'{{"message": "GET /x?y={secret} 200"}}', f"({secret})", f"said: {secret}."):
            assert canaries.found_in(text), text
    assert canaries.found_in("GET /api/v1/graphics 200 by ann, r, abc.def") == []


def test_an_error_that_repeats_a_secret_is_a_failure(canaries):
    canaries.keep_phrase("a quite long password")

    with pytest.raises(AssertionError, match="answered with a secret"):
        canaries.look_at(answered(400, "/x", {}, {"detail": "a quite long password is wrong"}))

    canaries.look_at(answered(200, "/x", {}, {"detail": "a quite long password"}))


def test_tokens_and_keys_are_found_whoever_made_them(canaries):
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ." + "x" * 43

    assert canaries.found_in(f"Authorization: Bearer {token}")
    assert canaries.found_in(f"GET /overlay/k/ovk_{'a' * 43} 404")


def test_logs_and_databases_are_looked_through(canaries, server: RunningServer, tmp_path):
    log = tmp_path / "server.log"
    canaries.watch(environment=server.environment, log=log)
    assert canaries.search() == []

    secret = f"planted-secret-{next(itertools.count(1))}-in-a-row"
    log.write_text(f'{{"message": "{MASTER_PASSWORD}"}}')
    canaries.keep_phrase(secret)
    rows(
        server,
        "INSERT INTO audit_auditentry (at, action, actor_name, session_sid, address, request_id, "
        "target_type, target_label, changes) VALUES (CURRENT_TIMESTAMP, 'secret.planted', 'test', "
        "'', '', '', '', %s, '{}')",
        secret,
    )

    found = canaries.search()

    assert len(found) == 2
    assert any(place.startswith(f"the log {log}") for place in found)
    assert any(place.startswith("audit rows of ") for place in found)


def test_clients_of_the_tests_tell_what_they_use(api: Api, server: RunningServer):
    assert of_this_run.found_in(f"Bearer {api.tokens['access_token']}")
    assert of_this_run.found_in(MASTER_PASSWORD)
    assert server.log in of_this_run.logs
