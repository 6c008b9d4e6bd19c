"""Sessions: where one is signed in, and what ends that, in every process."""

import asyncio
import logging
import time

import pytest
from websockets.exceptions import ConnectionClosed

from tests.api.refusals import refusal
from tests.api.test_database_away import away
from tests.conftest import ENGINES
from tests.realtime.wire import Socket, staff
from tests.support.api import Api
from tests.support.processes import processes
from tests.support.rows import audited, rows
from tests.users.staff import PASSWORD, make_account
from tests.users.tokens import claims_of

logger = logging.getLogger(__name__)

MEMBERS = {
    "id", "username", "kind", "address", "agent", "created_at", "last_seen_at", "expires_at",
    "ended_at", "ended_reason", "is_current",
}  # fmt: skip
PATIENCE = 30
WITHIN_SECONDS = 2.0


@pytest.fixture
def scorer(server):
    make_account(server, "sessions-scorer", "Scorer")
    with Api(server, headers={"User-Agent": "a bot", "X-Forwarded-For": "203.0.113.9"}) as client:
        yield client.login_as("sessions-scorer", PASSWORD)


def current(client: Api) -> dict:
    [mine] = [session for session in client.sessions() if session["is_current"]]
    return mine


def test_a_session_says_who_is_signed_in_from_where_and_since_when(scorer):
    session = current(scorer)

    assert set(session) == MEMBERS
    assert (session["username"], session["kind"]) == ("sessions-scorer", "staff")
    assert (session["address"], session["agent"]) == ("203.0.113.9", "a bot")
    assert session["created_at"] <= session["last_seen_at"] < session["expires_at"]
    assert (session["ended_at"], session["ended_reason"]) == (None, None)


def test_one_sees_the_own_sessions_and_an_administrator_all(scorer, api, server):
    with Api(server) as other:
        other.login_as("sessions-scorer", PASSWORD)
        seen = {session["username"] for session in scorer.sessions()}
        all_of_them = {session["username"] for session in api.sessions()}

        assert current(other)["id"] in {session["id"] for session in scorer.sessions()}
    assert seen == {"sessions-scorer"}
    assert {"sessions-scorer", "dashboard_user"} <= all_of_them


def test_who_shares_the_viewer_password_sees_only_this_session(viewer, server):
    with Api(server) as other:
        other.login_as_viewer()

        assert [session["is_current"] for session in viewer.sessions()] == [True]
        refusal(viewer.delete(f"/auth/sessions/{current(other)['id']}"), 404, "session_not_found")
        assert other.get("/auth/verify").status_code == 200


def test_one_ends_the_own_session_elsewhere(scorer, server):
    with Api(server) as other:
        other.login_as("sessions-scorer", PASSWORD)
        session = current(other)

        answer = scorer.delete(f"/auth/sessions/{session['id']}")
        again = scorer.delete(f"/auth/sessions/{session['id']}")

        assert (answer.status_code, list(answer.json())) == (200, ["message"])
        assert again.status_code == 200
        refusal(other.get("/auth/verify"), 401, "session_ended")
        body = {"refresh_token": other.tokens["refresh_token"]}
        refusal(other.post("/auth/refresh", json=body), 401, "session_ended")
    every = scorer.get("/auth/sessions", params={"include_ended": "true"}).json()["sessions"]
    [ended] = [one for one in every if one["id"] == session["id"]]
    assert ended["ended_reason"] == "ended_by_owner"
    assert session["id"] not in {one["id"] for one in scorer.sessions()}


def test_an_administrator_ends_anybodys_session(scorer, api, server):
    before = len(audited(server, "session.ended"))

    assert api.delete(f"/auth/sessions/{current(scorer)['id']}").status_code == 200

    refusal(scorer.get("/auth/verify"), 401, "session_ended")
    assert audited(server, "session.ended")[before:][0][0] == "dashboard_user"


def test_somebody_elses_session_is_not_there(scorer, api):
    for number in (current(api)["id"], 2**62):
        refusal(scorer.delete(f"/auth/sessions/{number}"), 404, "session_not_found")
    assert api.get("/auth/verify").status_code == 200


