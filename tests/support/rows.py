"""A look into the database of a running server: what REST does not show."""

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import Any

import dj_database_url
import psycopg2

from tests.support.server import RunningServer


def connect(server: RunningServer) -> Any:
    """A connection of its own, in autocommit; the caller closes it."""
    database = dj_database_url.parse(server.environment["DATABASE_URL"])
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


def rows(server: RunningServer, statement: str, *parameters: Any) -> list[tuple]:
    with contextlib.closing(connect(server)) as connection:
        return execute(connection, statement, parameters)


def value(server: RunningServer, statement: str, *parameters: Any) -> Any:
    """The one value that ``statement`` gives."""
    [(found,)] = rows(server, statement, *parameters)
    return found


def audited(server: RunningServer, action: str) -> list[tuple]:
    """Who did ``action``, to what, oldest first: (actor, target type, target id)."""
    return rows(
        server,
        "SELECT actor_name, target_type, target_id FROM audit_auditentry "
        "WHERE action = %s ORDER BY id",
        action,
    )
