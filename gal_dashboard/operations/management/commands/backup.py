"""``manage.py backup``"""

from argparse import ArgumentTypeError
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gal_dashboard.operations.backups import engine, files
from gal_dashboard.operations.backups.engine import BackupError

MIB = 1024 * 1024


def number_to_keep(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of backups")


class Command(BaseCommand):
    help = (
        "Copy the whole database, as it is at one moment, into one file; the server goes on. The "
        "file holds hashes of passwords: keep it as you keep those."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        folder = settings.BASE_DIR / "var" / "backups"
        parser.add_argument("--to", type=Path, help=f"file; without it a new one in {folder}")
        parser.add_argument(
            "--keep",
            type=number_to_keep,
            metavar="N",
            help="then remove all but the newest N of the folder",
        )

    def handle(self, *, to: Path | None, keep: int | None, **options) -> None:
        chosen = engine()
        folder = to.parent if to else settings.BASE_DIR / "var" / "backups"
        path = to or files.default_path(folder, chosen.SUFFIX, timezone.now())
        try:
            files.write(path, chosen.copy_to)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path} ({path.stat().st_size / MIB:.1f} MiB)")
        if keep is not None:
            for old in files.remove_old(folder, chosen.SUFFIX, keep=keep):
                self.stdout.write(f"Removed {old}")
