"""Who did what, when, from where. Rows are added by ``audit.trail.record`` and never changed."""

from django.db import models


class AuditEntry(models.Model):
    """One deed. Kept after the object and the person are gone, so both stand here as text."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=60, db_index=True, help_text="noun.past_tense")
    actor_name = models.CharField(max_length=150, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    session_sid = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_label = models.CharField(max_length=255, blank=True)
    changes = models.JSONField(
        default=dict, help_text="Changed fields: {name: [before, after]}; secrets never stand here."
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_by_target")]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.target_label}"
