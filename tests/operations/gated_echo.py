"""Apps for tests on the wire: the gate, and behind it one that says what reached it.

``application`` is for servers in their own process: its limits come from the environment as JSON,
so that no test sends much or waits long. A header ``authorization: yes`` may send large bodies.
"""

import asyncio
import json
import os
import time

from gal_dashboard.operations.gate import Gate, GateLimits, Message, Receive, Scope, Send

LIMITS_VARIABLE = "GATED_ECHO_LIMITS"


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Gives back what it gets, and prints the close code that it hears. ``/flood`` only sends."""
    await receive()
    await send({"type": "websocket.accept"})
    while scope["path"] == "/flood":
        await send({"type": "websocket.send", "text": "x" * 60_000})
    while (message := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": message["text"]})
    print("closed with", message["code"], flush=True)  # noqa: T201


async def _http(scope: Scope, receive: Receive, send: Send) -> None:
    message: Message = {"more_body": True}
    length = 0
    while message.get("more_body"):
        message = await receive()
        length += len(message.get("body", b""))
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/stuck":
        await asyncio.to_thread(time.sleep, 60)
    refusal = scope.get("gal.refusal")
    answer = {
        "process": os.getpid(),
        "path": scope["path"],
        "query": scope["query_string"].decode("ascii"),
        "headers": {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
        "length": length,
        "refusal": refusal and refusal.code,
    }
    body = json.dumps(answer).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    status = refusal.status if refusal else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    else:
        await _http(scope, receive, send)


async def never_starts(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "lifespan.startup.failed", "message": "the reason why"})


def gated(limits: GateLimits) -> Gate:
    return Gate(
        echo,
        limits=limits,
        may_send_large=lambda headers, path: headers.get(b"authorization") == b"yes",
    )


application = gated(GateLimits(**json.loads(os.environ.get(LIMITS_VARIABLE, "{}"))))
