"""The database: is it there, may it be written, and has it the tables of this release?"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from gal_dashboard.core.clock import database_now
from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning

PART: Final = "database"
# On these SQLite's shared memory and locks do not work.
OF_A_NETWORK: Final = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3", "vboxsf"}
)
LOST_SOON: Final = {
    "overlay": "the container's own layer, and lost with the container",
    "ramfs": "memory, and lost when the machine stops",
    "tmpfs": "memory, and lost when the machine stops",
}
# Beside the threads of Django: the hub's, the sweeper's, the pruner's, and one to spare.
BESIDE_THREADS: Final = 4
UTC: Final = frozenset({"Etc/UTC", "GMT", "UTC"})
CLOCK_WARNING_SECONDS: Final = 1.0
CLOCK_PROBLEM_SECONDS: Final = 30.0  # as much as tokens of several hosts may differ


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def reachable() -> Iterator[Finding]:
    """Whether there is one, and whether it can be used. A missing file is not made."""
    if is_sqlite():
        faults = list(_sqlite_file(Path(settings.DATABASES["default"]["NAME"])))
        yield from faults
        if faults:
            return
    try:
        connection.ensure_connection()
        yield from _sqlite() if is_sqlite() else _postgresql()
    except Error as error:
        connection.close()
        advice = (
            "See that the file is a database and nobody else holds it."
            if is_sqlite()
            else "Start PostgreSQL, and see that DATABASE_URL names host, user, password and "
            "database as they are."
        )
        yield problem(PART, f"The database does not answer: {first_line(error)}", advice)


def first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _sqlite_file(path: Path) -> Iterator[Finding]:
    """Why the file cannot be used, if so."""
    if not path.exists():
        yield problem(PART, f"There is no database at {path}.", "manage.py first_start makes it.")
        return
    for place in (path, path.parent):
        # SQLite makes two files beside it
        if not os.access(place, os.W_OK):
            message = f"Whoever runs this may not write {place}."
            yield problem(PART, message, "Give it to the user that runs the server (chown).")


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
    path = Path(settings.DATABASES["default"]["NAME"]).resolve()
    yield ok(PART, f"SQLite {version} at {path} can be written.")
    if mode != "wal":
        advice = "Stop the server, and see that nothing else has the file open."
        yield problem(PART, f"The journal of SQLite is {mode}, not wal.", advice)
    kind = _file_system_of(path)
    if kind in OF_A_NETWORK:
        message = f"The file is on a file system of a network ({kind}), where it can break."
        yield problem(PART, message, "Move it to a local disk, or use PostgreSQL.")
    elif kind in LOST_SOON:
        message = f"The file is in {LOST_SOON[kind]}."
        yield warning(PART, message, "Move it to a disk or a volume, and correct DATABASE_URL.")


def _file_system_of(path: Path) -> str:
    """By Linux's own list; empty where there is none."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = [line.split()[1:3] for line in mounts]
    holding = [(where, kind) for where, kind in found if path.is_relative_to(where)]
    return max(holding, key=lambda one: len(one[0]), default=("", ""))[1]


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_encoding'),"
            " current_setting('max_connections')::int,"
            # of its own; every connection of ours asks for UTC
            " (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone')"
        )
        version, encoding, most, zone = cursor.fetchone()
    of_its_own = "" if zone in UTC else f" (it shows others {zone})"
    yield ok(PART, f"PostgreSQL {version} answers; we speak of times in UTC{of_its_own}.")
    if encoding != "UTF8":
        message = f"The database is in {encoding}: it cannot hold every name."
        yield problem(PART, message, "Make a new one: createdb --encoding=UTF8, and move the data.")
    needed = settings.WEB_THREADS + BESIDE_THREADS
    if needed > most:
        message = f"One server process needs {needed} connections; PostgreSQL gives {most} in all."
        yield problem(PART, message, "Lower WEB_THREADS, or raise max_connections.")
    else:
        yield ok(PART, f"{most} connections are enough for {most // needed} server processes.")


def migrated() -> Iterator[Finding]:
    """Whether the tables are those of this release."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    missing = executor.migration_plan(graph.leaf_nodes())
    unknown = set(executor.loader.applied_migrations) - set(graph.nodes)
    ours = {app for app, _ in graph.nodes}
    newer = sorted(f"{app}.{name}" for app, name in unknown if app in ours)
    if missing:
        message = f"{len(missing)} migrations have not been made."
        yield problem(PART, message, "Stop the server, make a backup, then: manage.py migrate")
    elif newer:
        message = f"The database is of a newer release: it has {', '.join(newer)}."
        yield problem(PART, message, "Install that release again.")
    else:
        yield ok(PART, "All migrations have been made.")


def clock() -> Iterator[Finding]:
    """Whether this machine and the database agree on the time; locks end by the database's."""
    if is_sqlite():
        return
    apart = abs((database_now() - timezone.now()).total_seconds())
    advice = "Let both machines keep time by NTP."
    if apart > CLOCK_PROBLEM_SECONDS:
        yield problem("clock", f"The database's clock is {apart:.0f} s away from ours.", advice)
    elif apart > CLOCK_WARNING_SECONDS:
        yield warning("clock", f"The database's clock is {apart:.1f} s away from ours.", advice)
    else:
        yield ok("clock", "This machine and the database agree on the time.")
