"""Tickets that open staff sockets, and who is connected to which process."""

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


class ServerProcess(models.Model):
    """What one server process tells the others of its sockets, again and again while it lives.

    Only its process writes a row; whoever finds one that is old enough removes it.
    """

    id = models.CharField(max_length=16, primary_key=True, help_text="Random, of each start.")
    host = models.CharField(max_length=255)
    seen_at = models.DateTimeField(help_text="When it was last written, by the database's clock.")
    overlays = models.TextField(help_text="Its overlay sockets, as JSON.")
    staff = models.TextField(help_text="Its staff sockets, as JSON.")

    class Meta:
        verbose_name_plural = "server processes"

    def __str__(self) -> str:
        return f"{self.id} on {self.host}"
