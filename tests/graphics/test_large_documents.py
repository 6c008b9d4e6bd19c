"""Documents of 20 MiB: in, out, on air, archived, and out of the server's memory again."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.graphics.deeds import PATH, path_of
from tests.realtime.wire import overlay
from tests.support.api import Api
from tests.support.memory import await_memory, memory_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MIB = 1024 * 1024
SMALL = orjson.dumps({"background": None, "elements": []})
JSON = {"Content-Type": "application/json"}
ROUNDS_OF_LARGE = 3
# Without the cure it was ten times more.
MOST_LEFT_BEHIND = 60 * MIB


def picture(size: int, mark: str) -> bytes:
    """A document with a picture of about ``size`` bytes, written as the server writes it."""
    title = {"id": "mark", "type": "text", "x": 10, "y": 10, "content": mark, "fontSize": 40}
    data = "data:image/png;base64," + "QUJD" * (size // 4)
    background = {"imageUrl": data, "width": 1920, "height": 1080}
    return orjson.dumps({"background": background, "elements": [title], "größe": "ä" * 1000})


class Crew:
    """Somebody with a patient client: large bodies take their time on a busy machine."""

    def __init__(self, api: Api, event: str) -> None:
        self._api = api
        self.event = event

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request that does not keep sockets of this thread from hearing."""
        return await asyncio.to_thread(self._ask, method, path, **options)

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._api.request(method, path, timeout=120, **options)
        assert answer.status_code in {200, 201}, answer.text[:500]
        return answer

    async def make(self, document: bytes) -> dict[str, Any]:
        named = orjson.dumps({"title": "Large", "event_name": self.event})
        body = named[:-1] + b',"data_json":' + document + b"}"
        answer = await self.ask("POST", PATH, content=body, headers=JSON)
        assert document in answer.content
        return answer.json()

    async def listed(self, path: str = PATH, **query: Any) -> bytes:
        answer = await self.ask("GET", path, params={"event_name": self.event, **query})
        return answer.content


@pytest.fixture
def crew(api: Api) -> Crew:
    return Crew(api, f"Event {uuid.uuid4()}")


async def draw_and_archive(server: RunningServer, crew: Crew, document: bytes) -> None:
    """A document comes on air, is shown everywhere, and leaves."""
    graphic = await crew.make(SMALL)
    path, is_large = path_of(graphic), len(document) > MIB
    async with overlay(server, graphic["id"]) as socket:
        _, snapshot = await socket.frames(2)
        assert snapshot["data"]["graphic"]["data_json"] == orjson.loads(SMALL)

        # as some clients send it: as a text that holds an object
        body = orjson.dumps({"data_json": document.decode()})
        saved = await crew.ask("PUT", path, content=body, headers=JSON)
        assert document in saved.content
        assert saved.headers["ETag"] == '"2"'
        told = (await socket.frame_of_type("graphic_update"))["data"]["graphic"]
        assert told["version"] == 2
        assert told["data_json"] == (None if is_large else orjson.loads(document))

        assert document in (await crew.ask("GET", f"{path}/view?version=2")).content
        assert document in (await crew.ask("GET", path)).content
        assert document in await crew.listed()
        async with overlay(server, graphic["id"]) as late:
            _, snapshot = await late.frames(2)
            assert snapshot["data"]["graphic"] == told

        await crew.ask("POST", f"/api/v1/archive/{graphic['id']}", json={"reason": "done"})
        frames, code = await socket.closed()
        assert [frame["data"]["action"] for frame in frames] == ["archived"]
        assert code == 4404
    assert document in await crew.listed("/api/v1/archive", limit=1)
    await crew.ask("DELETE", f"/api/v1/archive/{graphic['id']}/permanent")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
async def test_large_documents_leave_the_memory_of_the_server(server: RunningServer, crew: Crew):
    for number in range(10):  # all threads are warm
        await draw_and_archive(server, crew, picture(100, str(number)))
    warm = memory_of(server)

    for number in range(ROUNDS_OF_LARGE):
        await draw_and_archive(server, crew, picture(20 * MIB, str(number)))

    await await_memory(server, at_most=warm + MOST_LEFT_BEHIND)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
async def test_a_page_of_large_documents_ends_at_64_mib_and_leaves_the_memory(
    server: RunningServer, crew: Crew
):
    document = picture(20 * MIB, "copied")
    await crew.listed()
    warm = memory_of(server)
    graphic = await crew.make(document)
    for _ in range(3):
        await crew.ask("POST", f"{path_of(graphic)}/duplicate")

    page = await crew.listed()
    narrow = orjson.loads(await crew.listed(fields="id,version"))

    assert page.count(document) == 3
    assert page.endswith(b',"total":4}')
    assert len(narrow["graphics"]) == 4
    await await_memory(server, at_most=warm + MOST_LEFT_BEHIND)
    for listed in narrow["graphics"]:
        await crew.ask("DELETE", f"{path_of(listed)}/permanent")
