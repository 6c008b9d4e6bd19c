"""A database that is away for one reader."""

from typing import Any

from django.db import OperationalError, connection


class Outage:
    """The database fails for the hub, which reads on its own connection, and for nobody else."""

    def __init__(self) -> None:
        self.is_on = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_on:
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    def install(self) -> None:
        connection.execute_wrappers.append(self)
