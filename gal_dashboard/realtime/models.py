"""Tickets that open staff sockets."""

from django.db import models


class WsTicket(models.Model):
    """A right to open one staff socket soon. Who reads this table cannot use it."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the ticket.")
    sid = models.CharField(max_length=64, help_text="The login session that asked for it.")
    actor_name = models.CharField(max_length=150)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "socket ticket"

    def __str__(self) -> str:
        return f"ticket of {self.actor_name}"
