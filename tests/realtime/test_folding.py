"""A snapshot and the events after it are the next snapshot; every socket gets every number."""

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.realtime.storms import Storm
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.rounds import ROUNDS
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

REDIS = "redis://127.0.0.1:6379/14"
HOUSES = [
    "sqlite",
    pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.redis]),
]

SECONDS_TO_WAIT = 60
SECONDS_A_VISIT = 0.3  # 300 visits, as by GAL_TEST_ROUNDS=300, are a storm of a minute and a half
WRITERS, OVERLAYS = 8, 5
UPDATES = 20 * ROUNDS  # 1,000 by GAL_TEST_ROUNDS=50

pytestmark = pytest.mark.timeout(180 + 3 * ROUNDS)


@pytest.fixture(scope="module", params=HOUSES)
def house(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningServer]:
    """One process on SQLite; two on PostgreSQL with Redis between them."""
    is_large = request.param == "postgresql"
    server = RunningServer(
        database_url=databases[request.param].new(),
        log=tmp_path_factory.mktemp("house") / "server.log",
        environment={"REDIS_URL": REDIS} if is_large else {},
        workers=2 if is_large else 1,
    ).start()
    yield server
    server.close()


async def fresh_state(house: RunningServer, graphic_id: int) -> tuple[int, dict[str, Any]]:
    """What a client gets that knows nothing; it waits while the graphic is archived."""
    async with StreamClient.overlay(house.http_url, graphic_id) as client:
        await client.until_connected(within=SECONDS_TO_WAIT)
        snapshot = client.received[0].message
    assert snapshot["type"] == "snapshot"
    return snapshot["seq"], snapshot["data"]


async def visit(house: RunningServer, graphic_id: int, dice: random.Random) -> int:
    """Come, follow for a while and compare with somebody who comes anew; how many events folded."""
    async with StreamClient.overlay(house.http_url, graphic_id) as visitor:
        await visitor.until_connected(within=SECONDS_TO_WAIT)
        first = visitor.received[0].message["seq"]
        await asyncio.sleep(dice.uniform(0, 0.5))
        if dice.random() < 0.3:
            visitor.drop()
            await asyncio.sleep(dice.uniform(0, 0.5))
        seq, state = await fresh_state(house, graphic_id)
        while seq < first:  # another process may be two seconds behind
            seq, state = await fresh_state(house, graphic_id)
        await visitor.until_seq(seq, within=SECONDS_TO_WAIT)

        assert visitor.state_at(seq) == state
    return len(visitor.events)


def has_seen_every_kind(client: StreamClient) -> bool:
    kinds = {event["type"] for event in client.events}
    return {"graphic_update", "standings_update", "tournament_update"} <= kinds


async def test_what_visitors_fold_in_a_storm_is_what_newcomers_get(house: RunningServer):
    storm = await asyncio.to_thread(Storm, house)
    dice = random.Random(11)  # noqa: S311 - a test that can be repeated

    async def come(moment: float) -> int:
        await asyncio.sleep(moment)
        return await visit(house, storm.graphic_id, dice)

    with storm.blowing():
        async with StreamClient.overlay(house.http_url, storm.graphic_id) as witness:
            await witness.until_connected()
            moments = [dice.uniform(0, SECONDS_A_VISIT * ROUNDS) for _ in range(ROUNDS)]
            folded = await asyncio.gather(*(come(moment) for moment in moments))
            await witness.until(has_seen_every_kind, within=SECONDS_TO_WAIT)

    async with StreamClient.overlay(house.http_url, storm.graphic_id) as newcomer:
        await newcomer.until_connected()
        picture = await newcomer.picture()
    assert sum(folded) > 0
    assert picture["graphic"]["data_json"] is not None


async def test_updates_of_eight_writers_reach_every_socket_once_and_in_order(house: RunningServer):
    with Api(house) as api:
        api.login()
        graphic_id = api.new_graphic()["id"]
        token = api.tokens["access_token"]

        def save(number: int) -> int:
            body = {"data_json": {"elements": [], "number": number}}
            return api.put(f"/api/v1/graphics/{graphic_id}", json=body).status_code

        async with AsyncExitStack() as stack:
            overlays = [
                await stack.enter_async_context(StreamClient.overlay(house.http_url, graphic_id))
                for _ in range(OVERLAYS)
            ]
            crew = await stack.enter_async_context(StreamClient.staff(house.http_url, token=token))
            for client in (*overlays, crew):
                await client.until_connected()
            start = overlays[0].seq or 0
            with ThreadPoolExecutor(WRITERS) as writers:
                jobs = [
                    asyncio.get_running_loop().run_in_executor(writers, save, number)
                    for number in range(UPDATES)
                ]
                assert set(await asyncio.gather(*jobs)) == {200}
            for client in overlays:
                await client.until_seq(start + UPDATES, within=SECONDS_TO_WAIT)
            await crew.until(
                lambda client: len(versions(client, graphic_id)) == UPDATES, within=SECONDS_TO_WAIT
            )

    every_version = list(range(2, UPDATES + 2))
    for client in overlays:
        assert client.seqs == list(range(start + 1, start + UPDATES + 1))
        assert versions(client, graphic_id) == every_version
    assert versions(crew, graphic_id) == every_version
    assert all(client.endings == [] for client in (*overlays, crew))


def versions(client: StreamClient, graphic_id: int) -> list[int]:
    """The versions of a graphic that a client has heard of, as they came."""
    return [
        event["data"]["version"]
        for event in client.events
        if event["type"] == "graphic_update" and event["data"]["graphic_id"] == graphic_id
    ]
