"""How sessions end: those of the API once, with a record, and with a word to all processes."""

from django.contrib.sessions.models import Session as AdminSession
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events import streams
from gal_dashboard.events.recording import emit_internal
from users.choices import EndReason
from users.models import Session


def drop_expired_of_admin() -> int:
    """Remove what Django keeps of the admin's sessions that are over; how many."""
    return AdminSession.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def end(session: Session, *, actor: Actor, reason: EndReason) -> bool:
    """Whether it was still running: of several who end a session at once, one does and records it.

    Inside ``recording()``. From the commit on its tokens are dead everywhere; sockets are closed by
    the word in the log, and if that is lost by the hub's poll.
    """
    running = Session.objects.filter(pk=session.pk, ended_at=None)
    has_ended = bool(running.update(ended_at=timezone.now(), ended_reason=reason))
    if has_ended:
        trail.record("session.ended", actor=actor, target=session, changes={"reason": ("", reason)})
        emit_internal(streams.SESSIONS, name="session.ended", payload={"sid": session.sid})
    return has_ended
