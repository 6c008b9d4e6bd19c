"""Sessions that have long been over go; whoever is signed in notices nothing."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import ENGINES, NewServer
from tests.support.api import Api
from tests.support.databases import connect_to, execute
from tests.support.rows import rows, value
from tests.support.server import RunningServer
from users.sessions import BATCH

SECONDS = 60
KEPT_DAYS = 30  # by default
ANCIENT = "old-ancient"
LONG_ENDED = 2 * BATCH + 50
SESSION = (
    "INSERT INTO users_session (sid, user_id, kind, address, agent, created_at, last_seen_at, "
    "expires_at, ended_at, ended_reason) "
    "SELECT %s, id, 'master', '', '', %s, %s, %s, %s, %s FROM users_user "
    "WHERE username = 'dashboard_user'"
)
TOKEN = (
    "INSERT INTO users_refreshtoken (jti, session_id, expires_at) "
    "SELECT sid, id, expires_at FROM users_session WHERE substr(sid, 1, 4) = 'old-'"
)
AUDITED = "SELECT count(*) FROM audit_auditentry WHERE target_type = 'session'"


def add_sessions(server: RunningServer) -> None:
    """As the program has left them; their names say what shall become of them."""
    today = datetime.now(UTC)

    def day(ago: int) -> str:
        return (today - timedelta(days=ago)).strftime("%Y-%m-%d %H:%M:%S+00")

    long_ago, lately, to_come = day(KEPT_DAYS + 1), day(KEPT_DAYS - 1), day(-1)
    sessions = [(f"old-ended-{n}", to_come, long_ago) for n in range(LONG_ENDED)] + [
        (ANCIENT, day(2 * KEPT_DAYS), None),
        ("old-expired", long_ago, None),
        ("old-ended-after-it-expired", long_ago, lately),
        ("kept-ended-lately", to_come, lately),
        ("kept-expired-lately", lately, None),
        ("kept-alive", to_come, None),
    ]
    with closing(connect_to(server.environment["DATABASE_URL"])) as connection:
        execute(connection, "BEGIN")
        for sid, expires, ended in sessions:
            times = (long_ago, long_ago, expires, ended)
            execute(connection, SESSION, (sid, *times, "logout" if ended else ""))
        execute(connection, TOKEN)
        execute(connection, "COMMIT")


def sids(server: RunningServer) -> set[str]:
    return {sid for (sid,) in rows(server, "SELECT sid FROM users_session")}


def await_gone(server: RunningServer, prefix: str) -> None:
    deadline = time.monotonic() + SECONDS
    while any(sid.startswith(prefix) for sid in sids(server)):
        assert time.monotonic() < deadline, f"{prefix} is still there"
        time.sleep(0.2)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_has_been_over_for_a_month_goes_and_nothing_else(engine: str, new_server: NewServer):
    server = new_server(engine=engine)
    with Api(server) as present, Api(server) as left:
        present.login()
        left.login()
        left.post("/auth/logout").raise_for_status()
        server.stop()
        mine = sids(server)
        add_sessions(server)
        before = value(server, AUDITED)

        server.start()
        await_gone(server, "old-")

        kept = {"kept-ended-lately", "kept-expired-lately", "kept-alive"}
        assert sids(server) == mine | kept
        assert len(mine) == 2
        tokens = {jti for (jti,) in rows(server, "SELECT jti FROM users_refreshtoken")}
        assert not any(jti.startswith("old-") for jti in tokens)
        assert present.get("/auth/sessions").status_code == 200
        renewed = present.post(
            "/auth/refresh", json={"refresh_token": present.tokens["refresh_token"]}
        )
        assert renewed.status_code == 200
        assert left.get("/auth/sessions").status_code == 401
        assert value(server, AUDITED) >= before


def test_the_option_says_for_how_long(new_server: NewServer):
    server = new_server(environment={"GAL_USERS_SESSIONS_KEPT_DAYS": str(KEPT_DAYS + 2)})
    server.stop()
    add_sessions(server)
    before = sids(server)

    server.start()
    await_gone(server, ANCIENT)

    assert sids(server) == before - {ANCIENT}
