"""What a run was made of: without it nobody can compare its figures with another's."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.place import version_of
from bench.plan import spread_over_cores
from bench.servers import ROOT

PACKAGES = (
    "channels",
    "django",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "fastapi",
    "httptools",
    "orjson",
    "psycopg2-binary",
    "pydantic",
    "redis",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "uvloop",
    "websockets",
)


def describe(engine: str) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "is_dirty": bool(_git("status", "--porcelain")),
        "cpu": _cpu(),
        "cores": len(frozenset.union(*spread_over_cores())),
        "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "database": {"engine": engine, "version": version_of(engine)},
        "redis": _redis() if engine == "postgresql" else None,
    }


def load() -> list[float]:
    """The load average of 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _git(*arguments: str) -> str | None:
    return _said_by("git", *arguments)


def _redis() -> str | None:
    return _said_by("redis-server", "--version")


def _said_by(program: str, *arguments: str) -> str | None:
    path = shutil.which(program)
    if path is None:
        return None
    done = subprocess.run(  # noqa: S603 - two programs of ours
        [path, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
