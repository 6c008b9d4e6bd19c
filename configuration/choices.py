from django.db import models


class ChangeAction(models.TextChoices):
    """What a change did to a key."""

    CREATED = "created", "first value"
    UPDATED = "updated", "other value"
    DELETED = "deleted", "value removed"
