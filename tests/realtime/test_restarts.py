"""SIGTERM on air: everybody is told to come back, and whoever is in the middle is served."""

import asyncio
import json
import signal
import socket
import time
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.conftest import NewServer
from tests.realtime.wire import overlay, staff
from tests.support.api import Api
from tests.support.redis_server import RedisServer
from tests.support.rows import value
from tests.support.server import RunningServer

SECONDS_TO_END = 12  # ten are promised; a busy machine is slow to notice
SCREENS = 8


class SlowUpload:
    """A save whose body is half on its way."""

    def __init__(self, server: RunningServer, token: str, graphic_id: int) -> None:
        document = {"elements": [], "picture": "x" * 400_000}
        body = json.dumps({"title": "Saved at the last moment", "data_json": document}).encode()
        half = len(body) // 2
        self._rest = body[half:]
        self._line = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        head = (
            f"PUT /api/v1/graphics/{graphic_id} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._line.sendall(head.encode() + body[:half])

    def finish(self) -> int:
        """Send the rest; the status of the answer."""
        self._line.sendall(self._rest)
        with self._line, self._line.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            answer.read()
            return status


async def under_way() -> None:
    """Until the server has begun to read what was sent."""
    await asyncio.sleep(0.5)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "workers",
    [1, pytest.param(2, marks=[pytest.mark.postgresql, pytest.mark.redis_server])],
)
async def test_sigterm_tells_sockets_to_come_back_and_finishes_what_is_under_way(
    new_server: NewServer, request: pytest.FixtureRequest, workers: int
):
    engine, environment = "sqlite", {}
    if workers > 1:
        redis: RedisServer = request.getfixturevalue("redis")
        engine, environment = "postgresql", {"REDIS_URL": redis.url}
    server = new_server(engine=engine, workers=workers, environment=environment)
    with Api(server) as api:
        token = api.login().tokens["access_token"]
        graphic_id = api.new_graphic()["id"]
    async with AsyncExitStack() as stack:
        sockets = [
            *(overlay(server, graphic_id) for _ in range(SCREENS)),
            *(staff(server, token=token) for _ in range(2)),
        ]
        for one in sockets:
            await (await stack.enter_async_context(one)).begin()
        upload = await asyncio.to_thread(SlowUpload, server, token, graphic_id)
        await under_way()

        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        codes = [(await one.closed())[1] for one in sockets]
        status = await asyncio.to_thread(upload.finish)
        code = await asyncio.to_thread(server.process.wait, SECONDS_TO_END)

    assert codes == [1012] * len(sockets)
    assert status == httpx.codes.OK
    assert code == 0
    assert time.monotonic() - began < SECONDS_TO_END
    title = value(server, "SELECT title FROM graphics_graphic WHERE id = %s", graphic_id)
    assert title == "Saved at the last moment"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))
