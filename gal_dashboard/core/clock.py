"""The database's clock, which all processes share and which decides what has expired."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The time by the database's clock at this very moment.

    Read it after the row lock that it is to be compared under: on PostgreSQL ``now()`` would be the
    start of the transaction, which may have waited for that lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
    # SQLite has no clock but its host's, which is ours.
    return datetime.now(UTC)
