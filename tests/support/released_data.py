"""Databases as an earlier release left them: written into a file once, and laid out from it again.

A file has the migrations that the release knew, all rows of its database, and what it answered to
some requests. Before a release, keep one (a SQLite database that the release itself filled):

    python -m tests.support.released_data DATABASE > tests/operations/releases/RELEASE.json

and add ``"answers": {path: body}`` by hand, as the release gave them.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.support.databases import ROOT, base_environment, connect_to, execute

RELEASES = ROOT / "tests" / "operations" / "releases"
NOT_DATA = {"django_migrations", "sqlite_sequence"}

_MIGRATE = """
import json, sys, django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([tuple(one) for one in json.loads(sys.argv[1])])
"""


class Release:
    """What stands in one file."""

    def __init__(self, name: str) -> None:
        kept = json.loads((RELEASES / f"{name}.json").read_text(encoding="utf-8"))
        self.migrations: dict[str, str] = kept["migrations"]
        self.tables: dict[str, dict[str, list]] = kept["tables"]
        self.answers: dict[str, Any] = kept["answers"]

    def lay_out(self, url: str) -> None:
        """Make the empty database at ``url`` what this release left."""
        migrate_to(url, self.migrations)
        with _transaction(url) as connection:
            # what the migrations put there is among the rows of the file
            for table in self.tables:
                execute(connection, f'DELETE FROM "{table}"')  # noqa: S608
            for table, kept in self.tables.items():
                _insert(connection, table, kept["columns"], kept["rows"])
            if not isinstance(connection, sqlite3.Connection):
                _go_on_numbering(connection, self.tables)


def migrate_to(url: str, targets: Mapping[str, str | None]) -> None:
    """These migrations by app, and no others; ``None`` takes all of an app back.

    In one process, and without what happens after a migration: no row is made but by migrations.
    """
    done = subprocess.run(
        [sys.executable, "-c", _MIGRATE, json.dumps(list(targets.items()))],
        cwd=ROOT,
        env=base_environment() | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _transaction(url: str) -> Iterator[Any]:
    """Foreign keys are looked at when all rows are there."""
    with closing(connect_to(url)) as connection:
        if not isinstance(connection, sqlite3.Connection):
            execute(connection, "SET TIME ZONE 'UTC'")
        execute(connection, "BEGIN")
        if not isinstance(connection, sqlite3.Connection):
            execute(connection, "SET CONSTRAINTS ALL DEFERRED")
        yield connection
        execute(connection, "COMMIT")


def _insert(connection: Any, table: str, columns: list[str], rows: list[list]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    for row in rows:
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
        execute(connection, statement, row)


def _go_on_numbering(connection: Any, tables: dict[str, dict[str, list]]) -> None:
    """New rows of PostgreSQL get numbers after those of the file."""
    for table, kept in tables.items():
        if "id" in kept["columns"]:
            [(sequence,)] = execute(connection, "SELECT pg_get_serial_sequence(%s, 'id')", [table])
            if sequence:
                newest = f'(SELECT max(id) FROM "{table}")'  # noqa: S608
                execute(connection, f"SELECT setval('{sequence}', {newest})")


def _keep(path: Path) -> str:
    """The text of a file for a SQLite database; one row a line, so that changes can be read."""
    with closing(sqlite3.connect(path)) as connection:
        migrations = dict(
            execute(connection, "SELECT app, max(name) FROM django_migrations GROUP BY app")
        )
        names = [
            name
            for (name,) in execute(
                connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            if name not in NOT_DATA
        ]
        tables = [f"{json.dumps(name)}: {_keep_table(connection, name)}" for name in names]
    return (
        f'{{"migrations": {json.dumps(migrations, indent=1)},\n"tables": {{\n'
        + ",\n".join(tables)
        + '\n},\n"answers": {}}\n'
    )


def _keep_table(connection: sqlite3.Connection, name: str) -> str:
    described = execute(connection, f'PRAGMA table_info("{name}")')
    # columns that the database computes are not among them
    columns, types = [row[1] for row in described], [row[2] for row in described]
    names = ", ".join(f'"{column}"' for column in columns)
    rows = [
        json.dumps(
            [
                bool(value) if kind == "bool" and value is not None else value
                for value, kind in zip(row, types, strict=True)
            ],
            ensure_ascii=False,
        )
        for row in execute(connection, f'SELECT {names} FROM "{name}"')  # noqa: S608
    ]
    text = ",\n ".join(rows)
    return f'{{"columns": {json.dumps(columns)}, "rows": [\n {text}\n]}}'


if __name__ == "__main__":
    sys.stdout.write(_keep(Path(sys.argv[1])))
