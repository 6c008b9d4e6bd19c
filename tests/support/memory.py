"""How much memory a server has, as the machine sees it."""

import asyncio
import time
from pathlib import Path

from tests.support.server import RunningServer

SECONDS_TO_WAIT = 30
KIB = 1024


def memory_of(server: RunningServer) -> int:
    """The bytes of RAM that the server's process has now."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * KIB


async def await_memory(server: RunningServer, *, at_most: int) -> None:
    """The server gives memory back after it has answered: wait until it has."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while (now := memory_of(server)) > at_most:
        assert time.monotonic() < deadline, f"{now} bytes are not given back; {at_most} may be left"
        await asyncio.sleep(0.2)
