"""A look into the database of a running server: what REST does not show."""

import contextlib
from typing import Any

from tests.support.databases import connect_to, execute
from tests.support.server import RunningServer

__all__ = ["audited", "connect", "execute", "rows", "value"]


def connect(server: RunningServer) -> Any:
    """A connection of its own, in autocommit; the caller closes it."""
    return connect_to(server.environment["DATABASE_URL"])


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
