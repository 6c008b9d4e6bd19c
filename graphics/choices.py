from django.db import models


class LeaseEnd(models.TextChoices):
    """How a lease ended; empty while it has not."""

    RELEASED = "released", "Released by its holder"
    EXPIRED = "expired", "Ran out"
    FORCED = "forced", "Broken by an Administrator"
    ARCHIVED = "archived", "The graphic was archived"
    DELETED = "deleted", "The graphic was deleted"
