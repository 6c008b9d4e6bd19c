"""All of it as on air: two processes on PostgreSQL and Redis behind the shipped nginx."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.proxy import Proxy, proxy
from tests.support.server import RunningServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Two processes of the server, each on a port of its own, and the proxy in front of them."""

    servers: list[RunningServer]
    proxy: Proxy

    @property
    def http_url(self) -> str:
        return self.proxy.http_url

    def client(self, *, come_from: str = "127.0.0.1") -> Api:
        """A client at another address of this machine; what it says of itself is a lie."""
        transport = httpx.HTTPTransport(verify=self.proxy.tls(), local_address=come_from)
        return Api(self.proxy, transport=transport)  # type: ignore[arg-type]

    def make_whole(self) -> None:
        for server in self.servers:
            if server.process is None or server.process.poll() is not None:
                server.start()


@contextmanager
def installed(databases: Databases, folder: Path) -> Iterator[Installation]:
    """A new one, with a database of its own; it ends with the block."""
    on_air = {
        "APP_ENV": "production",
        "SECRET_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",  # tests ask the processes for their health, too
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "REDIS_PREFIX": f"gal-test-{os.getpid()}-{secrets.token_hex(4)}",
        "TRUSTED_PROXIES": "1",
        "RATE_LIMITS": "on",
    }
    with ExitStack() as running:
        servers = running.enter_context(processes(databases, folder, count=2, environment=on_air))
        front = running.enter_context(proxy(folder / "nginx", servers))
        yield Installation(servers=servers, proxy=front)
