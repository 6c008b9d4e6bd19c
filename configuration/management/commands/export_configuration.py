"""``manage.py export_configuration``"""

from pathlib import Path

from django.core.management.base import BaseCommand

from configuration.exchange import export_yaml


class Command(BaseCommand):
    help = "Write all stored values of the configuration as YAML, without secrets."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="Default: the standard output.")

    def handle(self, *, file: Path | None, **options) -> None:
        text = export_yaml()
        if file is None:
            self.stdout.write(text, ending="")
        else:
            file.write_text(text, encoding="utf-8")
            self.stderr.write(f"Wrote {file}.")
