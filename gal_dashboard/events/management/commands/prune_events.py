"""``manage.py prune_events``"""

from django.core.management.base import BaseCommand

from gal_dashboard.events.pruning import KEPT_FOR, KEPT_NEWEST, prune


class Command(BaseCommand):
    help = (
        "Drop events from the log that no client needs to catch up: older than "
        f"{KEPT_FOR.total_seconds() / 3600:.0f} hours and not among the newest {KEPT_NEWEST} of "
        "their stream. May run at any time, also during a show."
    )

    def handle(self, **options) -> None:
        pruned = prune()
        self.stdout.write(f"Dropped {pruned.entries} entries and {pruned.events} events.")
