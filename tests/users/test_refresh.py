"""POST /auth/refresh: it works once, and a copy in other hands is found out."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.api import Api
from tests.support.rounds import ROUNDS
from tests.support.rows import rows
from tests.support.server import RunningServer
from tests.support.threads import at_once
from tests.users.tokens import claims_of

USERS = 12
REPEATS = 3 if ROUNDS <= 10 else ROUNDS


def refresh(client: Api, refresh_token: str):
    return client.post("/auth/refresh", json={"refresh_token": refresh_token})


def is_signed_in(server: RunningServer, access_token: str) -> bool:
    with Api(server, headers={"Authorization": f"Bearer {access_token}"}) as client:
        return client.get("/auth/verify").status_code == 200


def ends_in(server: RunningServer, sid: str, *, hours: int) -> None:
    """Let a session of seven days end that soon."""
    end = datetime.now(UTC) + timedelta(hours=hours)
    text = end.strftime("%Y-%m-%d %H:%M:%S")
    rows(server, "UPDATE users_session SET expires_at = %s WHERE sid = %s", text, sid)


@pytest.fixture
def member(server):
    """A client with a session of its own, which the test may end."""
    with Api(server) as client:
        yield client.login()


def test_a_refresh_token_gives_new_tokens_of_the_same_session(member, stranger):
    answer = refresh(stranger, member.tokens["refresh_token"])

    old, new = member.tokens, answer.json()
    assert answer.status_code == 200
    assert set(new) == set(old)
    assert claims_of(new["access_token"])["sid"] == claims_of(old["access_token"])["sid"]
    assert claims_of(new["access_token"])["jti"] != claims_of(old["access_token"])["jti"]
    assert new["refresh_token"] != old["refresh_token"]
    assert refresh(stranger, new["refresh_token"]).status_code == 200


def test_a_used_refresh_token_that_comes_again_ends_the_session(member, stranger, server):
    renewed = refresh(stranger, member.tokens["refresh_token"]).json()

    answer = refresh(stranger, member.tokens["refresh_token"])

    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_reused")
    assert not is_signed_in(server, member.tokens["access_token"])
    assert not is_signed_in(server, renewed["access_token"])
    assert refresh(stranger, renewed["refresh_token"]).json()["code"] == "session_ended"


def test_of_twelve_uses_at_once_one_wins_and_the_others_harm_nothing(member, server):
    clients = [Api(server) for _ in range(USERS)]
    used = tokens = member.tokens
    for _ in range(REPEATS):
        used = tokens
        jobs = [
            lambda client=client: refresh(client, used["refresh_token"])  # noqa: B023 - done at once
            for client in clients
        ]

        answers = at_once(jobs)

        winners = [answer.json() for answer in answers if answer.status_code == 200]
        losers = [answer for answer in answers if answer.status_code != 200]
        assert len(winners) == 1
        assert [(loser.status_code, loser.json()["code"]) for loser in losers] == [
            (401, "refresh_in_use")
        ] * (USERS - 1)
        [tokens] = winners
        assert is_signed_in(server, used["access_token"])
        assert is_signed_in(server, tokens["access_token"])
    assert refresh(clients[0], used["refresh_token"]).json()["code"] == "refresh_reused"
    assert not is_signed_in(server, tokens["access_token"])
    assert refresh(clients[0], tokens["refresh_token"]).json()["code"] == "session_ended"
    for client in clients:
        client.close()


def test_others_are_served_while_renewals_wait_for_their_moment(server):
    members = [Api(server).login() for _ in range(4)]
    with Api(server) as other:
        jobs = [
            *(
                lambda client=client: refresh(client, client.tokens["refresh_token"])
                for client in members
            ),
            lambda: other.get("/auth/verify"),
        ]

        *renewals, verified = at_once(jobs)

    assert [renewal.status_code for renewal in renewals] == [200] * 4
    assert verified.elapsed < min(renewal.elapsed for renewal in renewals)
    for client in members:
        client.close()


def test_a_live_access_token_renews_without_a_body(member, server):
    answer = member.post("/auth/refresh")

    new = answer.json()
    assert answer.status_code == 200
    assert claims_of(new["access_token"])["sid"] == claims_of(member.tokens["access_token"])["sid"]
    assert is_signed_in(server, member.tokens["access_token"])
    assert is_signed_in(server, new["access_token"])


def test_renewing_leads_never_past_seven_days_from_the_login(member, server):
    sid = claims_of(member.tokens["access_token"])["sid"]
    ends_in(server, sid, hours=2)

    for body in ({"refresh_token": member.tokens["refresh_token"]}, {}):
        new = member.post("/auth/refresh", json=body).json()

        access, refreshing = claims_of(new["access_token"]), claims_of(new["refresh_token"])
        assert 7000 < new["expires_in"] <= 7200
        assert 7000 < new["refresh_expires_in"] <= 7200
        assert access["exp"] == pytest.approx(refreshing["exp"], abs=1)


def test_a_session_that_is_over_renews_nothing(member, server):
    sid = claims_of(member.tokens["access_token"])["sid"]
    ends_in(server, sid, hours=-1)

    for body in ({"refresh_token": member.tokens["refresh_token"]}, {}):
        answer = member.post("/auth/refresh", json=body)

        assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


def test_nobody_renews_without_a_token(stranger):
    for body in ({}, {"refresh_token": None}):
        answer = stranger.post("/auth/refresh", json=body)

        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_an_access_token_is_no_refresh_token(member, stranger):
    answer = refresh(stranger, member.tokens["access_token"])

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
