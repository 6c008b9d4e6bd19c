"""``manage.py announce``"""

from typing import get_args

from django.core.management.base import BaseCommand, CommandError

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.operations.announcements import Level, announce


class Command(BaseCommand):
    help = (
        "Say something to everybody who has a dashboard open, such as that the server restarts in "
        "five minutes. Dashboards get it as a system_notification within two seconds."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("message", help="What to say.")
        parser.add_argument("--level", choices=get_args(Level), default="info")

    def handle(self, *, message: str, level: Level, **options) -> None:
        if not message.strip():
            raise CommandError("There is nothing to say.")
        announce(actor=SYSTEM, message=message.strip(), level=level)
