"""What is said about graphics: the members of frames."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gal_dashboard.events.catalogue import EventData, EventType, Moment, by_action
from tournaments.event_data import PublicTournament, Standings

Document = Annotated[
    dict[str, Any],
    Meta(description="The canvas document, as it was saved: any object."),
]
ShownTournament = Annotated[
    PublicTournament | UnsetType | None,
    Meta(description="Only where the tie changed: what the graphic shows from now on."),
]


class PublicGraphic(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What an overlay draws. A document over 64 KiB is null: fetch it by its version."""

    id: int
    title: str
    data_json: Document | None
    version: int
    tournament_id: int | None


class StaffGraphic(PublicGraphic, kw_only=True):
    """What staff see of a graphic."""

    event_name: str
    archived: bool
    created_by: str
    updated_by: str
    created_at: Moment
    updated_at: Moment


class OverlayState(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All that an overlay draws from; frames with higher numbers change its parts.

    Standings over 64 KiB are null, and ``snapshot_id`` says where they are.
    """

    graphic: PublicGraphic
    tournament: PublicTournament | None
    standings: Standings | None
    snapshot_id: int | None


class GraphicShown(EventData, kw_only=True):
    graphic_id: int
    version: int
    graphic: PublicGraphic
    tournament: ShownTournament = UNSET


class GraphicCreated(GraphicShown, kw_only=True, tag="created"):
    """A new graphic."""


class GraphicUpdated(GraphicShown, kw_only=True, tag="updated"):
    """A new version."""


class GraphicRestored(GraphicShown, kw_only=True, tag="restored"):
    """Back from the archive; ``standings_update`` has the next number."""


class StaffGraphicShown(GraphicShown, kw_only=True):
    graphic: StaffGraphic
    actor: str


class StaffGraphicCreated(StaffGraphicShown, kw_only=True, tag="created"):
    """A new graphic."""


class StaffGraphicUpdated(StaffGraphicShown, kw_only=True, tag="updated"):
    """A new version."""


class StaffGraphicRestored(StaffGraphicShown, kw_only=True, tag="restored"):
    """Back from the archive."""


class GraphicWithdrawn(EventData, kw_only=True):
    graphic_id: int
    version: int


class GraphicArchived(GraphicWithdrawn, kw_only=True, tag="archived"):
    """The last that an overlay hears of it: keep the picture. Close code 4404 follows."""


class GraphicDeleted(GraphicWithdrawn, kw_only=True, tag="deleted"):
    """The last that an overlay hears of it: keep the picture. Close code 4404 follows."""


class StaffGraphicWithdrawn(GraphicWithdrawn, kw_only=True):
    title: str
    event_name: str
    actor: str
    reason: str


class StaffGraphicArchived(StaffGraphicWithdrawn, kw_only=True, tag="archived"):
    """Off the list, with the reason that was given."""


class StaffGraphicDeleted(StaffGraphicWithdrawn, kw_only=True, tag="deleted"):
    """Gone for good; the reason is that of an archive before."""


class LockStatus(EventData, kw_only=True):
    """Once a lock has ended, ``locked_by`` and ``expires_at`` are null."""

    graphic_id: int
    locked: bool
    locked_by: str | None
    expires_at: Moment | None
    lock_fence: int
    actor: str


class LockAcquired(LockStatus, kw_only=True, tag="acquired"):
    """Somebody took the lock."""


class LockRenewed(LockStatus, kw_only=True, tag="renewed"):
    """The holder refreshed it: a new end, the same fence."""


class LockReleased(LockStatus, kw_only=True, tag="released"):
    """The holder gave it back."""


class LockExpired(LockStatus, kw_only=True, tag="expired"):
    """It ran out; told within about a second of its end."""


class LockForced(LockStatus, kw_only=True, tag="forced"):
    """An Administrator, the ``actor``, broke it."""

    reason: str


class LockEndedByArchive(LockStatus, kw_only=True, tag="archived"):
    """The holder archived the graphic."""


class LockEndedByDeletion(LockStatus, kw_only=True, tag="deleted"):
    """The holder deleted the graphic."""


SHOWN: Final = by_action(GraphicCreated, GraphicUpdated, GraphicRestored)
SHOWN_TO_STAFF: Final = by_action(StaffGraphicCreated, StaffGraphicUpdated, StaffGraphicRestored)
WITHDRAWN: Final = by_action(GraphicArchived, GraphicDeleted)
WITHDRAWN_TO_STAFF: Final = by_action(StaffGraphicArchived, StaffGraphicDeleted)
LOCK_STATUS: Final[Mapping[str, type[LockStatus]]] = by_action(
    LockAcquired,
    LockRenewed,
    LockReleased,
    LockExpired,
    LockForced,
    LockEndedByArchive,
    LockEndedByDeletion,
)

EVENT_TYPES: Final = (
    EventType(
        name="graphic_update",
        summary="A graphic was created, changed, archived, restored or deleted.",
        staff=(*SHOWN_TO_STAFF.values(), *WITHDRAWN_TO_STAFF.values()),
        public=(*SHOWN.values(), *WITHDRAWN.values()),
    ),
    EventType(
        name="lock_status",
        summary="A canvas lock was taken, extended, or has ended.",
        staff=tuple(LOCK_STATUS.values()),
    ),
)
