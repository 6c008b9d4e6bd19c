"""Canvas locks: of two people one edits, and whoever lost the lock overwrites nothing.

A lock is a lease: a row with an end. Every new lease of a graphic gets a fence, a number that only
rises; a save that names an older one comes from somebody who has lost the lock meanwhile. The row
of the graphic is locked before anything is judged, and the database's clock decides what has ended.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, CharField, Count, Min, QuerySet

from gal_dashboard.audit import trail
from gal_dashboard.core import rows
from gal_dashboard.core.clock import database_now
from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.core.monitoring import count_after_commit
from gal_dashboard.core.options import value
from gal_dashboard.core.prepared import Prepared, Slot, instance_of
from gal_dashboard.events.recording import emit, recording
from graphics import events
from graphics.choices import LeaseEnd
from graphics.claims import Claim
from graphics.errors import (
    GraphicArchivedError,
    GraphicLockedError,
    GraphicNotFoundError,
    LockBusyError,
    LockLostError,
    LockNotHeldError,
)
from graphics.models import CanvasLease, Graphic
from graphics.monitoring import LOCKS
from graphics.options import LOCK_TTL

SWEPT_AT_ONCE = 100


def _newest_lease(**own: Any) -> QuerySet[CanvasLease, Any]:
    leases = CanvasLease.objects.filter(graphic_id=Slot("graphic", BigIntegerField()), **own)
    return leases.order_by("-fence").values("end", "fence")[:1]


# Asked by every save without a lock, once there has been one.
_LAST_OF_LOGIN: Final = Prepared(lambda: _newest_lease(sid=Slot("sid", CharField())))
_WINDOW: Final = Slot("session_id", CharField())
_LAST_OF_WINDOW: Final = Prepared(
    lambda: _newest_lease(session_id=_WINDOW, user_id=Slot("user_id", BigIntegerField()))
)
_LAST_OF_WINDOW_OF_NOBODY: Final = Prepared(
    lambda: _newest_lease(session_id=_WINDOW, user_id__isnull=True)
)


def acquire_lock(*, graphic_id: int, claim: Claim) -> CanvasLease:
    """Let the claimant edit; again by the holder it extends the same lease, with the same fence.

    Of several who ask at once exactly one gets a free lock: each waits for the graphic's row.
    Raises ``GraphicNotFoundError``, ``GraphicArchivedError``, ``LockBusyError``.
    """
    with recording():
        graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
        if graphic.archived:
            raise GraphicArchivedError
        held = held_lease(graphic)
        if held is not None:
            if not claim.holds(held.lease):
                LOCKS.labels("refused").inc()
                raise LockBusyError(**facts_of(held.lease))
            return _extend(held)
        now = graphic.locked_at
        lease = CanvasLease(
            graphic=graphic,
            fence=_next_fence(graphic, now),
            session_id=claim.actor.sid or "" if claim.session_id is None else claim.session_id,
            sid=claim.actor.sid or "",
            user_id=claim.actor.user_id,
            user_name=claim.actor.name,
            taken_at=now,
            expires_at=now + _ttl(),
        )
        rows.insert([lease])
        taken = {"holder": (None, lease.user_name), "fence": (None, lease.fence)}
        trail.record("graphic.lock_acquired", actor=claim.actor, target=graphic, changes=taken)
        emit(events.lock_changed("acquired", lease))
        count_after_commit(LOCKS.labels("acquired"))
        return lease


def refresh_lock(*, graphic_id: int, claim: Claim) -> CanvasLease:
    """Extend the claimant's live lease. Raises ``LockNotHeldError`` without one."""
    with recording():
        graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
        held = held_lease(graphic)
        if held is None or not claim.holds(held.lease):
            raise LockNotHeldError
        return _extend(held)


def release_lock(*, graphic_id: int, claim: Claim) -> bool:
    """End the claimant's lease; ``False`` if there is none of theirs: a stranger ends nothing."""
    with recording():
        graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
        held = held_lease(graphic)
        if held is None or not claim.holds(held.lease):
            return False
        given = {"holder": (held.lease.user_name, None)}
        trail.record("graphic.lock_released", actor=claim.actor, target=graphic, changes=given)
        _end(held, LeaseEnd.RELEASED)
        return True


def force_release_lock(*, graphic_id: int, actor: Actor, reason: str) -> bool:
    """Break a lease, whoever holds it; the audit trail and everybody who follows learn why."""
    with recording():
        graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
        held = held_lease(graphic)
        if held is None:
            return False
        trail.record(
            "graphic.lock_forced",
            actor=actor,
            target=graphic,
            changes={"holder": (held.lease.user_name, None), "reason": (None, reason)},
        )
        _end(held, LeaseEnd.FORCED, by=actor, reason=reason)
        return True


def clean_up_locks(*, actor: Actor) -> int:
    """``sweep_locks`` by somebody's order, which the audit trail keeps."""
    swept = sweep_locks()  # each in a transaction of its own
    with recording():
        trail.record("graphic.locks_cleaned", actor=actor, changes={"ended": (None, swept)})
    return swept


def sweep_locks() -> int:
    """Announce leases that have ended by time; how many. Their end holds without it.

    Of several processes that sweep at once one announces each: the others find it ended.
    """
    swept = 0
    due = CanvasLease.objects.unended().filter(expires_at__lte=database_now())
    for graphic_id in list(due.values_list("graphic_id", flat=True)[:SWEPT_AT_ONCE]):
        # one may have been deleted meanwhile, with its leases
        with recording(), suppress(GraphicNotFoundError):
            graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
            unended = _unended_lease(graphic)
            if unended is not None and unended.has_expired:
                _announce_expired(graphic, unended)
                swept += 1
    return swept


