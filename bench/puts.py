"""Documents saved by REST, by a client that takes next to nothing from the core of the overlays."""

import asyncio
import json
from collections import deque
from typing import Final, cast

SECONDS_TO_ANSWER: Final = 60.0


def put_request(*, graphic_id: int, token: str, number: int, size: int) -> bytes:
    """A ready request that saves a canvas document of about ``size`` bytes.

    Each ``number`` makes another document: saving what is there changes nothing and tells nobody.
    """
    text = {"id": "a", "type": "text", "x": 1, "y": 2, "fontSize": 20, "fontFamily": "Arial"}
    elements = [text | {"color": "#ffffff", "content": f"{number:x>{size - 150}}"}]
    body = json.dumps({"data_json": {"background": None, "elements": elements}}).encode()
    head = (
        f"PUT /api/v1/graphics/{graphic_id} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def open_requests(port: int) -> "Requests":
    loop = asyncio.get_running_loop()
    _, requests = await loop.create_connection(Requests, "127.0.0.1", port)
    return requests


class Requests(asyncio.Protocol):
    """One connection that is kept, on which ready requests are sent one after the other."""

    def __init__(self) -> None:
        self._answers: deque[asyncio.Future[int]] = deque()
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head, end, body = self._rest.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._rest = body[length:]
            self._answers.popleft().set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        for answer in self._answers:
            answer.set_exception(exc or ConnectionResetError("The server hung up."))

    async def send(self, request: bytes) -> int:
        """The status of the answer."""
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        self.transport.write(request)
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            return await answer
