"""The event log: the truth about what happened, in numbered streams.

Nothing here is changed by hand. ``recording.recording()`` writes, ``log`` reads.
"""

import secrets

from django.db import models


def new_epoch() -> str:
    return secrets.token_urlsafe(12)


class Epoch(models.Model):
    """The life of this database. A cursor of another epoch says nothing about this one.

    One row, made by the first migration; a restored or copied database gets a new value.
    """

    value = models.CharField(max_length=32, default=new_epoch)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="events_epoch_one_row"),
        ]

    def __str__(self) -> str:
        return self.value


class Stream(models.Model):
    """A line of events with its own numbers: 1, 2, 3 ... without gaps, in the order of commits."""

    name = models.CharField(max_length=100, primary_key=True)
    head = models.PositiveBigIntegerField(
        default=0, help_text="The number of the newest entry; 0 before the first."
    )

    def __str__(self) -> str:
        return f"{self.name} at {self.head}"


class Event(models.Model):
    """Something that happened, in the words of the wire; written with what made it true."""

    type = models.CharField(max_length=40, help_text="The frame's type, such as graphic_update.")
    name = models.CharField(
        max_length=60, help_text="noun.past_tense, as in the log and the audit."
    )
    payload = models.TextField(help_text="JSON of the frame's data for staff.")
    public_payload = models.TextField(  # noqa: DJ001 - none and an empty one differ
        null=True,
        help_text="JSON of the frame's data for overlays; empty if no overlay may see it.",
    )
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class StreamEntry(models.Model):
    """The place of an event in one stream."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, db_index=False)
    seq = models.PositiveBigIntegerField()
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="entries")

    class Meta:
        ordering = ["stream", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="events_entry_number_unique"),
        ]
        verbose_name_plural = "stream entries"

    def __str__(self) -> str:
        return f"{self.stream_id} #{self.seq}"
