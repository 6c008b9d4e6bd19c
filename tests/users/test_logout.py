"""POST /auth/logout."""

import pytest

from tests.support.api import Api
from tests.support.rows import rows
from tests.users.tokens import claims_of


@pytest.fixture
def member(server):
    with Api(server) as client:
        yield client.login()


def refresh_of(client: Api, member: Api):
    return client.post("/auth/refresh", json={"refresh_token": member.tokens["refresh_token"]})


def test_logout_kills_both_tokens_at_once(member, stranger):
    answer = member.post("/auth/logout")

    after = member.get("/auth/verify")
    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    assert (after.status_code, after.json()["code"]) == (401, "session_ended")
    assert member.get("/api/v1/graphics").status_code == 401
    assert refresh_of(stranger, member).json()["code"] == "session_ended"
    assert member.post("/auth/refresh").status_code == 401


def test_logout_works_with_the_refresh_token_alone(member, stranger):
    body = {"refresh_token": member.tokens["refresh_token"]}

    assert stranger.post("/auth/logout", json=body).status_code == 200

    assert member.get("/auth/verify").status_code == 401


def test_logout_ends_the_sessions_of_both_tokens(member, server):
    with Api(server) as other:
        other.login()
        member.post("/auth/logout", json={"refresh_token": other.tokens["refresh_token"]})

        assert member.get("/auth/verify").status_code == 401
        assert other.get("/auth/verify").status_code == 401


def test_logout_ends_no_other_session_of_the_same_account(member, api):
    member.post("/auth/logout")

    assert api.get("/auth/verify").status_code == 200


def test_logout_twice_is_no_error_and_one_record(member, server):
    answers = [member.post("/auth/logout").status_code for _ in range(2)]

    sid = claims_of(member.tokens["access_token"])["sid"]
    [(count,)] = rows(
        server,
        "SELECT count(*) FROM audit_auditentry WHERE action = 'session.ended' AND session_sid = %s",
        sid,
    )
    assert answers == [200, 200]
    assert count == 1


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YTpi"])
def test_logout_without_a_session_is_no_error(header, stranger):
    headers = {"Authorization": header} if header else {}

    answer = stranger.post("/auth/logout", headers=headers, json={"refresh_token": "nonsense"})

    assert answer.status_code == 200
