"""Stored values of options, keys of clients, and who changed what."""

from django.db import models

from configuration.choices import ChangeAction
from gal_dashboard.core.models import TimestampedModel

LONGEST_KEY = 120
LONGEST_DESCRIPTION = 500
ALL = ""  # the environment of a value that holds in all of them


class ConfigurationEntry(TimestampedModel):
    """The value of a key in one environment, or in all.

    Keys of the program are declared in code and need no row; a row overrides their default. Any
    other key belongs to a client.
    """

    key = models.CharField(max_length=LONGEST_KEY)
    environment = models.CharField(
        max_length=32,
        blank=True,
        default=ALL,
        help_text="Where it holds (APP_ENV); empty: in all environments.",
    )
    value = models.TextField(help_text="JSON.")
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    category = models.CharField(max_length=60)
    updated_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["key", "environment"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "environment"], name="configuration_entry_unique"
            )
        ]
        indexes = [models.Index(fields=["category", "key"], name="configuration_by_category")]
        verbose_name = "stored value"

    def __str__(self) -> str:
        return f"{self.key} ({self.environment})" if self.environment else self.key


class ConfigurationChange(models.Model):
    """One change of a key. Kept after the key is gone; secrets never stand here."""

    key = models.CharField(max_length=LONGEST_KEY)
    environment = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=8, choices=ChangeAction)
    at = models.DateTimeField(auto_now_add=True)
    author = models.CharField(max_length=150)
    before = models.TextField(null=True)  # noqa: DJ001 - no value, and JSON text, differ
    after = models.TextField(null=True)  # noqa: DJ001 - as above
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    category = models.CharField(max_length=60)
    is_secret = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=ChangeAction.values),
                name="configuration_change_action_known",
            )
        ]
        indexes = [models.Index(fields=["key", "-id"], name="configuration_history")]
        verbose_name = "configuration change"

    def __str__(self) -> str:
        return f"{self.key}: {self.get_action_display()} by {self.author}"
