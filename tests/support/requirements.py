"""What some tests need and a machine may lack: PostgreSQL, Redis, Chromium, nginx, faketime.

Absent, their tests are skipped with one line. ``GAL_REQUIRE=postgres,redis,browser,nginx,faketime``
makes an absence a failure, so that a run that must be whole cannot be green by skipping.
"""

import os
import shutil
import socket
from dataclasses import dataclass

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NGINX = ("nginx", "/usr/sbin/nginx")  # Debian keeps it where only root looks


@dataclass(frozen=True, slots=True)
class Requirement:
    """``name`` as in ``GAL_REQUIRE``, ``marker`` as on the tests."""

    name: str
    marker: str
    title: str
    port: int | None = None
    programs: tuple[str, ...] = ()

    def is_there(self) -> bool:
        if self.port is None:
            return program(*self.programs) is not None
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


REQUIREMENTS = (
    Requirement("postgres", "postgresql", "PostgreSQL on 127.0.0.1:5432", 5432),
    Requirement("redis", "redis", "Redis on 127.0.0.1:6379", 6379),
    Requirement("redis", "redis_server", "redis-server", programs=("redis-server",)),
    Requirement("browser", "browser", "Chromium", programs=CHROMIUM),
    Requirement("faketime", "faketime", "faketime", programs=("faketime",)),
    Requirement("nginx", "nginx", "nginx", programs=NGINX),
)


def program(*names: str) -> str | None:
    """The path of the first of these programs that is there."""
    return next((path for name in names if (path := shutil.which(name))), None)


def chromium() -> str | None:
    """The path of a Chromium, Debian's by preference."""
    return program(*CHROMIUM)


def demanded() -> set[str]:
    return {name.strip() for name in os.environ.get("GAL_REQUIRE", "").split(",")} - {""}


def absent() -> list[Requirement]:
    return [requirement for requirement in REQUIREMENTS if not requirement.is_there()]
