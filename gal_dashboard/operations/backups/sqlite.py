"""Backups of SQLite, by its own online backup: one read of a state that nobody waits for."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection, connections

from gal_dashboard.operations.backups import new_life
from gal_dashboard.operations.backups.engine import BackupError

SUFFIX: Final = ".sqlite3"
SECONDS_TO_WAIT: Final = 30.0
_RESTORED: Final = "restored"


def copy_to(path: Path) -> None:
    with _faults_named(path), closing(_open(_live_path())) as live, closing(_open(path)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        [(said,)] = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if said != "ok":
            raise BackupError(f"The copy is damaged, and so is the database: {said}.")


def migrations_in(path: Path) -> set[tuple[str, str]]:
    with _faults_named(path), closing(_open(path, mode="ro")) as copy:
        [(said,)] = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if said != "ok":
            raise BackupError(f"{path} is damaged: {said}.")
        return set(copy.execute("SELECT app, name FROM django_migrations"))


def put_back(path: Path) -> None:
    """A copy of the copy is made ready first: it is migrated and given its new life."""
    live = _live_path()
    live.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=live.parent) as folder:
        ready = Path(folder) / "ready.sqlite3"
        shutil.copyfile(path, ready)
        _migrate(ready)
        with _faults_named(path), closing(_open(ready)) as source:
            with source:
                for statement in new_life.statements():
                    source.execute(statement)
            with closing(_open(live, mode="rwc")) as target:
                target.execute("PRAGMA journal_mode = WAL")
                source.backup(target)


def _migrate(path: Path) -> None:
    """Bring the copy to the tables of this program before anybody sees it."""
    connections.settings[_RESTORED] = {**connection.settings_dict, "NAME": str(path)}
    try:
        call_command("migrate", database=_RESTORED, interactive=False, verbosity=0)
    finally:
        connections[_RESTORED].close()
        del connections[_RESTORED]
        del connections.settings[_RESTORED]


def _live_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _open(path: Path, *, mode: str = "rwc") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=SECONDS_TO_WAIT
    )


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"SQLite cannot do it with {path}: {error}.") from error
