"""Backups of PostgreSQL, by its own tools: pg_dump, pg_restore and psql must be installed."""

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection

from gal_dashboard.operations.backups import new_life
from gal_dashboard.operations.backups.client_program import ClientProgram, output_of
from gal_dashboard.operations.backups.engine import BackupError

SUFFIX: Final = ".dump"
# Requests end within half a minute; whoever holds a table longer than this is no request.
LOCK_TIMEOUT: Final = "60s"
# Tables are locked one by one, and a request under way may hold one and want another.
ATTEMPTS: Final = 5
WORTH_ANOTHER: Final = ("deadlock detected", "lock timeout")

_AS_IT_WAS: Final = ("--no-owner", "--no-privileges")
_AS_SCRIPT: Final = ("pg_restore", "--clean", "--if-exists", *_AS_IT_WAS, "--file=-")
_PSQL: Final = ("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
# Also those that the copy does not know, of newer migrations.
_DROP_ALL_TABLES: Final = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', name);
    END LOOP;
END $$;
"""
_MIGRATION: Final = re.compile(r"^\d+\t(\w+)\t(\w+)\t", re.MULTILINE)


def copy_to(path: Path) -> None:
    output_of("pg_dump", "--format=custom", *_AS_IT_WAS, f"--file={path}")
    output_of("pg_restore", "--list", str(path))  # it can be read again


def migrations_in(path: Path) -> set[tuple[str, str]]:
    rows = output_of(
        "pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(path)
    )
    return set(_MIGRATION.findall(rows))


def put_back(path: Path) -> None:
    """One transaction. A copy of older tables is migrated after it: until then requests that need
    the newer ones fail.
    """
    for attempt in range(1, ATTEMPTS + 1):
        said = _replace_all(path)
        if said is None:
            break
        if attempt == ATTEMPTS or not any(word in said for word in WORTH_ANOTHER):
            raise BackupError(f"PostgreSQL refused it: {said}")
    connection.close()  # what it knew of the tables is no longer so
    call_command("migrate", interactive=False, verbosity=0)


def _replace_all(path: Path) -> str | None:
    """Have psql do it; ``None``, or what it said when it changed nothing."""
    with ClientProgram(*_PSQL) as psql, ClientProgram(*_AS_SCRIPT, str(path)) as restore:
        with suppress(BrokenPipeError):  # psql ends at the first error
            psql.input.write(f"SET lock_timeout = '{LOCK_TIMEOUT}';{_DROP_ALL_TABLES}".encode())
            shutil.copyfileobj(restore.output, psql.input)
            if restore.wait() != 0:
                raise BackupError(restore.last_words())  # psql is killed before it can commit
            psql.input.write(_new_life().encode())
            psql.input.close()  # only this makes it commit
        return None if psql.wait() == 0 else psql.last_words()


def _new_life() -> str:
    # the script before it leaves an empty search path behind
    return "".join(f"{statement};\n" for statement in ["RESET search_path", *new_life.statements()])
