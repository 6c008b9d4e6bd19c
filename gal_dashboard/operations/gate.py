"""The gate: what an HTTP request passes before it costs one of Django's few threads.

It takes the body in, within limits of size and time, and hands Django a request that is complete
and says one thing only: one body with its true length, one form of the path, no header that could
pass for another. What it refuses it does not answer: the request goes on without its body and with
a ``Refusal`` in ``scope["gal.refusal"]``, so that every answer is made in one place.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from gal_dashboard.operations.request_head import RequestHead, Scope

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Sizes in bytes, times in seconds."""

    head: int = 32 * KIB
    """Names and values of all headers, the path and the query string together."""

    body: int = 256 * KIB
    """Where ``body_by_prefix`` says nothing else."""

    body_by_prefix: tuple[tuple[str, int], ...] = (
        ("/api/v1/graphics/", 25 * MIB),
        ("/admin/graphics/", 25 * MIB),
        ("/admin/", 10 * MIB),
    )
    """The first that fits decides. A prefix ends in a slash and includes the path without it."""

    body_of_strangers: int = 256 * KIB
    """Beyond this ``may_send_large`` is asked."""

    bodies_in_flight: int = 128 * MIB
    """All bodies together that are read or being read, and not yet answered."""

    body_deadline: float = 30.0
    """For the whole body, from the end of the head."""

    progress_window: float = 5.0
    progress: int = 1 * KIB
    """What each ``progress_window`` must bring, until the body is complete."""

    linger_deadline: float = 5.0
    linger: int = 64 * MIB
    """How long and how much a refused client may go on sending before it is cut off."""

    retry_after: int = 1
    """What a client is told when the bodies in flight are too many."""

    def body_limit(self, path: str) -> int:
        address = path if path.endswith("/") else f"{path}/"
        for prefix, limit in self.body_by_prefix:
            if address.startswith(prefix):
                return limit
        return self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What to answer instead of carrying the request out."""

    status: int
    code: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, int] = field(default_factory=dict)
    """Further members of the answer's body."""


HEAD_TOO_LARGE = Refusal(
    status=431, code="head_too_large", detail="The request's headers and address are too large."
)
NOT_FOUND = Refusal(status=404, code="not_found", detail="There is nothing at this address.")
INVALID_BODY_LENGTH = Refusal(
    status=400,
    code="invalid_body_length",
    detail="Content-Length and Transfer-Encoding do not say how long the body is.",
)
BODY_TOO_SLOW = Refusal(
    status=408, code="body_too_slow", detail="The request's body did not arrive in time."
)
NOT_AUTHENTICATED = Refusal(
    status=401,
    code="not_authenticated",
    detail="Sign in to send a body of this size.",
    headers=(("WWW-Authenticate", "Bearer"),),
)


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


class _ClientGoneError(Exception):
    """Raised when the client hangs up before its body is complete: nobody waits for an answer."""


