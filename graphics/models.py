"""Graphics that the crew draws and overlays show."""

from datetime import datetime
from typing import Any

from django.db import models

from gal_dashboard.core.models import TimestampedModel
from graphics.choices import LeaseEnd
from graphics.functions import ByteLength
from graphics.querysets import GraphicQuerySet, KeyQuerySet, LeaseQuerySet


class Graphic(TimestampedModel):
    """A drawing over a background, shown by any number of overlays.

    The canvas document is kept as the JSON text that was validated: same values, same order of
    keys, never decoded on a read.
    """

    title = models.CharField(max_length=255)
    event_name = models.CharField(max_length=255, db_index=True)
    document = models.TextField(
        default="{}", help_text="The canvas: background and elements, as JSON."
    )
    document_bytes = models.GeneratedField(
        expression=ByteLength("document"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
        help_text="How large the document is, so that a list knows when to end a page.",
    )
    version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Rises with every change of title, event name, document or tournament.",
    )
    archived = models.BooleanField(default=False, editable=False)
    tournament = models.ForeignKey(
        "tournaments.Tournament",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="graphics",
        help_text="Whose standings the graphic shows.",
    )
    created_by = models.CharField(max_length=150, editable=False)
    updated_by = models.CharField(max_length=150, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.CharField(max_length=150, blank=True, editable=False)
    archive_reason = models.CharField(max_length=500, blank=True, editable=False)
    last_fence = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="The fence of the newest lease; it only rises."
    )

    objects = GraphicQuerySet.as_manager()

    # What ``lock_row`` reads with the row; a graphic that was read otherwise has neither.
    locked_at: datetime
    unended_lease: "dict[str, Any] | CanvasLease | None"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="graphics_newest_change")]

    def __str__(self) -> str:
        return f"{self.title} ({self.event_name})"


class GraphicRevision(models.Model):
    """A graphic as it was at one version, and who made it so."""

    graphic = models.ForeignKey(Graphic, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    event_name = models.CharField(max_length=255)
    document = models.TextField()
    tournament_id = models.BigIntegerField(null=True)
    restored_from = models.PositiveIntegerField(
        null=True, blank=True, help_text="The version that was brought back, if one was."
    )
    author = models.CharField(max_length=150)
    session_sid = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["graphic", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["graphic", "version"], name="graphics_revision_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class GraphicTournament(models.Model):
    """Which overlays follow a tournament: written whenever a graphic is tied to another."""

    graphic = models.ForeignKey(Graphic, on_delete=models.CASCADE, related_name="follows")
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, related_name="followed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["graphic", "tournament"], name="graphics_follows_once")
        ]

    def __str__(self) -> str:
        return f"{self.graphic} follows {self.tournament}"


class CanvasLease(models.Model):
    """A canvas lock: who may save a graphic, until when, and how that ended.

    Kept for a day after its end, so that a late save of its holder is recognised.
    """

    graphic = models.ForeignKey(Graphic, on_delete=models.CASCADE, related_name="leases")
    fence = models.PositiveBigIntegerField(help_text="A number of the graphic that only rises.")
    session_id = models.CharField(
        max_length=255, help_text="What the editor window called itself, else its login."
    )
    sid = models.CharField(max_length=64, blank=True, help_text="The login it was taken in.")
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=150)
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=LeaseEnd, blank=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        ordering = ["graphic", "-fence"]
        constraints = [
            models.UniqueConstraint(
                fields=["graphic", "fence"], name="graphics_lease_fence_unique"
            ),
            models.UniqueConstraint(
                fields=["graphic"],
                condition=models.Q(end=""),
                name="graphics_lease_one_unended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(end=""), name="graphics_lease_next_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_name} on {self.graphic_id}, fence {self.fence}"


class OverlayKey(models.Model):
    """A key that opens one graphic's overlay; kept after its end, as others ask about it."""

    graphic = models.ForeignKey(Graphic, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100, help_text="Where it is used, such as a machine.")
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the key."
    )
    hint = models.CharField(max_length=8, editable=False, help_text="What the key ends with.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.CharField(max_length=150, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_from = models.CharField(max_length=64, blank=True, editable=False)

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
