"""What stands in the members of a show file that are not the tournament's.

A canvas document is a member of its own, as the text that it is, and named by its SHA-256: it goes
through no parser, and equal ones of many revisions are stored once.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta

from gal_dashboard.core.bundles import MIB, Kind
from tournaments.transfer.forms import LARGEST_COUNT, Author, FileForm, Moment, Remark
from tournaments.transfer.tables import PEOPLE, STANDINGS, TABLES, TOURNAMENT

SETTINGS: Final = "settings.yaml"
OF_TOURNAMENT: Final = (TOURNAMENT, PEOPLE, *(table.member for table in TABLES), STANDINGS)
GRAPHIC: Final = re.compile(r"graphics/[1-9][0-9]{0,4}\.json")
DOCUMENT: Final = re.compile(r"documents/[0-9a-f]{64}\.json")


def _largest(member: str) -> int:
    """What is parsed takes many times its size in memory. A document is at most what REST takes;
    settings are judged while others wait.
    """
    if member == SETTINGS:
        return MIB // 4
    return (25 if DOCUMENT.fullmatch(member) else 16) * MIB


SHOW: Final = Kind(
    name="gal-show",
    version=1,
    members=re.compile(
        "|".join([*map(re.escape, (*OF_TOURNAMENT, SETTINGS)), GRAPHIC.pattern, DOCUMENT.pattern])
    ),
    most_members=20_000,
    largest=_largest,
    largest_whole=3 * 1024 * MIB,
)

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Version = Annotated[int, Meta(ge=1, le=LARGEST_COUNT)]
Title = Annotated[str, Meta(min_length=1, max_length=255)]


class RevisionForm(FileForm):
    """``is_tied``: to the tournament of the file; else it was to another one or to none.

    ``session`` tells logins apart, which is what thinning old revisions asks for, and nothing else.
    """

    version: Version
    title: Title
    event_name: Title
    document: Digest
    is_tied: bool
    restored_from: Version | None
    author: Author
    session: Annotated[int, Meta(ge=1, le=LARGEST_COUNT)] | None
    created_at: Moment


class GraphicForm(FileForm):
    title: Title
    event_name: Title
    document: Digest
    version: Version
    archived: bool
    archived_at: Moment | None
    archived_by: Author
    archive_reason: Remark
    created_by: Author
    updated_by: Author
    created_at: Moment
    updated_at: Moment
    revisions: Annotated[list[RevisionForm], Meta(max_length=100_000)]


# Tables and columns that stay behind, and why. A column is ``Model.column``.
LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "GraphicTournament": "follows from the graphic's tournament",
        "CanvasLease": "who edits now is no part of a show",
        "OverlayKey": "keys are secrets of an installation",
        "Graphic.tournament": "it is the one of the file",
        "Graphic.document_bytes": "the database counts them",
        "Graphic.last_fence": "goes with the leases",
        "GraphicRevision.graphic": "it stands in the graphic's member",
        "GraphicRevision.tournament_id": "is_tied says it",
        "GraphicRevision.session_sid": "session says whose was whose",
    }
)


def document_member(digest: str) -> str:
    return f"documents/{digest}.json"


def graphic_member(number: int) -> str:
    return f"graphics/{number}.json"
