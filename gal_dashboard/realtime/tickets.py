"""Tickets: a staff socket is opened with one, so that no token stands in a URL."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.utils import timezone

from gal_dashboard.core.context import Actor
from gal_dashboard.realtime.models import WsTicket

LIFETIME_SECONDS: Final = 30
# Rows are kept a little longer, for those who want to know why a ticket did not work.
KEPT_FOR: Final = timedelta(hours=1)

_RANDOM_BYTES: Final = 32


def issue(actor: Actor) -> str:
    """A ticket for the session that ``actor`` is signed in with."""
    if actor.sid is None:
        raise ValueError(f"{actor.name} is not signed in with a session.")
    ticket, now = secrets.token_urlsafe(_RANDOM_BYTES), timezone.now()
    WsTicket.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
    WsTicket.objects.create(
        digest=_digest(ticket),
        sid=actor.sid,
        actor_name=actor.name,
        expires_at=now + timedelta(seconds=LIFETIME_SECONDS),
    )
    return ticket


def redeem(ticket: str) -> str | None:
    """The session that a ticket stands for; ``None`` if it is unknown, late or used.

    One conditional UPDATE decides, so of several sockets that come at once one gets in.
    """
    now = timezone.now()
    good = WsTicket.objects.filter(digest=_digest(ticket), used_at=None, expires_at__gt=now)
    sid = good.values_list("sid", flat=True).first()
    # Only who has a ticket may make the hub's thread stand in line for the database's write lock.
    return sid if sid is not None and good.update(used_at=now) else None


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode(errors="surrogatepass")).hexdigest()
