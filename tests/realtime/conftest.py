import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from gal_dashboard.events.models import Epoch
from gal_dashboard.events.recording import stream_advanced
from gal_dashboard.realtime.hub import Hub
from gal_dashboard.realtime.limits import Limits
from tests.realtime.clients import Studio
from tests.realtime.writing import make_graphic, on_thread
from tests.support.redis_server import RedisServer, redis_server


@pytest.fixture
def limits() -> Limits:
    """As on air, but the poll is so slow that only pokes can have brought what a test sees."""
    return Limits(poll_seconds=60)


@pytest.fixture
def log(transactional_db: None) -> None:
    """An empty event log. Tests with real commits begin without what migrations wrote."""
    Epoch.objects.get_or_create(pk=1)


@pytest_asyncio.fixture
async def studio(limits: Limits, log: None) -> AsyncIterator[Studio]:
    """A hub that hears of every commit, and room for its clients."""
    studio = Studio(Hub(limits))

    def tell(**signal: object) -> None:
        studio.hub.poke_all(signal["heads"])  # type: ignore[arg-type]

    stream_advanced.connect(tell)
    await studio.hub.start()
    try:
        yield studio
    finally:
        stream_advanced.disconnect(tell)
        await studio.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert [task for task in left if "hub" in repr(task)] == []


@pytest_asyncio.fixture
async def graphic_id(log: None) -> int:
    return await on_thread(make_graphic)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own. Who uses it has the marker ``redis_server``."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Shows a measured figure beside the test's dot. Tests assert much less: machines are busy."""

    def tell(figure: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f" [{figure}] ")

    return tell
