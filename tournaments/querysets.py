from django.db import models
from django.db.models import Case, Count, F, Q, When, Window
from django.db.models.functions import RowNumber

from tournaments.choices import EntryStatus, SheetStatus

TAKING_PART = (EntryStatus.REGISTERED, EntryStatus.CHECKED_IN)


class TournamentQuerySet(models.QuerySet):
    def with_counts(self):
        """How many take part, in the same query: it is counted and never stored."""
        taking_part = Q(participants__status__in=TAKING_PART)
        return self.annotate(current_participants=Count("participants", filter=taking_part))


class ParticipantQuerySet(models.QuerySet):
    def taking_part(self):
        """Who has one of the places: not those who wait, nor those who have withdrawn."""
        return self.filter(status__in=TAKING_PART)

    def waiting(self):
        """The waitlist, who came first at its head."""
        return self.filter(status=EntryStatus.WAITING).by_arrival()

    def by_arrival(self):
        return self.order_by("arrival", "pk")

    def count_by_status(self) -> dict[str, int]:
        by_status = self.order_by().values("status").annotate(number=Count("pk"))
        return dict(by_status.values_list("status", "number"))

    def with_waitlist_position(self):
        """``waitlist_position`` from 1; null for who does not wait. Not to be filtered after."""
        number = Window(RowNumber(), partition_by=F("status"), order_by=("arrival", "pk"))
        return self.annotate(
            waitlist_position=Case(When(status=EntryStatus.WAITING, then=number), default=None)
        )


class SheetQuerySet(models.QuerySet):
    def confirmed(self):
        """What counts: at most one of each lobby."""
        return self.filter(status=SheetStatus.CONFIRMED)

    def waiting(self):
        return self.filter(status=SheetStatus.SUBMITTED)

    def newest_first(self):
        return self.order_by("-pk")


class SnapshotQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")

    def with_counts(self):
        return self.annotate(entry_count=Count("entries"))