def test_when_one_was_last_seen_is_written_down_at_the_latest_when_the_server_ends(new_server):
    server = new_server()
    with Api(server) as client:
        client.login()
        sid = claims_of(client.tokens["access_token"])["sid"]
        time.sleep(0.05)
        client.get("/auth/verify")
        server.stop()

        [(created_at, last_seen_at)] = rows(
            server, "SELECT created_at, last_seen_at FROM users_session WHERE sid = %s", sid
        )
        assert last_seen_at > created_at


async def code_of(socket: Socket) -> int | None:
    """How the socket is closed, whatever it hears until then."""
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await socket.frame()
        except ConnectionClosed:
            return (await socket.closed())[1]


async def logged_out_everywhere(here, there) -> float:
    """Sign in, follow in both processes, log out in one; after how long all sockets are closed."""
    with Api(here) as client, Api(there) as elsewhere:
        token = client.login().tokens["access_token"]
        elsewhere.headers["Authorization"] = f"Bearer {token}"
        assert elsewhere.get("/auth/verify").status_code == 200
        async with (
            staff(here, token=token) as first,
            staff(there, token=token) as second,
            staff(there, token=token) as third,
        ):
            sockets = (first, second, third)
            for socket in sockets:
                await socket.begin()

            started = time.monotonic()
            assert (await asyncio.to_thread(client.post, "/auth/logout")).status_code == 200
            refused = [one.get("/auth/verify") for one in (client, elsewhere)]
            codes = await asyncio.gather(*(code_of(socket) for socket in sockets))
            seconds = time.monotonic() - started

        assert [answer.status_code for answer in refused] == [401, 401]
        assert codes == [4401] * 3
        logger.info("all sockets closed after %.2f s", seconds)
        return seconds


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_logout_reaches_every_process_within_two_seconds(engine, databases, tmp_path):
    with processes(databases[engine], tmp_path, count=2) as (here, there):
        took = []
        while len(took) < 5 and min(took, default=PATIENCE) > WITHIN_SECONDS:
            took.append(await logged_out_everywhere(here, there))

    assert min(took) <= WITHIN_SECONDS, took  # tried again on a machine that is busy


def test_another_password_of_the_league_ends_its_sessions(new_server):
    server = new_server()
    make_account(server, "stays", "Scorer")

    def restart(**environment: str) -> list[int]:
        server.stop()
        server.environment |= environment
        server.start()
        return [client.get("/auth/verify").status_code for client in (master, viewer, scorer)]

    with Api(server) as master, Api(server) as viewer, Api(server) as scorer:
        master.login()
        viewer.login_as_viewer()
        scorer.login_as("stays", PASSWORD)

        assert restart() == [200, 200, 200]
        new = "another-password-of-the-league"
        assert restart(DASHBOARD_MASTER_PASSWORD=new) == [401, 200, 200]
        refusal(master.post("/auth/login", json={"master_password": "correct-horse-battery"}), 401)
        master.login(new)
        assert restart(DASHBOARD_VIEWER_PASSWORD="") == [200, 401, 200]
    reasons = rows(server, "SELECT kind, ended_reason FROM users_session WHERE ended_reason <> ''")
    assert set(reasons) == {("master", "password_changed"), ("viewer", "password_changed")}
    stored = dict(rows(server, "SELECT kind, hash FROM users_leaguepassword"))
    assert stored["master"].startswith("argon2$")
    assert stored["viewer"] == ""


@pytest.mark.postgresql
async def test_a_password_changed_while_the_database_was_away_lets_no_old_token_in(new_server):
    server = new_server(engine="postgresql")
    with Api(server) as client:
        token = client.login().tokens["access_token"]
    server.stop()
    server.environment["DASHBOARD_MASTER_PASSWORD"] = "another-password-of-the-league"
    with away(server):
        server.start()

    codes = []
    async with asyncio.timeout(PATIENCE):
        while 4401 not in codes:
            async with staff(server, token=token) as socket:
                codes.append(await code_of(socket))

    assert set(codes[:-1]) <= {1012}
