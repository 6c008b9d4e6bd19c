"""``manage.py import_configuration``"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from configuration.exchange import Difference, import_yaml
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.errors import InvalidFieldsError


class Command(BaseCommand):
    help = (
        "Store what a file of export_configuration holds, all or nothing. Values that it does not "
        "name stay as they are. Running servers obey within two seconds."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Only say what would change.")

    def handle(self, *, file: Path, dry_run: bool, **options) -> None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from None
        try:
            report = import_yaml(actor=SYSTEM, text=text, is_dry_run=dry_run)
        except InvalidFieldsError as error:
            faults = [f"{path}: {' '.join(said)}" for path, said in error.errors.items()]
            raise CommandError("Nothing was changed.\n  " + "\n  ".join(faults)) from None
        for difference in [*report.added, *report.changed]:
            self.stdout.write(_line(difference))
        counts = f"{len(report.added)} new, {len(report.changed)} changed, {report.unchanged} same"
        self.stdout.write(f"Would store: {counts}." if dry_run else f"Stored: {counts}.")


def _line(difference: Difference) -> str:
    before = "nothing" if difference.before is None else json.dumps(difference.before)
    after = json.dumps(difference.after)
    return f"{difference.key} ({difference.environment}): {before} -> {after}"
