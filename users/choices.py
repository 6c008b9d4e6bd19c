from django.db import models


class Role(models.TextChoices):
    """Django groups by these names; what each may do stands in ``permissions.py``."""

    ADMINISTRATOR = "Administrator"
    PRODUCER = "Producer"
    SCORER = "Scorer"
    VIEWER = "Viewer"


class SessionKind(models.TextChoices):
    MASTER = "master", "Master password"
    VIEWER = "viewer", "Viewer password"
    STAFF = "staff", "Staff account"


class EndReason(models.TextChoices):
    LOGOUT = "logout", "Logged out"
    ENDED_BY_STAFF = "ended_by_staff", "Ended by a member of staff"
    REFRESH_REUSED = "refresh_reused", "A used refresh token came again"
