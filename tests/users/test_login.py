"""POST /auth/login and GET /auth/verify."""

import time

import jwt
import pytest

from tests.support.api import Api
from tests.support.rows import audited, rows
from tests.support.server import MASTER_PASSWORD, VIEWER_PASSWORD, RunningServer
from tests.support.threads import at_once
from tests.users.staff import PASSWORD, make_account
from tests.users.tokens import claims_of, signing_key

DAY, WEEK = 24 * 3600, 7 * 24 * 3600


def log_in(client: Api, password: str):
    return client.post("/auth/login", json={"master_password": password})


def test_the_master_password_opens_a_session_of_an_administrator(stranger, server):
    answer = log_in(stranger, MASTER_PASSWORD)

    body = answer.json()
    claims = jwt.decode(body["access_token"], signing_key(server), algorithms=["HS256"])
    assert answer.status_code == 200
    assert set(body) == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
    }
    assert (body["token_type"], body["expires_in"], body["refresh_expires_in"]) == (
        "bearer",
        DAY,
        WEEK,
    )
    assert claims["sub"] == "dashboard_user"
    assert claims["roles"] == ["Administrator"]
    assert {"graphics:write", "tournaments:write", "users:write"} <= set(claims["scopes"])
    assert claims["read_only"] is False
    assert claims["exp"] == pytest.approx(time.time() + DAY, abs=30)
    assert claims["sid"]
    assert claims["jti"]


def test_the_viewer_password_opens_a_session_that_only_reads(stranger):
    claims = claims_of(log_in(stranger, VIEWER_PASSWORD).json()["access_token"])

    assert (claims["sub"], claims["roles"]) == ("dashboard_viewer", ["Viewer"])
    assert claims["read_only"] is True
    assert all(scope.endswith(":read") for scope in claims["scopes"])


def test_a_staff_account_opens_a_session_of_its_roles(stranger, server):
    make_account(server, "ann", "Producer")

    answer = stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})

    claims = claims_of(answer.json()["access_token"])
    assert (claims["sub"], claims["roles"]) == ("ann", ["Producer"])
    assert "graphics:write" in claims["scopes"]
    assert "tournaments:write" not in claims["scopes"]


@pytest.mark.parametrize(
    "body",
    [
        {"username": "ann", "password": "wrong"},
        {"username": "nobody-of-that-name", "password": PASSWORD},
        {"username": "dashboard_user", "password": MASTER_PASSWORD},
        {"username": "no-role", "password": PASSWORD},
    ],
)
def test_other_accounts_stay_outside(body, stranger, server):
    make_account(server, "ann", "Producer")
    make_account(server, "no-role")

    answer = stranger.post("/auth/login", json=body)

    assert answer.status_code == 401
    assert answer.json()["code"] == "incorrect_password"
    assert answer.json()["detail"] == "Incorrect user name or password"


def test_a_wrong_master_password_is_refused_and_leaves_a_record(stranger, server):
    before = len(audited(server, "session.refused"))

    answer = log_in(stranger, "wrong")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Incorrect master password"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert len(audited(server, "session.refused")) == before + 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "master_password"),
        ({"master_password": None}, "master_password"),
        ({"master_password": ""}, "master_password"),
        ({"master_password": ["a"]}, "master_password"),
        ({"username": "ann"}, "password"),
        ({"password": "x"}, "master_password"),
        ({"master_password": "x" * 2000}, "master_password"),
    ],
)
def test_an_incomplete_login_names_what_is_missing(body, field, stranger):
    answer = stranger.post("/auth/login", json=body)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_each_login_is_a_session_of_its_own(stranger, server):
    first, second = (log_in(stranger, MASTER_PASSWORD).json() for _ in range(2))

    sids = {claims_of(body["access_token"])["sid"] for body in (first, second)}
    assert len(sids) == 2


def test_five_failed_attempts_shut_out_their_address_and_no_other(server):
    account = {"username": "nobody", "password": "wrong"}
    with Api(server) as guesser, Api(server) as colleague:
        refused = [log_in(guesser, "wrong").status_code for _ in range(3)]
        refused += [guesser.post("/auth/login", json=account).status_code for _ in range(2)]
        shut_out = log_in(guesser, MASTER_PASSWORD)

        assert refused == [401] * 5
        assert shut_out.status_code == 429
        assert shut_out.json()["code"] == "too_many_attempts"
        assert 1 <= int(shut_out.headers["Retry-After"]) <= 60
        assert shut_out.json()["retry_after"] == int(shut_out.headers["Retry-After"])
        assert log_in(colleague, MASTER_PASSWORD).status_code == 200


def test_right_passwords_and_broken_requests_are_not_counted(server):
    with Api(server) as client:
        passwords = ["wrong", "wrong", "wrong", "wrong", *[MASTER_PASSWORD] * 3]
        answers = [log_in(client, password).status_code for password in passwords]
        broken = [client.post("/auth/login", json={}).status_code for _ in range(3)]

        assert answers == [401] * 4 + [200] * 3
        assert broken == [400] * 3
        assert log_in(client, "wrong").status_code == 401
        assert log_in(client, "wrong").status_code == 429


def test_attempts_at_the_same_moment_cannot_outrun_the_count(server):
    with Api(server) as client:
        answers = at_once([lambda: log_in(client, "wrong").status_code] * 12)

    assert sorted(answers) == [401] * 5 + [429] * 7


def test_right_passwords_at_the_same_moment_all_get_in(server):
    with Api(server) as client:
        for _ in range(3):
            log_in(client, "wrong")

        answers = at_once([lambda: log_in(client, MASTER_PASSWORD).status_code] * 6)

    assert answers == [200] * 6


def test_verify_says_who_the_token_speaks_of(api, viewer):
    whole, reader = api.get("/auth/verify").json(), viewer.get("/auth/verify").json()
    claims = claims_of(api.tokens["access_token"])

    assert set(whole) == {
        "valid",
        "username",
        "roles",
        "scopes",
        "read_only",
        "session_id",
        "expires_at",
    }
    assert (whole["valid"], whole["username"]) == (True, "dashboard_user")
    assert (whole["roles"], whole["read_only"]) == (["Administrator"], False)
    assert (whole["scopes"], whole["session_id"]) == (claims["scopes"], claims["sid"])
    assert whole["expires_at"].endswith("Z")
    assert (reader["username"], reader["roles"], reader["read_only"]) == (
        "dashboard_viewer",
        ["Viewer"],
        True,
    )


def test_a_login_leaves_a_record_with_its_address(server: RunningServer):
    with Api(server, headers={"X-Forwarded-For": "203.0.113.77"}) as client:
        client.login()
        sid = client.get("/auth/verify").json()["session_id"]

    [(actor, address)] = rows(
        server,
        "SELECT actor_name, address FROM audit_auditentry "
        "WHERE action = 'session.started' AND session_sid = %s",
        sid,
    )
    assert (actor, address) == ("dashboard_user", "203.0.113.77")
