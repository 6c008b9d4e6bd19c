"""Rows that are written by SQL made once: what every save, lock and event writes is always alike,
and Django takes several times as long to word it as the databases to do it.

No signal is sent, and nothing is looked at: the caller has judged the row.

What nobody asks for again within its transaction may be put off to the end of it, where
PostgreSQL gets all that is left in one message: docs/decisions/0030.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import chain
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.transaction import mark_for_rollback_on_error

# More rows at once take as many statements; the longest then has some hundred parameters.
MOST_AT_ONCE: Final = 20

# What fields of these very classes store unchanged; of their subclasses nothing is known.
_PLAIN: Final[Mapping[type, type]] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveBigIntegerField: int,
    models.ForeignKey: int,
}

# Beyond these nothing is gained by waiting, and one message of it all would be in memory several
# times.
LONGEST_PUT_OFF: Final = 64 * 1024
MOST_PUT_OFF: Final = 200

# SQL with the values of its places.
Statement = tuple[str, Sequence[Any]]

_put_off: ContextVar[list[Statement] | None] = ContextVar("gal_rows_put_off", default=None)


@contextmanager
def putting_off() -> Iterator[list[Statement]]:
    """Whoever opens a transaction collects what is put off, and runs it as its last statements.

    Whoever opens another one within runs it before, and forgets what was put off since if it fails.
    """
    statements: list[Statement] = []
    token = _put_off.set(statements)
    try:
        yield statements
    finally:
        _put_off.reset(token)


def insert_at_the_end(row: Model) -> None:
    """Store a new row with what is put off, and at once where nothing is. It gets no key."""
    _put_off_or_run(insertion(row))


def update_at_the_end(row: Model, *names: str) -> None:
    """Store these fields, as ``save(update_fields=names)`` does, with what is put off or at once.

    Only for a row that the transaction has locked, itself or by the row that it belongs to: nothing
    says whether it was there.
    """
    model = type(row)
    values = _values(row, _fields(model, names), add=False)
    _put_off_or_run((_change(model, names, connection.vendor), [*values, row.pk]))


def run_put_off() -> None:
    """What was put off until here, for whoever wants to read what it wrote."""
    statements = _put_off.get()
    if statements:
        run(statements)
        statements.clear()


def _put_off_or_run(statement: Statement) -> None:
    statements = _put_off.get()
    if statements is None:
        run([statement])
        return
    statements.append(statement)
    longest = max((len(value) for value in statement[1] if type(value) is str), default=0)
    if longest > LONGEST_PUT_OFF or len(statements) >= MOST_PUT_OFF:
        run_put_off()


def run(statements: Sequence[Statement]) -> list[tuple[Any, ...]]:
    """Run these one after the other within the caller's transaction; the rows of the last one.

    Those are what psycopg2 gives of several statements in one message.
    """
    if not statements:
        return []
    database = connections[DEFAULT_DB_ALIAS]
    with mark_for_rollback_on_error(using=database.alias), database.cursor() as cursor:
        if database.vendor == "postgresql":
            sql = "; ".join(statement for statement, _ in statements)
            cursor.execute(sql, list(chain.from_iterable(values for _, values in statements)))
        else:
            for statement, values in statements:
                cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def insertion(row: Model, *, is_keyed: bool = False) -> Statement:
    """What stores a new row and, if it ``is_keyed``, gives its key."""
    model = type(row)
    sql = _insertion(model, 1, connection.vendor, is_keyed=is_keyed)
    return sql, _values(row, _fields(model))


def insert(rows: Sequence[Model]) -> None:
    """Store new rows of one model and give each its key, as ``bulk_create`` does.

    More than ``MOST_AT_ONCE`` are several statements: the caller has opened a transaction.
    """
    database = connections[DEFAULT_DB_ALIAS]
    with mark_for_rollback_on_error(using=database.alias), database.cursor() as cursor:
        for first in range(0, len(rows), MOST_AT_ONCE):
            some = rows[first : first + MOST_AT_ONCE]
            model = type(some[0])
            fields = _fields(model)
            values = [value for row in some for value in _values(row, fields)]
            cursor.execute(_insertion(model, len(some), database.vendor, is_keyed=True), values)
            for row, (key,) in zip(some, cursor.fetchall(), strict=True):
                row.pk = key
                row._state.adding = False  # noqa: SLF001 - Django documents _state
                row._state.db = database.alias  # noqa: SLF001 - as above


def _values(row: Model, fields: Sequence[Any], *, add: bool = True) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]
    return [_value(database, field, row, add=add) for field in fields]


def _value(database: BaseDatabaseWrapper, field: Any, row: Model, *, add: bool) -> Any:
    value = field.pre_save(row, add=add)
    # most values go as they are, and Django asks each of five layers before it agrees
    if value is None or type(value) is _PLAIN.get(type(field)):
        return value
    return field.get_db_prep_save(value, connection=database)


@cache
def _fields(model: type[Model], names: Sequence[str] | None = None) -> Sequence[Any]:
    """Those of these names, in this order; without names all but the key, which is made."""
    fields = model._meta.local_concrete_fields  # noqa: SLF001 - Django documents _meta
    if names is None:
        return [field for field in fields if not field.primary_key]
    known = {name: field for field in fields for name in (field.name, field.attname)}
    return [known[name] for name in names]


@cache  # each database quotes in its own way
def _insertion(model: type[Model], count: int, vendor: str, *, is_keyed: bool) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = [quote(field.column) for field in _fields(model)]
    row = f"({', '.join(['%s'] * len(columns))})"
    return (
        f"INSERT INTO {_table(model)} ({', '.join(columns)})"  # noqa: S608 - names of the models' own
        f" VALUES {', '.join([row] * count)}{f' RETURNING {_key(model)}' if is_keyed else ''}"
    )


@cache
def _change(model: type[Model], names: Sequence[str], vendor: str) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in _fields(model, names))
    return f"UPDATE {_table(model)} SET {changes} WHERE {_key(model)} = %s"  # noqa: S608 - as above


def _table(model: type[Model]) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table)  # noqa: SLF001 - as above


def _key(model: type[Model]) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(str(model._meta.pk.column))  # noqa: SLF001 - as above
