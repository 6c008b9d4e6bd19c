"""Write into docs/api.md who may do what."""

from django.core.management.base import BaseCommand, CommandError

from gal_dashboard.operations.role_matrix import DOCUMENT, with_table


class Command(BaseCommand):
    help = "Writes the table of roles into docs/api.md; with --check only says whether it is right."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Change nothing; fail if stale.")

    def handle(self, *args, check, **options):
        text = DOCUMENT.read_text(encoding="utf-8")
        wanted = with_table(text)
        if check and text != wanted:
            raise CommandError("docs/api.md is stale. Run `manage.py role_matrix`.")
        if not check:
            DOCUMENT.write_text(wanted, encoding="utf-8")
