"""A PostgreSQL that is away for a server, and back again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import dj_database_url
import psycopg2

from tests.support.server import RunningServer


@contextmanager
def away(server: RunningServer) -> Iterator[None]:
    """Nobody is let into the server's database, and who is inside is thrown out."""
    database = dj_database_url.parse(server.environment["DATABASE_URL"])
    name = database["NAME"]
    where = {"host": database["HOST"], "user": database["USER"], "dbname": "postgres"}
    with closing(psycopg2.connect(**where)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
