"""Passwords and accounts that change while somebody signs in by them: nobody is left inside.

A login has verified the password and waits for its turn to write; before it gets it, the password
or the account is another.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.databases import ROOT, execute
from tests.support.rows import connect, rows, value
from tests.support.server import MASTER_PASSWORD, RunningServer
from tests.users.staff import PASSWORD, make_account

NEW_PASSWORD = "quite-another-password"
IS_POSTGRESQL = "postgresql"
# On SQLite nobody can see who waits for the write lock. Too short on a busy machine, a test shows
# less, and does not fail.
TIME_TO_COME_TO_THE_LOCK = 1.5
SECONDS = 60

WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
LIVE = (
    "SELECT count(*) FROM users_session s JOIN users_user u ON u.id = s.user_id "
    "WHERE u.username = %s AND s.ended_at IS NULL"
)
ADOPT = (
    "import django; django.setup(); from users import league_passwords; league_passwords.adopt()"
)


def is_postgresql(server: RunningServer) -> bool:
    return server.environment["DATABASE_URL"].startswith("postgres")


@contextlib.contextmanager
def held(server: RunningServer, statement: str, *parameters: Any) -> Iterator[None]:
    """The rows that ``statement`` finds are locked; on SQLite nobody else writes at all."""
    with contextlib.closing(connect(server)) as connection:
        if is_postgresql(server):
            execute(connection, "BEGIN")
            execute(connection, f"{statement} FOR UPDATE", parameters)
        else:
            execute(connection, "BEGIN IMMEDIATE")
        yield
        execute(connection, "ROLLBACK")


def await_waiting(server: RunningServer, count: int, *others: Future[Any]) -> None:
    """Until so many wait for a lock, or whoever should is done without one."""
    if not is_postgresql(server):
        time.sleep(TIME_TO_COME_TO_THE_LOCK)
        return
    deadline = time.monotonic() + SECONDS
    while value(server, WAITING) < count and not any(other.done() for other in others):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as executor:
        yield executor


def log_in(server: RunningServer, **credentials: str) -> httpx.Response:
    with Api(server) as client:
        return client.post("/auth/login", json=credentials)


def account(api: Api, server: RunningServer, name: str) -> int:
    body = {"username": name, "password": PASSWORD, "roles": ["Scorer"]}
    answer = api.post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def account_with_an_old_hash(api: Api, server: RunningServer, name: str) -> int:
    """A login brings its hash up to date."""
    make_account(server, name, "Scorer")
    return value(server, "SELECT id FROM users_user WHERE username = %s", name)


Race = Callable[[int, str, dict[str, Any]], tuple[httpx.Response, httpx.Response]]


@pytest.fixture
def race(api, server, threads) -> Race:
    """Change an account while somebody signs in: the answers to both."""

    def once(user_id: int, name: str, change: dict[str, Any]) -> list[httpx.Response]:
        with held(server, "SELECT id FROM users_user WHERE id = %s", user_id):
            changing = threads.submit(api.put, f"/api/v1/users/{user_id}", json=change)
            await_waiting(server, 1, changing)
            login = threads.submit(log_in, server, username=name, password=PASSWORD)
            await_waiting(server, 2, login, changing)
        return [changing.result(), login.result()]

    def run(
        user_id: int, name: str, change: dict[str, Any]
    ) -> tuple[httpx.Response, httpx.Response]:
        for _ in range(5):
            changing, login = once(user_id, name, change)
            if changing.status_code != 503:  # a busy machine let it wait for the lock too long
                return changing, login
        pytest.fail("The account could not be changed.")

    return run


@pytest.mark.parametrize(
    ("name", "make", "change"),
    [
        ("ada", account, {"password": NEW_PASSWORD}),
        ("bea", account_with_an_old_hash, {"password": NEW_PASSWORD}),
        ("cleo", account, {"is_active": False}),
        ("dora", account, {"roles": []}),
    ],
)
def test_a_login_by_what_an_account_was_opens_nothing(name, make, change, api, server, race):  # noqa: PLR0917 - fixtures
    user_id = make(api, server, name)

    changing, login = race(user_id, name, change)

    assert changing.status_code == 200
    if login.status_code == 200:  # it came first, and was ended
        token = login.json()["access_token"]
        seen = api.get("/auth/verify", headers={"Authorization": f"Bearer {token}"})
        refusal(seen, 401, "session_ended")
    elif login.status_code != 503:  # on a busy machine it waited for the lock too long
        refusal(login, 401, "incorrect_password")
    assert value(server, LIVE, name) == 0
    if "password" in change:
        assert log_in(server, username=name, password=NEW_PASSWORD).status_code == 200


def test_logins_that_bring_an_old_hash_up_to_date_at_once_all_succeed(server, threads):
    make_account(server, "race-hash", "Scorer")

    logins = [
        threads.submit(log_in, server, username="race-hash", password=PASSWORD) for _ in range(6)
    ]

    assert [login.result().status_code for login in logins] == [200] * 6


def test_a_login_by_the_old_password_of_the_league_opens_nothing(new_server, server, threads):
    league = new_server(engine="postgresql" if is_postgresql(server) else "sqlite")
    league_row = "SELECT kind FROM users_leaguepassword WHERE kind = 'master'"
    account_row = "SELECT id FROM users_user WHERE username = 'dashboard_user'"

    with contextlib.ExitStack() as until_changed:
        if is_postgresql(league):  # on SQLite the other lock is the same
            until_changed.enter_context(held(league, account_row))
        with held(league, league_row):
            changing = threads.submit(adopt, league, DASHBOARD_MASTER_PASSWORD=NEW_PASSWORD)
            await_waiting(league, 1, changing)
            login = threads.submit(log_in, league, master_password=MASTER_PASSWORD)
            await_waiting(league, 2, login)
        changing.result()

    answer = login.result()
    if answer.status_code not in {200, 503}:  # as above
        refusal(answer, 401, "incorrect_password")
    assert value(league, LIVE, "dashboard_user") == 0
    assert log_in(league, master_password=NEW_PASSWORD).status_code == 200
    [(deeds,)] = rows(
        league,
        "SELECT count(*) FROM audit_auditentry WHERE action = 'league_password.changed' "
        "AND actor_name = 'system'",
    )
    assert deeds == 3  # two at the start of the server


def adopt(server: RunningServer, **environment: str) -> None:
    """What a process does that starts with these passwords."""
    subprocess.run(
        [sys.executable, "-c", ADOPT],
        cwd=ROOT,
        env={**server.environment, **environment},
        check=True,
        timeout=SECONDS,
    )
