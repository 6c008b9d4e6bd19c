"""``manage.py restore``"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gal_dashboard.audit import trail
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.operations.backups import engine, files
from gal_dashboard.operations.backups.engine import BackupError, Engine


class Command(BaseCommand):
    help = (
        "Replace the whole database by a backup. A running server goes on with it: overlays show "
        "what it holds within seconds, everybody has to sign in again. What happened since the "
        "backup is lost: take one of now first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, file: Path, yes: bool, **options) -> None:
        chosen = engine()
        try:
            files.refuse_damaged(file)
            _refuse_newer(chosen, file)
            if not yes and not self._is_agreed(file):
                raise CommandError("Nothing was changed.")
            self.stdout.write("Putting it back ...")
            self.stdout.flush()
            chosen.put_back(file)
        except BackupError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        connection.close()
        trail.record("database.restored", actor=SYSTEM, label=file.name)
        self.stdout.write("The database is what the backup holds. Everybody has to sign in again.")

    def _is_agreed(self, file: Path) -> bool:
        database = connection.settings_dict["NAME"]
        self.stdout.write(f"{file} replaces all that is in {database}.")
        return input("Type yes to go on: ").strip().lower() == "yes"


def _refuse_newer(chosen: Engine, file: Path) -> None:
    """Raises ``BackupError`` if the copy has tables that this program would not understand."""
    unknown = chosen.migrations_in(file) - set(MigrationLoader(None).disk_migrations)
    if unknown:
        app, name = sorted(unknown)[0]
        raise BackupError(
            f"{file} comes from a newer version of this program, which has {app} {name}: "
            "install that version first."
        )
