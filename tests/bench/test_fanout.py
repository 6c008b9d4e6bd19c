"""The fan-out's bench still measures: every server that exists here, with a handful of overlays."""

import os
from collections.abc import Iterator

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench import fanout, fanout_cases
from bench.fanout_subjects import RAW, RAW_DEFLATE, RAW_DIALECT, SOCKET_IO, Subject
from bench.figures import OURS
from bench.place import open_place
from bench.plan import Plan
from bench.sockets import Crowd

PLAN = Plan(database="sqlite", rounds=1, seconds=0.1, is_quick=True)
OVERLAYS = 5

PUT_CASE = f"PUT of 4 KB to {OVERLAYS} overlays"
CASES_OF_ALL = {
    f"connecting {OVERLAYS} overlays",
    f"{OVERLAYS} idle overlays",
    f"publish to {OVERLAYS} overlays",
    f"sustained to {OVERLAYS} overlays",
}


@pytest.fixture(scope="module")
def subjects() -> Iterator[dict[str, Subject]]:
    with open_place(PLAN) as place:
        found = fanout.available_subjects(place, os.sched_getaffinity(0), lambda line: None)
        yield {subject.name: subject for subject in found}


@pytest.mark.parametrize("name", [OURS, RAW, RAW_DEFLATE, SOCKET_IO])
async def test_every_case_has_figures_and_no_broadcast_is_lost(
    name: str, subjects: dict[str, Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in subjects:
        pytest.skip("socket.io needs Node and its packages")
    monkeypatch.setattr(fanout_cases, "SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(fanout_cases, "FEWEST", 5)

    readings = await fanout.readings_of(subjects[name], OVERLAYS, PLAN.seconds, with_stalled=False)

    assert {reading.case for reading in readings} == CASES_OF_ALL | (
        {PUT_CASE} if name == OURS else set()
    )
    assert [reading for reading in readings if reading.errors] == []
    latencies = {r.unit: r.value for r in readings if r.case.startswith("publish")}
    assert 0 < latencies["ms p50 to the first"] <= latencies["ms p50 to the last"]


@pytest.mark.parametrize(
    ("numbers", "errors"),
    [([1, 2, 3], 0), ([1, 3], 1), ([1, 2, 2, 3], 1)],
    ids=["in order", "one is missing", "one comes twice"],
)
async def test_a_client_counts_what_it_was_not_sent_once(numbers: list[int], errors: int) -> None:
    async def talk(client: ServerConnection) -> None:
        await client.send('{"type":"snapshot","seq":0}')
        await client.recv()
        for number in numbers:
            await client.send(f'{{"type":"graphic_update","seq":{number},"data":"{"x" * 70000}"}}')
        await client.wait_closed()

    async with serve(talk, "127.0.0.1", 0) as server:
        crowd = Crowd(RAW_DIALECT, server.sockets[0].getsockname()[1])
        await crowd.grow(1)
        crowd.clients[0].say("go on")
        await crowd.all_have(3)
        await crowd.leave()

    assert crowd.errors == errors
