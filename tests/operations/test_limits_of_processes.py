"""Two processes on PostgreSQL and a Redis of their own: what they limit together, and without it.

Both tests use the same two servers, each with clients from addresses of its own.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import httpx
import pytest
from redis import Redis

from tests.admin.over_http import PASSWORD, Desk, new_superuser
from tests.api.refusals import refusal
from tests.realtime.wire import staff
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.numbers import read
from tests.support.processes import processes
from tests.support.redis_server import RedisServer, redis_server
from tests.support.server import MASTER_PASSWORD, RunningServer

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.redis_server,
    pytest.mark.timeout(300),
]

SECONDS: Final = 60
BURST: Final = 60
PER_SECOND: Final = 1
# Requests to each process before both are given the time to hear of each other.
AT_ONCE: Final = 5
SNAPSHOTS: Final = "/api/v1/scoreboard/snapshots"
LIMITS: Final = {
    "RATE_LIMITS": "on",
    "GAL_LIMITS_ADDRESS_REQUESTS_PER_SECOND": str(PER_SECOND),
    "GAL_LIMITS_ADDRESS_BURST": str(BURST),
}


@dataclass(frozen=True, slots=True)
class Pair:
    one: RunningServer
    other: RunningServer
    redis: RedisServer

    @property
    def both(self) -> tuple[RunningServer, RunningServer]:
        return self.one, self.other


@pytest.fixture(scope="module")
def pair(
    databases: dict[str, Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("limits")
    with redis_server(folder) as redis:
        environment = LIMITS | {"REDIS_URL": redis.url}
        options = {"count": 2, "environment": environment}
        with processes(databases["postgresql"], folder, **options) as (one, other):
            yield Pair(one, other, redis)


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Log:
    """What of a server's log is about these limits, from now on."""

    def __init__(self, server: RunningServer) -> None:
        self._path = server.log
        self._begins = len(self._path.read_text())

    def said(self) -> list[str]:
        text = self._path.read_text()[self._begins :]
        return sorted(re.findall(r"(?:Logins|Rate limits) are (?:closed|open again|\w+ \w+)", text))


# --- Together -------------------------------------------------------------------------------------
class Visitor:
    """One address that asks both processes."""

    def __init__(self, pair: Pair, stack: ExitStack) -> None:
        self.clients = [stack.enter_context(Api(server)) for server in pair.both]
        self.address = self.clients[0].headers["X-Forwarded-For"]
        self.clients[1].headers["X-Forwarded-For"] = self.address
        self.passed = 0
        self._redis = pair.redis

    def ask(self, client: Api, times: int) -> None:
        statuses = [client.get(SNAPSHOTS).status_code for _ in range(times)]
        assert set(statuses) <= {200, 429}
        self.passed += statuses.count(200)

    def is_told_since(self, began: float) -> bool:
        """Whether Redis knows of all that passed."""
        with Redis.from_url(self._redis.url) as redis:
            said = redis.get(f"gal.rates address {self.address}")
        left = BURST if said is None else float(said.split()[0])
        return left <= BURST + PER_SECOND * (time.monotonic() - began) - self.passed + 1


