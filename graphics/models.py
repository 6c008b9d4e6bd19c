"""Graphics that the crew draws and overlays show."""

from django.db import models

from gal_dashboard.core.models import TimestampedModel
from graphics.functions import ByteLength
from graphics.querysets import GraphicQuerySet


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

    objects = GraphicQuerySet.as_manager()

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
    """Which overlays follow a tournament: rebuilt by every save of a graphic."""

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
