from django.db import models
from django.db.models import Count


class TournamentQuerySet(models.QuerySet):
    def with_counts(self):
        """How many take part, in the same query: it is counted and never stored."""
        return self.annotate(current_participants=Count("participants"))


class SnapshotQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")

    def with_counts(self):
        return self.annotate(entry_count=Count("entries"))
