"""``manage.py export_show TOURNAMENT FILE``"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.errors import DomainError
from gal_dashboard.operations.backups import files
from gal_dashboard.operations.backups.engine import BackupError
from graphics.transfer.exporting import export_show

MIB = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Write a tournament with its participants, results and graphics, with all their versions, "
        "and the stored settings into one file, for import_show. The server goes on. The file "
        "holds no passwords and no keys, but Discord ids."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tournament", type=int, help="the number of the tournament")
        parser.add_argument("file", type=Path, help="a new file, such as cup.galshow")

    def handle(self, *, tournament: int, file: Path, **options) -> None:
        digest = ""

        def make(part: Path) -> None:
            nonlocal digest
            with (
                part.open("r+b") as opened,
                tqdm(desc=file.name, unit="part", file=self.stderr) as bar,
            ):

                def on_progress(step: str, total: int) -> None:
                    bar.total = total
                    bar.set_postfix_str(step)
                    bar.update()

                digest = export_show(
                    actor=SYSTEM, tournament_id=tournament, file=opened, on_progress=on_progress
                )

        try:
            files.write(file, make)
        except (BackupError, DomainError) as error:
            raise CommandError(f"{error} Nothing was written.") from error
        self.stdout.write(f"{file} ({file.stat().st_size / MIB:.1f} MiB), SHA-256 {digest}")
