"""The floor in Python: ``websockets.broadcast`` to all who are connected, and nothing else.

Talks to overlays like this project, is ordered about like ``bench.launch_ours`` and runs on the
same event loop. With ``--deflate`` it takes the library's default, which is to compress.
"""

import argparse
import asyncio
import json
import sys
import time
from typing import Final

import uvloop
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve

PADDING: Final = "x" * 900  # about 1 KB with what stands around it


def text_of(kind: str, seq: int) -> str:
    return json.dumps(
        {"type": kind, "stream": "overlay.1", "seq": seq, "data": {"padding": PADDING}},
        separators=(",", ":"),
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def obey_orders(server: Server, head: list[int]) -> None:
    loop, orders = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        count = int(line.split()[2])
        at = time.monotonic()
        for _ in range(count):
            head[0] += 1
            broadcast(server.connections, text_of("graphic_update", head[0]))
            await asyncio.sleep(0)
        say(json.dumps({"seq": head[0], "at": at}))


async def main(*, deflates: bool) -> None:
    head = [0]

    async def greet(client: ServerConnection) -> None:
        await client.send(text_of("snapshot", head[0]))
        await client.wait_closed()

    compression = "deflate" if deflates else None
    async with serve(greet, "127.0.0.1", 0, compression=compression, backlog=2048) as server:
        host, port = server.sockets[0].getsockname()
        say(f"Serving on http://{host}:{port}")
        await obey_orders(server, head)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--deflate", action="store_true", help="let clients have compression")
    uvloop.run(main(deflates=parser.parse_args().deflate))