def outlook() -> tuple[int, datetime | None]:
    """How many leases are not ended, and when the first of them ends."""
    rows = CanvasLease.objects.unended().aggregate(held=Count("pk"), first=Min("expires_at"))
    return rows["held"], rows["first"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A lease that nobody has ended, and when it was seen by the database's clock."""

    lease: CanvasLease
    at: datetime

    @property
    def has_expired(self) -> bool:
        return self.lease.expires_at <= self.at


def held_lease(graphic: Graphic) -> Seen | None:
    """The lease that holds now. One that has ended by time is announced in passing.

    The caller has locked the graphic's row.
    """
    unended = _unended_lease(graphic)
    if unended is not None and unended.has_expired:
        _announce_expired(graphic, unended)
        rows.run_put_off()  # whoever takes the lock next writes at once, and one may be unended
        return None
    return unended


def refuse_unless_writable(graphic: Graphic, claim: Claim) -> CanvasLease | None:
    """Judge a save under the graphic's row lock; the lease under which it is made, if any.

    ``GraphicLockedError`` while another session holds the lock; ``LockLostError`` if the fence is
    not the newest, or if the claimant's last lease ran out or was broken and another had one since.
    """
    held = held_lease(graphic)
    if held is not None and not claim.holds(held.lease):
        LOCKS.labels("refused").inc()
        raise GraphicLockedError(**facts_of(held.lease))
    if _has_lost(graphic, claim, held):
        LOCKS.labels("lost").inc()
        raise LockLostError(current_version=graphic.version)
    return None if held is None else held.lease


def refuse_if_busy(graphic: Graphic, claim: Claim) -> None:
    """For archive and deletion: ``LockBusyError`` while another session holds the lock."""
    held = held_lease(graphic)
    if held is not None and not claim.holds(held.lease):
        LOCKS.labels("refused").inc()
        raise LockBusyError(**facts_of(held.lease))


def end_with_graphic(graphic: Graphic, reason: LeaseEnd) -> None:
    """The holder's own lock ends when the graphic is archived or deleted."""
    held = held_lease(graphic)
    if held is not None:
        _end(held, reason)


def facts_of(lease: CanvasLease) -> dict[str, Any]:
    """What somebody who is kept out may know."""
    return {
        "locked": True,
        "locked_by": lease.user_name,
        "expires_at": lease.expires_at,
        "can_edit": False,
    }


def _has_lost(graphic: Graphic, claim: Claim, held: Seen | None) -> bool:
    if claim.fence is not None and claim.fence != graphic.last_fence:
        return True
    if held is not None or not graphic.last_fence:  # it is the claimant's, or was never anybody's
        return False
    last = _last_own_lease(graphic, claim)
    was_taken_away = last is not None and last["end"] in {LeaseEnd.EXPIRED, LeaseEnd.FORCED}
    return was_taken_away and last is not None and last["fence"] != graphic.last_fence


def _last_own_lease(graphic: Graphic, claim: Claim) -> dict[str, Any] | None:
    if claim.session_id is None:
        return _LAST_OF_LOGIN.first(graphic=graphic.pk, sid=claim.actor.sid or "")
    own = {"graphic": graphic.pk, "session_id": claim.session_id}
    if claim.actor.user_id is None:  # a command; nothing is equal to NULL
        return _LAST_OF_WINDOW_OF_NOBODY.first(**own)
    return _LAST_OF_WINDOW.first(**own, user_id=claim.actor.user_id)


def _extend(held: Seen) -> CanvasLease:
    """Renewals come every minute: followers see the new end, the audit trail says nothing."""
    lease = held.lease
    lease.expires_at = held.at + _ttl()
    rows.update_at_the_end(lease, "expires_at")
    emit(events.lock_changed("renewed", lease))
    return lease


def _unended_lease(graphic: Graphic) -> Seen | None:
    """As it was when the graphic's row was locked, and as the caller has left it since.

    There is one at most: the table has a constraint.
    """
    found = graphic.unended_lease
    if isinstance(found, dict):
        found = graphic.unended_lease = instance_of(CanvasLease, found)
    return None if found is None or found.end else Seen(found, graphic.locked_at)


def _announce_expired(graphic: Graphic, seen: Seen) -> None:
    ended = {"holder": (seen.lease.user_name, None)}
    trail.record("graphic.lock_expired", actor=SYSTEM, target=graphic, changes=ended)
    _end(seen, LeaseEnd.EXPIRED)


def _end(seen: Seen, end: LeaseEnd, *, by: Actor | None = None, reason: str = "") -> None:
    lease = seen.lease
    lease.end = end
    lease.ended_at = seen.at
    rows.update_at_the_end(lease, "end", "ended_at")
    emit(events.lock_changed(end.value, lease, by=by, reason=reason))
    count_after_commit(LOCKS.labels(end.value))


def _next_fence(graphic: Graphic, now: datetime) -> int:
    """Rises through everything, a restored database included: time has gone on meanwhile."""
    graphic.last_fence = max(graphic.last_fence + 1, int(now.timestamp() * 1000))
    rows.update_at_the_end(graphic, "last_fence")
    return graphic.last_fence


def _ttl() -> timedelta:
    return timedelta(seconds=value(LOCK_TTL))
