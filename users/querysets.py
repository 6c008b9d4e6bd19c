from django.contrib.auth.models import UserManager
from django.db import models
from django.utils import timezone


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Users(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc] # made at run time
    pass


class SessionQuerySet(models.QuerySet):
    def live(self):
        """Neither ended nor expired, and of a user who may still sign in."""
        return self.filter(
            ended_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True
        )
