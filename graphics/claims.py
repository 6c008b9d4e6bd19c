"""Whose lock it is."""

from dataclasses import dataclass

from gal_dashboard.core.context import Actor
from graphics.models import CanvasLease


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """In whose name somebody acts: a person, and the editor window if it named itself.

    ``fence`` is that of the lease which the caller believes to hold; ``None`` if it says nothing.
    """

    actor: Actor
    session_id: str | None = None
    fence: int | None = None

    def holds(self, lease: CanvasLease) -> bool:
        """Who names a session holds its lease if the person agrees; else the login decides.

        A fence alone makes nobody a holder: it is shown to all.
        """
        if self.session_id is not None:
            return lease.session_id == self.session_id and lease.user_id == self.actor.user_id
        return self.actor.sid is not None and lease.sid == self.actor.sid