class Gate:
    """ASGI wrapper of ``app``; WebSocket and lifespan scopes pass through untouched.

    ``may_send_large(headers, path)`` says whether a body over ``limits.body_of_strangers`` may be
    taken in. It runs in the event loop, so it must be quick, and it grants nothing but memory:
    whether the sender may do what he asks for is decided behind.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: GateLimits,
        may_send_large: Callable[[Mapping[bytes, bytes], str], bool],
    ) -> None:
        self.app = app
        self.limits = limits
        self.may_send_large = may_send_large
        self.bodies_in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = RequestHead(scope)
        body = _Body(self, receive, head)
        try:
            self._refuse_head(head)
            await body.read()
            self._refuse_address(head)  # after the body: "too large" goes before "not found"
        except _RefusedError as refused:
            await self._hand_on_refused(head, refused.refusal, body, receive, send)
        except _ClientGoneError:
            return
        else:
            await self._hand_on(head, body, receive, send)
        finally:
            body.release()

    def _refuse_head(self, head: RequestHead) -> None:
        if head.size > self.limits.head:
            head.cut_down()
            raise _RefusedError(HEAD_TOO_LARGE)
        if not head.is_framed_well:
            raise _RefusedError(INVALID_BODY_LENGTH)

    def _refuse_address(self, head: RequestHead) -> None:
        if "//" in head.path:
            raise _RefusedError(NOT_FOUND)

    async def _hand_on(
        self, head: RequestHead, body: "_Body", receive: Receive, send: Send
    ) -> None:
        if head.announces_body:
            length = (b"content-length", b"%d" % body.size)
            await self.app(head.scope(length), _replay(body.take(), receive), send)
        else:
            await self.app(head.scope(), receive, send)

    async def _hand_on_refused(
        self, head: RequestHead, refusal: Refusal, body: "_Body", receive: Receive, send: Send
    ) -> None:
        body.release()
        if not body.is_complete:
            send = self._answer_then_linger(head, receive, send)
        scope = head.scope((b"content-length", b"0"))
        scope["gal.refusal"] = refusal
        await self.app(scope, _replay(b"", receive), send)

    def _answer_then_linger(self, head: RequestHead, receive: Receive, send: Send) -> Send:
        """A ``send`` that ends the answer only when the client has stopped sending.

        A server that closes a connection with bytes unread makes the kernel reset it, and the
        client, busy sending, never sees the answer. So the answer goes out whole, its length
        stated, and what still comes in is thrown away for a while before the end is declared.
        """
        start: Message = {}
        parts: list[bytes] = []

        async def answer_then_linger(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = b"".join(parts)
            headers = [pair for pair in start.get("headers", ()) if pair[0] != b"content-length"]
            headers.append((b"content-length", b"%d" % len(body)))
            if head.http_version.startswith("1"):
                headers.append((b"connection", b"close"))
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await self._linger(receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return answer_then_linger

    async def _linger(self, receive: Receive) -> None:
        left = self.limits.linger
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.linger_deadline):
                while left > 0:
                    message = await receive()
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        return
                    left -= len(message.get("body", b""))


class _Body:
    """One body on its way in; its bytes count as in flight until ``release``."""

    __slots__ = (
        "_allowed",
        "_chunks",
        "_gate",
        "_head",
        "_limit",
        "_receive",
        "is_complete",
        "size",
    )

    def __init__(self, gate: Gate, receive: Receive, head: RequestHead) -> None:
        self._gate = gate
        self._receive = receive
        self._head = head
        self._chunks: list[bytes] = []
        self.size = 0
        self.is_complete = not head.announces_body

    async def read(self) -> None:
        """Take the whole body in, if there is one.

        Raises ``_RefusedError`` or ``_ClientGoneError``; what was read until then still counts.
        """
        if self.is_complete:
            return
        limits = self._gate.limits
        self._limit = limits.body_limit(self._head.path)
        self._allowed = min(self._limit, limits.body_of_strangers)
        if self._head.declared_length is not None:
            self._admit(self._head.declared_length)
        clock = asyncio.get_running_loop().time
        deadline = clock() + limits.body_deadline
        while not self.is_complete:
            size_before = self.size
            window = min(clock() + limits.progress_window, deadline)
            try:
                async with asyncio.timeout_at(window):
                    await self._read_on()
            except TimeoutError:
                if window == deadline or self.size - size_before < limits.progress:
                    raise _RefusedError(BODY_TOO_SLOW) from None
        if self._head.declared_length not in {None, self.size}:
            raise _RefusedError(INVALID_BODY_LENGTH)

    async def _read_on(self) -> None:
        while not self.is_complete:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _ClientGoneError
            chunk = message.get("body", b"")
            self.is_complete = not message.get("more_body", False)
            self._admit(self.size + len(chunk))
            self._hold(chunk)

    def _admit(self, size: int) -> None:
        if size <= self._allowed:
            return
        if size > self._limit:
            raise _RefusedError(
                Refusal(
                    status=413,
                    code="body_too_large",
                    detail=f"The body may have at most {self._limit} bytes here.",
                    facts={"limit": self._limit},
                )
            )
        if not self._gate.may_send_large(dict(self._head.headers), self._head.path):
            raise _RefusedError(NOT_AUTHENTICATED)
        self._allowed = self._limit

    def _hold(self, chunk: bytes) -> None:
        gate = self._gate
        if gate.bodies_in_flight + len(chunk) > gate.limits.bodies_in_flight:
            seconds = gate.limits.retry_after
            raise _RefusedError(
                Refusal(
                    status=503,
                    code="server_busy",
                    detail="Too many large requests are under way. Try again shortly.",
                    headers=(("Retry-After", str(seconds)),),
                    facts={"retry_after": seconds},
                )
            )
        gate.bodies_in_flight += len(chunk)
        self.size += len(chunk)
        self._chunks.append(chunk)

    def take(self) -> bytes:
        """The body, once: it is not kept here, but counts as in flight until ``release``."""
        body = b"".join(self._chunks)
        self._chunks.clear()
        return body

    def release(self) -> None:
        """The body is needed no more. May be called again."""
        self._chunks.clear()
        self._gate.bodies_in_flight -= self.size
        self.size = 0


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives ``body`` whole, and after that only the client's hanging up."""
    pending = [body]

    async def replay() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return message

    return replay
