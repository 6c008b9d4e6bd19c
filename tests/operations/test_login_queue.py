"""Who logs in waits in a line of the own address, and holds no thread."""

import asyncio

import pytest

from gal_dashboard.operations import login_queue
from gal_dashboard.operations.login_queue import LoginQueue


class Doorman:
    """The app behind the queue: lets each login wait until ``let_out`` and remembers the order."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.refused: list[str] = []
        self._inside: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def __call__(self, scope, receive, send) -> None:
        who = scope["client"][0]
        if "gal.refusal" in scope:
            self.refused.append(who)
            return
        self.came.append(who)
        out = asyncio.Event()
        self._inside.put_nowait(out)
        await out.wait()

    async def let_out(self, count: int = 1) -> None:
        for _ in range(count):
            (await self._inside.get()).set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def scope_of(address: str, path: str = "/auth/login", method: str = "POST") -> dict:
    return {"method": method, "path": path, "client": (address, 1), "headers": []}


@pytest.fixture
def doorman() -> Doorman:
    return Doorman()


@pytest.fixture
async def arrive(doorman):
    queue, tasks = LoginQueue(doorman), []

    async def arrive(address: str, **scope: str) -> asyncio.Task:
        task = asyncio.create_task(queue(scope_of(address, **scope), None, None))
        tasks.append(task)
        await settle()
        return task

    yield arrive
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_two_are_served_at_once_and_the_others_wait(arrive, doorman):
    for _ in range(5):
        await arrive("10.0.0.1")

    assert len(doorman.came) == 2
    await doorman.let_out(2)
    assert len(doorman.came) == 4
    await doorman.let_out(3)
    assert len(doorman.came) == 5


async def test_a_flood_from_one_address_delays_only_itself(arrive, doorman):
    for _ in range(40):
        await arrive("10.0.0.1")
    await arrive("10.0.0.2")
    await arrive("10.0.0.3")

    await doorman.let_out(4)

    assert doorman.came[2:] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1"]


async def test_neighbours_of_one_ipv6_network_share_a_line(arrive, doorman):
    for number in range(5):
        await arrive(f"2001:db8:1:2::{number + 1}")
    await arrive("2001:db8:1:3::1")

    await doorman.let_out(2)

    assert "2001:db8:1:3::1" in doorman.came[:4]


async def test_a_line_has_an_end(arrive, doorman):
    for _ in range(login_queue.AT_ONCE + login_queue.LONGEST_LINE + 3):
        await arrive("10.0.0.1")
    await arrive("10.0.0.2")

    assert doorman.refused == ["10.0.0.1"] * 3
    await doorman.let_out(2)
    assert "10.0.0.2" in doorman.came


async def test_who_waited_too_long_is_refused(arrive, doorman, monkeypatch):
    monkeypatch.setattr(login_queue, "LONGEST_WAIT_SECONDS", 0.05)
    for _ in range(3):
        task = await arrive("10.0.0.1")

    await asyncio.wait_for(task, 20)

    assert doorman.refused == ["10.0.0.1"]


async def test_who_goes_away_leaves_the_turn_to_the_next(arrive, doorman):
    tasks = [await arrive("10.0.0.1") for _ in range(4)]
    await arrive("10.0.0.2")

    tasks[2].cancel()
    await settle()
    await doorman.let_out(2)

    assert sorted(doorman.came) == ["10.0.0.1"] * 3 + ["10.0.0.2"]
    tasks[0].cancel()
    await settle()
    await doorman.let_out(2)
    await arrive("10.0.0.4")
    assert doorman.came[-1] == "10.0.0.4"


@pytest.mark.parametrize(
    "scope", [{"method": "GET"}, {"path": "/auth/refresh"}, {"path": "/admin/"}], ids=str
)
async def test_what_is_no_login_does_not_wait(scope, arrive, doorman):
    for _ in range(4):
        await arrive("10.0.0.1", **scope)

    assert len(doorman.came) == 4