def judge_together(pair: Pair) -> None:
    """Both processes together let one address through as often as one of them would."""
    with ExitStack() as stack:
        visitor = Visitor(pair, stack)
        began = time.monotonic()
        for _ in range(BURST // AT_ONCE):  # twice of what one process lets through
            for client in visitor.clients:
                visitor.ask(client, AT_ONCE)
            until(lambda: visitor.is_told_since(began), "Redis is not told")
        seconds = time.monotonic() - began
        # each may ask twice before it has heard of what the other one did meanwhile
        assert BURST <= visitor.passed <= BURST + PER_SECOND * seconds + 4 * AT_ONCE
        for client in visitor.clients:
            answer = client.get(SNAPSHOTS)
            if answer.status_code != 200:
                refusal(answer, 429, "too_many_requests")


# --- Without Redis --------------------------------------------------------------------------------
def is_shared(client: Api) -> bool:
    return read(client)("gal_rates_shared") == 1


def await_sharing(*clients: Api, is_so: bool) -> None:
    """The numbers are looked at every five seconds."""
    what = f"limits are {'not ' if is_so else ''}shared"
    until(lambda: all(is_shared(client) is is_so for client in clients), what)


def reads_are_open(pair: Pair) -> None:
    """Each process by its own limits."""
    for server in pair.both:
        with Api(server) as visitor:
            statuses = [visitor.get(SNAPSHOTS).status_code for _ in range(BURST + 30)]
            assert statuses[:BURST] == [200] * BURST
            assert 429 in statuses


def logins_are_closed(pair: Pair) -> None:
    """A right password is not looked at, nor a wrong one: nothing tells them apart."""
    for server in pair.both:
        with Api(server) as visitor:
            for password in (MASTER_PASSWORD, "wrong-horse-battery"):
                answer = visitor.post("/auth/login", json={"master_password": password})
                body = refusal(answer, 503, "logins_closed")
                assert body["retry_after"] == int(answer.headers["Retry-After"]) == 1


def a_flood_of_logins_holds_nobody(pair: Pair, crew: Api) -> None:
    """Each alone would wait for a hanging Redis for a second: a minute in all.

    So would whoever asks whether the server is ready.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads, Api(pair.one) as flood:
        body = {"master_password": "wrong-horse-battery"}
        answers = [threads.submit(flood.post, "/auth/login", json=body) for _ in range(60)]
        # those of two threads are free in any case; the others are not taken
        reads = [crew.get("/api/v1/graphics").status_code for _ in range(10)]
        readiness = {flood.get("/health/ready").status_code for _ in range(30)}
        statuses = {answer.result().status_code for answer in answers}
    assert time.monotonic() - began < 20
    assert reads == [200] * 10
    assert readiness == {503}
    assert statuses <= {503, 429}  # 429: that address asks too often
    assert 503 in statuses


async def sessions_go_on(pair: Pair, crew: Api) -> None:
    """Read, write, verify, tickets, refresh, logout; a socket that is open and one that is new."""
    assert crew.get("/auth/verify").json()["valid"]
    async with staff(pair.other, token=crew.tokens["access_token"]) as socket:
        await socket.frame()
        graphic = await asyncio.to_thread(crew.new_graphic)
        created = await socket.frame_of_type("graphic_update")
        assert created["data"]["graphic"]["id"] == graphic["id"]
    assert crew.post("/auth/ws-ticket").status_code == 200
    renewed = crew.post("/auth/refresh", json={"refresh_token": crew.tokens["refresh_token"]})
    assert renewed.status_code == 200
    crew.tokens = renewed.json()
    crew.headers["Authorization"] = f"Bearer {crew.tokens['access_token']}"
    assert crew.get("/api/v1/graphics").status_code == 200


def the_admin_says_so(pair: Pair, inside: Desk, name: str) -> None:
    """Who is inside works on; who knocks reads a sentence."""
    assert inside.get("/admin/").status_code == 200
    with Desk(pair.one) as desk:
        values = desk.fill("/admin/", "username", username=name, password=PASSWORD)
        answer = desk.post(desk.opened, data=values)
    says_closed(answer)
    change = {
        "old_password": PASSWORD,
        "new_password1": "Xy7!longer-one",
        "new_password2": "Xy7!longer-one",
    }
    values = inside.fill("/admin/password_change/", "old_password", **change)
    says_closed(inside.post(inside.opened, data=values))


def says_closed(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Nobody can log in at the moment" in answer.text
    assert "Traceback" not in answer.text


def logins_come_back(pair: Pair) -> None:
    for server in pair.both:
        with Api(server) as visitor:
            body = {"master_password": MASTER_PASSWORD}
            until(
                lambda: visitor.post("/auth/login", json=body).status_code == 200,  # noqa: B023 - at once
                "logins stay closed",
            )


@pytest.mark.parametrize("fault", ["killed", "hanging"])
async def test_limits_are_those_of_both_and_without_redis_logins_alone_are_closed(
    pair: Pair, fault: str
):
    redis = pair.redis
    logs = [Log(server) for server in pair.both]
    name = new_superuser(pair.one)
    with Api(pair.one) as crew, Api(pair.other) as there, Desk(pair.one) as inside:
        crew.login()
        there.login()
        inside.sign_in(name)
        await_sharing(crew, there, is_so=True)
        judge_together(pair)
        async with staff(pair.one, token=crew.tokens["access_token"]) as socket:
            await socket.frame()

            redis.kill() if fault == "killed" else redis.hang()
            try:
                logins_are_closed(pair)
                await sessions_go_on(pair, crew)
                the_admin_says_so(pair, inside, name)
                a_flood_of_logins_holds_nobody(pair, crew)
                await_sharing(crew, there, is_so=False)
                reads_are_open(pair)
                assert there.post("/auth/logout").status_code == 200
                assert there.get("/auth/verify").status_code == 401
            finally:
                redis.start() if fault == "killed" else redis.go_on()
            there.headers.pop("Authorization")

            logins_come_back(pair)
            there.login()
            await_sharing(crew, there, is_so=True)
            await socket.say({"type": "ping"})
            assert (await socket.frame_of_type("pong"))["type"] == "pong"
        judge_together(pair)
    for log in logs:
        assert log.said() == [
            "Logins are closed",
            "Logins are open again",
            "Rate limits are not shared",
            "Rate limits are shared again",
        ]
