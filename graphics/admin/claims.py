"""In whose name a page of the admin edits: one sign-in is one editor window."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import WHEN
from gal_dashboard.core.errors import DomainError, ErrorKind
from graphics import selectors
from graphics.claims import Claim
from graphics.errors import GraphicLockedError, LockBusyError
from graphics.models import CanvasLease

FENCE: Final = "_fence"
BREAK_LOCKS: Final = "maintenance:write"
_KNOWN_DESK: Final = "_gal_desk"
# of no lease: numbers of leases are points in time
_NO_FENCE: Final = 0
_LONGEST_FENCE: Final = 16


class LockedMeanwhileError(DomainError):
    """Raised in the admin for whatever the lock of another session forbids."""

    kind = ErrorKind.LOCKED
    code = "graphic_locked"
    message = "{who} is editing this graphic until {until}, so nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One graphic as one sign-in finds it: who edits it now."""

    lease: CanvasLease | None
    claim: Claim

    @property
    def is_mine(self) -> bool:
        return self.lease is not None and self.claim.holds(self.lease)

    @property
    def is_free(self) -> bool:
        return self.lease is None

    @property
    def sentence(self) -> str:
        if self.lease is None:
            return "Nobody is editing this graphic."
        until = self.lease.expires_at.strftime(WHEN)
        if self.is_mine:
            return (
                f"You are editing. Your lock holds until {until}, longer while this page is open."
            )
        own = self.lease.user_id == self.claim.actor.user_id
        where = ", in another window or sign-in," if own and self.lease.user_id else ""
        return f"{self.lease.user_name} is editing{where} until {until}."


def claim_of(request: HttpRequest) -> Claim:
    """The claim of this sign-in, with the fence that came with a form.

    The actor's ``sid`` is a hash of the session, which others may see.
    """
    actor = admin_ports.actor_of(request)
    fence = request.POST.get(FENCE)
    number = None if fence is None else _number(fence)
    return Claim(actor=actor, session_id=f"admin:{actor.sid}", fence=number)


def desk_of(request: HttpRequest, graphic_id: int) -> Desk:
    """Asked for once in each request."""
    known: dict[int, Desk] = request.__dict__.setdefault(_KNOWN_DESK, {})
    if graphic_id not in known:
        lease = selectors.live_leases([graphic_id]).get(graphic_id)
        known[graphic_id] = Desk(lease=lease, claim=claim_of(request))
    return known[graphic_id]


def in_words(refused: GraphicLockedError | LockBusyError) -> LockedMeanwhileError:
    """With the time at which the other's lock ends, for those who cannot ask for it."""
    return LockedMeanwhileError(
        who=refused.facts["locked_by"], until=refused.facts["expires_at"].strftime(WHEN)
    )


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_FENCE
    return int(text) if is_number else _NO_FENCE
