"""People: the crew and the players, their sessions and refresh tokens."""

import re
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from gal_dashboard.core.models import TimestampedModel
from users.choices import EndReason, SessionKind
from users.querysets import SessionQuerySet, Users

# It stands in addresses. Discord's own are numbers; older records have others.
DISCORD_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class User(AbstractUser, TimestampedModel):
    """A member of the league: staff, player, or both.

    ``dashboard_user`` and ``dashboard_viewer`` stand for whoever knows the master or the viewer
    password; they have no password of their own.
    """

    # the league knows display names, and TimestampedModel has the date
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    date_joined = None  # type: ignore[assignment]

    display_name = models.CharField(
        max_length=150, blank=True, help_text="The name shown on screen."
    )
    discord_id = models.CharField(
        max_length=32,
        unique=True,
        null=True,  # unique where there is one
        blank=True,
        validators=[
            RegexValidator(
                rf"^{DISCORD_ID.pattern}\Z",
                "Up to 32 letters, digits, dots, hyphens and underscores; a letter or digit first.",
            )
        ],
        help_text="The number of the Discord account.",
    )
    riot_id = models.CharField(max_length=64, blank=True, help_text="Name#TAG of the Riot account.")

    objects = Users()  # type: ignore[misc]

    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def check_password(self, raw_password: str | None) -> bool:
        return check_password(raw_password, self.password, self._bring_up_to_date)

    def _bring_up_to_date(self, raw_password: str) -> None:
        """Hash it as passwords are hashed now, unless another one has been set meanwhile.

        Django's own would bring the old password back.
        """
        hashed = make_password(raw_password)
        if User.objects.filter(pk=self.pk, password=self.password).update(password=hashed):
            self.password = hashed

    def get_full_name(self) -> str:
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Session(models.Model):
    """One login. All tokens and sockets of it live and die with this row."""

    sid = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=10, choices=SessionKind)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(
        default=timezone.now, help_text="Written once a minute, so it may be that much later."
    )
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d %H:%M}"


class LeaguePassword(models.Model):
    """The hash of a password of the league, as the newest start found it in the environment."""

    kind = models.CharField(max_length=10, choices=SessionKind, primary_key=True)
    hash = models.CharField(max_length=128, blank=True, help_text="Empty: there is none.")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.get_kind_display()


class RefreshToken(models.Model):
    """A refresh token by its ``jti``; it is used once."""

    jti = models.CharField(max_length=64, unique=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.session} until {self.expires_at:%Y-%m-%d %H:%M}"
