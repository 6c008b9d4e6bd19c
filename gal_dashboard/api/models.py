"""What the API remembers of requests that may be sent twice."""

from django.db import models


class IdempotentRequest(models.Model):
    """A POST with an ``Idempotency-Key``, and its first answer once there is one."""

    sid = models.CharField(max_length=64)
    path = models.CharField(max_length=512)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    etag = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sid", "path", "key"], name="api_idempotent_request_once"
            )
        ]
        indexes = [models.Index(fields=["started_at"], name="api_idempotent_by_age")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
