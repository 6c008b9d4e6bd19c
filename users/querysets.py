from django.contrib.auth.models import UserManager
from django.db import models
from django.utils import timezone

from users.choices import LEAGUE_ACCOUNTS, Role


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def administrators(self):
        """Persons who may do everything now; the league's own account is no person."""
        may_all = models.Q(is_superuser=True) | models.Q(groups__name=Role.ADMINISTRATOR)
        return self.active().filter(may_all).exclude(username__in=LEAGUE_ACCOUNTS)


class Users(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc] # made at run time
    pass


class SessionQuerySet(models.QuerySet):
    def live(self, now=None):
        """Neither ended nor expired, and of a user who may still sign in."""
        return self.filter(
            ended_at__isnull=True, expires_at__gt=now or timezone.now(), user__is_active=True
        )

    def over_before(self, moment):
        """Those that had ended or expired by then: for ever, as no session is made longer."""
        return self.filter(models.Q(ended_at__lt=moment) | models.Q(expires_at__lt=moment))
