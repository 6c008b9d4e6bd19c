"""``manage.py list_options``"""

from django.core.management.base import BaseCommand

from configuration.documentation import options_table


class Command(BaseCommand):
    help = "Print all options with their bounds, as docs/configuration.md has them."

    def handle(self, **options) -> None:
        self.stdout.write(options_table())
