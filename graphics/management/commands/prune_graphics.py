"""``manage.py prune_graphics``"""

from django.core.management.base import BaseCommand

from graphics.pruning import prune_leases, prune_revisions


class Command(BaseCommand):
    help = "Fold old revisions of graphics and remove locks that ended more than a day ago."

    def handle(self, **options) -> None:
        self.stdout.write(f"{prune_revisions()} revisions folded, {prune_leases()} locks removed.")
