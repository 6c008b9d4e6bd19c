"""``manage.py prune_events``"""

from django.core.management.base import BaseCommand

from gal_dashboard.events.pruning import prune


class Command(BaseCommand):
    help = (
        "Drop events from the log that no client needs to catch up: older than 24 hours and not "
        "among the newest 10,000 of their stream, unless the options events.kept_hours and "
        "events.kept_newest say otherwise. May run at any time, also during a show."
    )

    def handle(self, **options) -> None:
        pruned = prune()
        self.stdout.write(f"Dropped {pruned.entries} entries and {pruned.events} events.")
