"""Reads whose SQL is written once: for one row Django takes longer to write a query than any
database to answer it, and a request on a hot path has several.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Expression, Field, Model, QuerySet
from django.db.transaction import TransactionManagementError

from gal_dashboard.core.clock import database_now

AnyModel = TypeVar("AnyModel", bound=Model)


def attributes_of(model: type[Model], *, without: Collection[str] = ()) -> list[str]:
    """What ``values()`` must name for rows from which ``instance_of`` makes a model."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django documents _meta
    return [field.attname for field in fields if field.attname not in without]


def instance_of(model: type[AnyModel], row: Mapping[str, Any]) -> AnyModel:
    """The model of a row, as a queryset would give it; what the row lacks is deferred."""
    return model.from_db(connection.alias, list(row), list(row.values()))


class Slot(Expression):
    """A value that each call gives, in the place of a value in a filter."""

    def __init__(self, name: str, field: Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def value(self, values: Mapping[str, Any]) -> Any:
        """What is bound in its place, of the values that the call gives."""
        return values[self.name]


class Now(Slot):
    """The database's clock at the call, without a question of its own: see ``database_now``."""

    def __init__(self) -> None:
        super().__init__("now", DateTimeField())

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return "clock_timestamp()", []

    def value(self, values: Mapping[str, Any]) -> datetime:
        return database_now()


_MADE: Final[list["Prepared"]] = []


def rehearse() -> None:
    """All that is prepared, once on this thread, so that no request has to write SQL first."""
    # SQLite, which locks no rows, would lock all of itself
    locks_rows = connection.features.has_select_for_update
    with transaction.atomic() if locks_rows else nullcontext():
        for prepared in tuple(_MADE):
            prepared.rehearse()


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    parameters: Sequence[Any]
    names: Sequence[str]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    locks_rows: bool


class Prepared:
    """``make`` gives the queryset, of ``values()``, with a ``Slot`` for whatever differs.

    ``locking`` gives another one, which locks rows, for the same slots: where rows can be locked it
    goes first, in the same message, so that the rows are read as they are under the lock, and with
    them what belongs to them and is not locked itself. Both are of one model.

    All else in it stays as it is at the first call for good: a moment or a setting needs a slot.
    Each thread writes the SQL once for the connection that it keeps.
    """

    def __init__(
        self,
        make: Callable[[], QuerySet[Any, Any]],
        *,
        locking: Callable[[], QuerySet[Any, Any]] | None = None,
    ) -> None:
        self._make = make
        self._locking = locking
        self._of_thread = threading.local()
        _MADE.append(self)

    def rows(self, **values: Any) -> list[dict[str, Any]]:
        """What the queryset gives with these values in its slots."""
        # the name is a proxy that looks for the thread's connection whenever it is used
        database = connections[DEFAULT_DB_ALIAS]
        statement = self._statement(database)
        if statement.locks_rows and not database.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction only.")
        bound = [
            one.output_field.get_db_prep_value(one.value(values), database)
            if isinstance(one, Slot)
            else one
            for one in statement.parameters
        ]
        with database.cursor() as cursor:
            cursor.execute(statement.sql, bound)
            found = cursor.fetchall()
        return [_row(statement, row, database) for row in found]

    def first(self, **values: Any) -> dict[str, Any] | None:
        """The first of ``rows``; the queryset should end after it."""
        return next(iter(self.rows(**values)), None)

    def rehearse(self) -> None:
        """Write the SQL, and ask the database for what nobody has: nothing is equal to NULL."""
        statement = self._statement(connections[DEFAULT_DB_ALIAS])
        if connection.in_atomic_block or not statement.locks_rows:
            slots = (one for one in statement.parameters if isinstance(one, Slot))
            self.rows(**{slot.name: None for slot in slots})

    def _statement(self, database: BaseDatabaseWrapper) -> _Statement:
        known: dict[str, _Statement] = self._of_thread.__dict__
        # tests turn from one database to another
        statement = known.get(database.vendor)
        if statement is None:
            statement = known[database.vendor] = self._write_all(database)
            if self._write_all(database).parameters != statement.parameters:
                raise TypeError("What is another at every call, such as a moment, needs a Slot.")
        return statement

    def _write_all(self, database: BaseDatabaseWrapper) -> _Statement:
        statement = _write(self._make())
        if self._locking is None:
            return statement
        statement = replace(statement, locks_rows=True)
        if not database.features.has_select_for_update:
            return statement
        queryset = self._locking()
        first, table = _write(queryset), queryset.model._meta.db_table  # noqa: SLF001 - Django documents _meta
        # locked already, but for a row that was committed between the two
        own = f"FOR UPDATE OF {database.ops.quote_name(table)}"
        return replace(
            statement,
            sql=f"{first.sql}; {statement.sql} {own}",
            parameters=(*first.parameters, *statement.parameters),
        )


def _write(queryset: QuerySet[Any, dict[str, Any]]) -> _Statement:
    query = queryset.query
    compiler = query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    if not query.values_select:
        raise TypeError("Only values() can be prepared.")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Statement(
        sql=sql,
        parameters=tuple(parameters),
        names=tuple(query.selected or query.values_select),
        converters=tuple((at, convert, column) for at, (convert, column) in converters.items()),
        locks_rows=query.select_for_update,
    )


def _row(
    statement: _Statement, row: Sequence[Any], database: BaseDatabaseWrapper
) -> dict[str, Any]:
    values = list(row)
    for at, converters, column in statement.converters:
        for convert in converters:
            values[at] = convert(values[at], column, database)
    return dict(zip(statement.names, values, strict=True))
