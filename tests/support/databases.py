"""Databases for servers that tests start: each new, migrated once and then copied."""

import contextlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg2

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = "postgres://{user}@127.0.0.1:5432/{name}"
_numbers = itertools.count(1)


def base_environment() -> dict[str, str]:
    """What a server under test sees: nothing of the developer's own environment but the path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "gal_dashboard.settings",
        "SECRET_KEY": "server-under-test-secret-key-0123456789",
        "DASHBOARD_MASTER_PASSWORD": "correct-horse-battery",
        "DASHBOARD_VIEWER_PASSWORD": "only-looking-around",
        "LOG_LEVEL": "INFO",
        "RATE_LIMITS": "off",
        # tests choose the address they come from by X-Forwarded-For
        "TRUSTED_PROXIES": "1",
        "WEB_THREADS": "4",
    }


def run_manage(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of manage.py, to its end. Raises with its output if it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
    return done


class Databases:
    """Makes empty, migrated databases of one engine and removes them in the end."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._template: str | None = None
        self._made: list[str] = []

    def new(self) -> str:
        """The URL of a new migrated database."""
        if self._template is None:
            self._template = self._create(template=None)
            run_manage(
                base_environment() | {"DATABASE_URL": self._url(self._template)},
                "migrate",
                "--verbosity=0",
            )
        return self._url(self._create(template=self._template))

    def new_empty(self) -> str:
        """The URL of a new database without any table."""
        return self._url(self._create(template=None))

    def copy_of(self, url: str) -> str:
        """The URL of a copy; nobody may be connected to the original."""
        return self._url(self._create(template=Path(url).name.removesuffix(".sqlite3")))

    def drop_all(self) -> None:
        if self.engine == "postgresql":
            for name in reversed(self._made):
                _postgres(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.clear()

    def _create(self, *, template: str | None) -> str:
        name = f"gal_test_{os.getpid()}_{next(_numbers)}"
        if self.engine == "postgresql":
            _postgres(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        elif template:
            shutil.copy(self._folder / f"{template}.sqlite3", self._folder / f"{name}.sqlite3")
        self._made.append(name)
        return name

    def _url(self, name: str) -> str:
        if self.engine == "postgresql":
            return POSTGRESQL.format(user=_postgres_user(), name=name)
        return f"sqlite:///{self._folder / name}.sqlite3"


def _postgres_user() -> str:
    return os.environ.get("PGUSER") or os.environ.get("USER") or "root"


def _postgres(statement: str) -> None:
    connection = psycopg2.connect(host="127.0.0.1", user=_postgres_user(), dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def connect_to(url: str) -> Any:
    """A connection in autocommit; the caller closes it."""
    database = dj_database_url.parse(url)
    if database["ENGINE"].endswith("sqlite3"):
        return sqlite3.connect(database["NAME"], timeout=20, isolation_level=None)
    connection = psycopg2.connect(
        host=database["HOST"], port=database["PORT"], user=database["USER"], dbname=database["NAME"]
    )
    connection.autocommit = True
    return connection


def execute(connection: Any, statement: str, parameters: Sequence[Any] = ()) -> list[tuple]:
    """The rows that ``statement`` gives, ``%s`` being its parameters on both engines."""
    with contextlib.closing(connection.cursor()) as cursor:
        if isinstance(connection, sqlite3.Connection):
            statement = statement.replace("%s", "?")
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
