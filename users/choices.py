from typing import Final

from django.db import models


class Role(models.TextChoices):
    """Django groups by these names; what each may do stands in ``permissions.py``."""

    ADMINISTRATOR = "Administrator"
    PRODUCER = "Producer"
    SCORER = "Scorer"
    VIEWER = "Viewer"


# The accounts that stand for whoever knows the master or the viewer password.
MASTER_ACCOUNT: Final = "dashboard_user"
VIEWER_ACCOUNT: Final = "dashboard_viewer"
LEAGUE_ACCOUNTS: Final = frozenset({MASTER_ACCOUNT, VIEWER_ACCOUNT})


class SessionKind(models.TextChoices):
    MASTER = "master", "Master password"
    VIEWER = "viewer", "Viewer password"
    STAFF = "staff", "Staff account"


class EndReason(models.TextChoices):
    LOGOUT = "logout", "Logged out"
    ENDED_BY_OWNER = "ended_by_owner", "Ended by its owner elsewhere"
    ENDED_BY_STAFF = "ended_by_staff", "Ended by a member of staff"
    ACCOUNT_CHANGED = "account_changed", "Name, roles, rights or password changed"
    LEAGUE_PASSWORD_CHANGED = "password_changed", "The league's password changed"
    REFRESH_REUSED = "refresh_reused", "A used refresh token came again"
    RESTORED = "restored", "The database was restored from a backup"
