"""kill -9 in the middle of a storm: what was answered is there, and every number is heard once."""

import asyncio
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.conftest import ENGINES, NewServer
from tests.support.api import Api
from tests.support.rounds import rounds
from tests.support.rows import rows
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

KILLS = rounds(2)
WRITERS = 4
WRITES_BETWEEN_KILLS = 20
SECONDS = 60

_random = random.SystemRandom()


class Writers:
    """They go on through every kill, and remember what they were told was done."""

    def __init__(self, server: RunningServer, token: str, graphic_ids: list[int]) -> None:
        # By graphic: what each version that was answered has as its title.
        self.answered: dict[int, dict[int, str]] = defaultdict(dict)
        self.answers = 0
        self._server, self._token = server, token
        self._is_over = threading.Event()
        self._faults: list[BaseException] = []
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._write, args=(number, graphic_ids[number % 2]))
            for number in range(WRITERS)
        ]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(SECONDS)
        assert self._faults == []

    async def more(self, count: int) -> None:
        """Wait until so many more writes were answered."""
        goal = self.answers + count
        async with asyncio.timeout(SECONDS):
            while self.answers < goal and not self._faults:  # noqa: ASYNC110 - they are threads
                await asyncio.sleep(0.01)

    def _write(self, number: int, graphic_id: int) -> None:
        try:
            with Api(self._server) as client:
                client.headers["Authorization"] = f"Bearer {self._token}"
                attempt = 0
                while not self._is_over.is_set():
                    attempt += 1
                    self._write_once(client, graphic_id, f"{number} for the {attempt}. time")
        except BaseException as fault:  # noqa: BLE001 - handed to the test
            self._faults.append(fault)

    def _write_once(self, client: Api, graphic_id: int, title: str) -> None:
        try:
            answer = client.put(f"/api/v1/graphics/{graphic_id}", json={"title": title})
        except httpx.TransportError:  # the server is dead: this one may have been done or not
            time.sleep(0.02)
            return
        assert answer.status_code == 200, answer.text
        with self._lock:
            version = answer.json()["version"]
            assert version not in self.answered[graphic_id], f"version {version} was given twice"
            self.answered[graphic_id][version] = title
            self.answers += 1


def titles_by_version(screen: StreamClient) -> dict[int, str]:
    graphics = [event["data"]["graphic"] for event in screen.events]
    return {graphic["version"]: graphic["title"] for graphic in graphics}


def logged(server: RunningServer, stream: str) -> list[int]:
    statement = "SELECT seq FROM events_streamentry WHERE stream_id = %s ORDER BY seq"
    return [seq for (seq,) in rows(server, statement, stream)]


def kept(server: RunningServer, graphic_id: int) -> dict[int, str]:
    """The titles of all revisions."""
    statement = "SELECT version, title FROM graphics_graphicrevision WHERE graphic_id = %s"
    return dict(rows(server, statement, graphic_id))


@pytest.mark.timeout(120 + 60 * KILLS)
@pytest.mark.parametrize("engine", ENGINES)
async def test_what_was_answered_survives_kill_9_and_is_heard_of_once(
    new_server: NewServer, engine: str, tell: Callable[[str], None]
):
    server = new_server(engine=engine)
    with Api(server) as api:
        token = api.login().tokens["access_token"]
        graphic_ids = [api.new_graphic(title=f"Board {number}")["id"] for number in range(2)]
    screens = [StreamClient.overlay(server.http_url, graphic_id) for graphic_id in graphic_ids]
    crew = StreamClient.staff(server.http_url, token=token)
    recoveries: list[float] = []
    async with AsyncExitStack() as stack:
        for client in [*screens, crew]:
            await (await stack.enter_async_context(client)).until_connected()
        firsts = [client.seq or 0 for client in [*screens, crew]]

        with Writers(server, token, graphic_ids) as writers:
            for kill in range(1, KILLS + 1):
                await writers.more(WRITES_BETWEEN_KILLS)
                await asyncio.sleep(_random.uniform(0, 0.3))
                server.kill()
                killed_at = time.monotonic()
                await asyncio.to_thread(server.start)
                await writers.more(1)
                for client in [*screens, crew]:
                    await client.until_connected(1 + kill, within=SECONDS)
                recoveries.append(time.monotonic() - killed_at)
            await writers.more(WRITES_BETWEEN_KILLS)

        names = [*(f"overlay.{graphic_id}" for graphic_id in graphic_ids), "staff"]
        heads = [logged(server, name)[-1] for name in names]
        for client, head in zip([*screens, crew], heads, strict=True):
            await client.until_seq(head)

    for client, name, first, head in zip([*screens, crew], names, firsts, heads, strict=True):
        assert client.seqs == list(range(first + 1, head + 1))
        assert logged(server, name)[-len(client.seqs) :] == client.seqs
        assert all(told["recovered"] for told in client.established[1:])
    for screen, graphic_id in zip(screens, graphic_ids, strict=True):
        answered: dict[int, Any] = writers.answered[graphic_id]
        assert answered.items() <= titles_by_version(screen).items()
        assert answered.items() <= kept(server, graphic_id).items()
    tell(
        f"{KILLS} kills, {writers.answers} answers, {sum(heads) - sum(firsts)} numbers,"
        f" back after {max(recoveries):.1f} s at most"
    )
    assert max(recoveries) < SECONDS
