"""Both sides of the gate as plain ASGI: the server's with a client behind it, and an app's."""

import asyncio
from collections.abc import Iterable

from gal_dashboard.operations.gate import Message, Receive, Scope, Send

KIB = 1024
MIB = 1024 * KIB


class Recorder:
    """The app behind the gate: keeps the scope and the body that reached it, answers 200."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        message = await receive()
        self.bodies.append(message["body"])
        assert not message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    @property
    def scope(self) -> Scope:
        (scope,) = self.scopes
        return scope

    @property
    def body(self) -> bytes:
        (body,) = self.bodies
        return body

    @property
    def refusal_code(self) -> str | None:
        refusal = self.scope.get("gal.refusal")
        return refusal.code if refusal else None


class Client:
    """The server's side of one request: gives the chunks, then waits for ever or hangs up."""

    def __init__(
        self, chunks: Iterable[bytes] = (), *, ends: bool = True, pause: float = 0
    ) -> None:
        self.chunks = list(chunks)
        self.ends = ends
        self.pause = pause
        self.hangs_up = False
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.chunks:
            chunk = self.chunks.pop(0)
            return {
                "type": "http.request",
                "body": chunk,
                "more_body": bool(self.chunks) or not self.ends,
            }
        if self.hangs_up:
            return {"type": "http.disconnect"}
        return await asyncio.get_running_loop().create_future()

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def http_scope(
    path: str = "/api/v1/tournaments",
    *,
    method: str = "POST",
    headers: Iterable[tuple[bytes, bytes]] = (),
    query: bytes = b"",
    raw_path: bytes | None = None,
) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": raw_path or path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
    }


def length(count: int) -> tuple[bytes, bytes]:
    return (b"content-length", b"%d" % count)


CHUNKED = (b"transfer-encoding", b"chunked")
SIGNED_IN = (b"authorization", b"Bearer token")
