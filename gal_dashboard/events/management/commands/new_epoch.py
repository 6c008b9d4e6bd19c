"""``manage.py new_epoch``"""

from django.core.management.base import BaseCommand

from gal_dashboard.events.epochs import begin_epoch


class Command(BaseCommand):
    help = (
        "Begin a new epoch of the event log. Needed after the database was copied or put back by "
        "hand: clients that remember a number of the old one then load everything anew instead of "
        "continuing with wrong events."
    )

    def handle(self, **options) -> None:
        self.stdout.write(f"The epoch is now {begin_epoch()}.")
