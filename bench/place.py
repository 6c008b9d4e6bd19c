"""Where a run takes place: databases of its own and, beside PostgreSQL, a Redis of its own."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from bench.plan import Plan
from tests.support.databases import Databases, base_environment
from tests.support.redis_server import redis_server


class UnavailableError(Exception):
    """Raised with one sentence when this machine lacks what the plan needs."""


class Place:
    """What the servers of a run share; all of it is gone after ``open_place``."""

    def __init__(self, folder: Path, databases: Databases, redis_url: str) -> None:
        self.folder = folder
        self.redis_url = redis_url
        self._databases = databases

    def environment(self, database_url: str) -> dict[str, str]:
        """For this project's server: as a test's, so without limits of rate."""
        return base_environment() | {"DATABASE_URL": database_url, "REDIS_URL": self.redis_url}

    def migrated(self) -> str:
        """The URL of a new database of this project."""
        return self._databases.new()

    def empty(self) -> str:
        """The URL of a new database without tables, as its engine makes it."""
        return self._databases.new_empty()


@contextlib.contextmanager
def open_place(plan: Plan) -> Iterator[Place]:
    """Raises ``UnavailableError``."""
    refuse_unless_available(plan.database)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gal-bench-")))
        databases = Databases(plan.database, folder)
        stack.callback(databases.drop_all)
        redis_url = ""
        if plan.database == "postgresql":
            redis_url = stack.enter_context(redis_server(folder)).url
        yield Place(folder, databases, redis_url)


def refuse_unless_available(engine: str) -> None:
    """Raises ``UnavailableError``."""
    if engine == "sqlite":
        return
    if shutil.which("redis-server") is None:
        raise UnavailableError("With PostgreSQL goes a Redis: redis-server is not installed.")
    try:
        version_of_postgresql()
    except psycopg2.OperationalError as error:
        raise UnavailableError(f"PostgreSQL does not answer: {error}".strip()) from error


def version_of_postgresql() -> str:
    connection = psycopg2.connect(host="127.0.0.1", dbname="postgres")
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def version_of(engine: str) -> str:
    return sqlite3.sqlite_version if engine == "sqlite" else version_of_postgresql()
