"""What is no token of ours is a 401, whoever made it and however."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from gal_dashboard.core.context import Actor
from tests.support.api import Api
from tests.support.rows import rows
from tests.users.staff import PASSWORD, make_account
from tests.users.tokens import claims_of, in_an_hour, signed
from users import tokens
from users.errors import NotSignedInError

NOBODY_KNOWS = "another-key-another-key-another-key-another-key"
GIGANTIC = 10**400


@pytest.fixture
def claims(api) -> dict:
    """The claims of a good access token."""
    return claims_of(api.tokens["access_token"])


def verify(client: Api, token: str):
    return client.get("/auth/verify", headers={"Authorization": f"Bearer {token}"})


def assert_refused(answer) -> None:
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] in {"token_invalid", "session_ended"}


def test_a_token_that_we_would_sign_is_taken(stranger, server, claims):
    assert verify(stranger, signed(server, claims)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"exp": "soon"},
        {"exp": "99999999999"},
        {"exp": 1e300},
        {"exp": GIGANTIC},
        {"exp": True},
        {"exp": []},
        {"exp": 1},
        {"jti": None},
        {"sub": None},
        {"sub": 1},
        {"sub": "a\0b"},
        {"sub": "somebody-who-was-deleted"},
        {"sub": "dashboard_viewer"},
        {"sub": "x" * 8192},
        {"sid": None},
        {"sid": {}},
        {"sid": "0" * 32},
        {"sid": "\ud800"},
        {"uid": None},
        {"uid": "1"},
        {"uid": GIGANTIC},
        {"uid": 2**63 - 1},
        {"roles": None},
        {"roles": "Administrator"},
        {"roles": ["Emperor"]},
        {"roles": [[]]},
        {"token_type": "refresh"},
        {"token_type": None},
        {"iat": "yesterday"},
        {"nbf": 2**40},
    ],
    ids=str,
)
def test_odd_claims_under_our_own_signature_are_refused(change, stranger, server, claims):
    changed = claims | change
    forged = {name: value for name, value in changed.items() if value is not None}

    assert_refused(verify(stranger, signed(server, forged)))


def test_a_token_ends_on_its_second(stranger, server, claims):
    good = signed(server, claims | {"exp": int(time.time()) + 60})
    over = signed(server, claims | {"exp": int(time.time())})

    assert verify(stranger, good).status_code == 200
    assert_refused(verify(stranger, over))


def test_a_token_that_was_good_ends_on_its_second_too(monkeypatch):
    now = datetime.now(UTC)
    ann = Actor(name="ann", user_id=1, sid=tokens.new_sid())
    until = now + timedelta(hours=1)
    token, life = tokens.access_token(actor=ann, now=now, session_expires_at=until)
    assert tokens.read_access_token(token).name == "ann"

    monkeypatch.setattr(tokens.time, "time", lambda: int((now + life).timestamp()))

    with pytest.raises(NotSignedInError):
        tokens.read_access_token(token)


def test_other_signatures_are_refused(stranger, server, claims):
    unsigned = jwt.encode(claims, None, algorithm="none")
    header, payload, signature = signed(server, claims).split(".")
    richer = base64.urlsafe_b64encode(
        json.dumps(claims | {"roles": ["Administrator"], "exp": in_an_hour()}).encode()
    ).decode()
    for forged in (
        unsigned,
        signed(server, claims, algorithm="HS512"),
        jwt.encode(claims, NOBODY_KNOWS, algorithm="HS256"),
        f"{header}.{richer.rstrip('=')}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}.{signature}",
        f"{header}.{payload}.{signature[:-2]}",
    ):
        assert_refused(verify(stranger, forged))


def test_the_scopes_of_a_token_are_those_of_its_roles(server, viewer):
    claims = claims_of(viewer.tokens["access_token"])
    token = signed(server, claims | {"scopes": ["graphics:write"], "read_only": False})

    with Api(server, headers={"Authorization": f"Bearer {token}"}) as client:
        answer = client.post("/api/v1/graphics", json={"title": "a", "event_name": "b"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer a b",
        "Bearer nonsense",
        "Bearer ..",
        "Bearer 1.2.3",
        "Basic ZGFzaGJvYXJkX3VzZXI6eA==",
        "Token abc",
        f"Bearer {'x' * 8192}",
        b"Bearer \xff\xfe",
        b"Bearer t\xc3\xb6ken",
    ],
    ids=lambda header: repr(header[:20]),
)
def test_odd_headers_are_refused(header, stranger):
    answer = stranger.get("/auth/verify", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nonsense", "x" * 8192, "a.b.c", "ключ", "🗝"])
def test_odd_refresh_tokens_are_refused(token, stranger):
    answer = stranger.post("/auth/refresh", json={"refresh_token": token})

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_refresh_token_with_nul_is_no_json(stranger):
    answer = stranger.post("/auth/refresh", json={"refresh_token": "a\0b"})

    assert answer.status_code == 400


def test_a_refresh_token_opens_nothing(stranger, api):
    assert_refused(verify(stranger, api.tokens["refresh_token"]))


@pytest.mark.parametrize(
    "change", [{"exp": 1}, {"exp": None}, {"jti": None}, {"sid": 5}, {"sid": "0" * 32}], ids=str
)
def test_odd_refresh_tokens_under_our_own_signature_are_refused(change, stranger, server, api):
    changed = claims_of(api.tokens["refresh_token"]) | change
    forged = {name: value for name, value in changed.items() if value is not None}

    answer = stranger.post("/auth/refresh", json={"refresh_token": signed(server, forged)})

    assert_refused(answer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users_user SET is_active = false WHERE username = %s",
        "DELETE FROM users_user WHERE username = %s",
    ],
    ids=["disabled", "deleted"],
)
def test_the_tokens_of_somebody_who_is_gone_are_dead(statement, server, request):
    name = f"gone-{request.node.callspec.id}"
    make_account(server, name, "Producer")
    with Api(server) as client:
        answer = client.post("/auth/login", json={"username": name, "password": PASSWORD})
        tokens = answer.json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        assert client.get("/auth/verify").status_code == 200

        if statement.startswith("DELETE"):
            for table in ("users_refreshtoken", "users_session", "users_user_groups"):
                _delete_all_of(server, table, name)
        rows(server, statement, name)

        assert_refused(client.get("/auth/verify"))
        assert_refused(
            client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        )
        assert_refused(client.post("/auth/refresh"))
        assert client.post("/auth/logout").status_code == 200


OLD_KEY = "the-key-before-the-key-before-the-key"
NEW_KEY = "the-key-of-today-the-key-of-today-the-key"


def test_a_new_signing_key_signs_nobody_out_while_the_old_one_is_named(new_server):
    server = new_server(environment={"JWT_SIGNING_KEY": OLD_KEY})
    with Api(server) as client:
        client.login()
        server.stop()
        server.environment |= {"JWT_SIGNING_KEY": NEW_KEY, "JWT_SIGNING_KEY_PREVIOUS": OLD_KEY}
        server.start()

        by_old_key = client.get("/auth/verify")
        body = {"refresh_token": client.tokens["refresh_token"]}
        renewed = client.post("/auth/refresh", json=body)
        server.stop()
        del server.environment["JWT_SIGNING_KEY_PREVIOUS"]
        server.start()

        assert (by_old_key.status_code, renewed.status_code) == (200, 200)
        assert client.get("/auth/verify").status_code == 401
        new_token = renewed.json()["access_token"]
        assert jwt.decode(new_token, NEW_KEY, algorithms=["HS256"])["sub"] == "dashboard_user"
        assert verify(client, new_token).status_code == 200


def _delete_all_of(server, table: str, name: str) -> None:
    where = {
        "users_refreshtoken": "session_id IN (SELECT s.id FROM users_session s "
        "JOIN users_user u ON u.id = s.user_id WHERE u.username = %s)",
    }.get(table, "user_id = (SELECT id FROM users_user WHERE username = %s)")
    rows(server, f"DELETE FROM {table} WHERE {where}", name)  # noqa: S608 - names of our own tables
