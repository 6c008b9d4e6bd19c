"""How sessions end: those of the API once, with a record, and with a word to all processes.

And how they are forgotten, long after that.
"""

from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session as AdminSession
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core import options
from gal_dashboard.core.context import Actor
from gal_dashboard.events import streams
from gal_dashboard.events.recording import emit_internal, recording
from users.choices import EndReason
from users.models import Session
from users.options import SESSIONS_KEPT_DAYS

# Sessions go with their refresh tokens; writers of a show wait for one such transaction at most.
BATCH: Final = 200


def drop_expired_of_admin() -> int:
    """Remove what Django keeps of the admin's sessions that are over; how many."""
    return AdminSession.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def prune_batch() -> int:
    """Remove some of the sessions that have been over for longer than the option says; how many.

    Fewer than ``BATCH``: there are no more, or another process has them in hand. What is over never
    lives again, so nobody is signed out by this; their tokens stay as dead as they were.
    """
    before = timezone.now() - timedelta(days=options.value(SESSIONS_KEPT_DAYS))
    with recording():
        old = Session.objects.over_before(before).order_by("pk")
        pks = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        Session.objects.filter(pk__in=pks).delete()
    return len(pks)


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
