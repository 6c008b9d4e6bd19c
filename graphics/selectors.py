"""Reads of graphics as plain rows; the document goes through as the text it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from django.db.models import BigIntegerField, QuerySet

from gal_dashboard.core import wire
from gal_dashboard.core.clock import database_now
from gal_dashboard.core.prepared import Now, Prepared, Slot, attributes_of, instance_of
from gal_dashboard.realtime.ports import Editor
from graphics import listed_rows
from graphics.claims import Claim
from graphics.errors import (
    GraphicNotFoundError,
    RevisionNotFoundError,
    VersionNotReachedError,
)
from graphics.event_data import OverlayState
from graphics.events import public_body
from graphics.models import CanvasLease, Graphic, GraphicRevision, GraphicTournament
from tournaments import selectors as tournament_selectors
from tournaments.events import published_standings

# The members of a graphic on the wire; data_json is the column ``document``, the lock a lease.
MEMBERS: Final = (
    "id",
    "title",
    "event_name",
    "data_json",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "archived",
    "version",
    "tournament_id",
    "canvas_lock",
)
# The lock stands last: what is shown of it depends on who looks.
_BEFORE_LOCK: Final = MEMBERS[:-1]
ORDERINGS: Final = ("updated_at", "created_at", "title", "event_name", "version", "id")
# A page ends early rather than hold more than this in memory; ``total`` says how many there are.
LARGEST_PAGE_BYTES: Final = 64 * 1024 * 1024

ARCHIVE_MEMBERS: Final = (*MEMBERS, "archived_at", "archived_by", "reason")
REVISION_MEMBERS: Final = (
    "version",
    "title",
    "event_name",
    "tournament_id",
    "restored_from",
    "author",
    "created_at",
)

_COLUMNS: Final = {"data_json": "document", "canvas_lock": None, "reason": "archive_reason"}


def _columns(members: Sequence[str]) -> list[str]:
    columns = (_COLUMNS.get(name, name) for name in members)
    return [column for column in columns if column is not None]


# Of one graphic, asked by almost every request.
_PK: Final = Slot("pk", BigIntegerField())
_EXISTS: Final = Prepared(
    lambda: Graphic.objects.filter(pk=_PK).order_by().values("pk")[:1],
)
_GRAPHIC: Final = Prepared(
    lambda: Graphic.objects.filter(pk=_PK).order_by().values("pk", *_columns(MEMBERS))[:1]
)


def _held_leases() -> QuerySet[CanvasLease, dict[str, Any]]:
    rows = CanvasLease.objects.unended().filter(expires_at__gt=Now())
    return rows.order_by().values(*attributes_of(CanvasLease))


_LIVE_LEASE: Final = Prepared(
    lambda: _held_leases().filter(graphic_id=Slot("graphic", BigIntegerField()))[:1]
)
FEW_LEASES: Final = 100
_LIVE_LEASES: Final = Prepared(lambda: _held_leases()[: FEW_LEASES + 1])


def graphics_in_order(ordering: str = "-updated_at") -> QuerySet[Graphic]:
    """All graphics in a total order: what is equal stands by its number, in the same direction."""
    return Graphic.objects.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")


def graphic_page(
    graphics: QuerySet[Graphic],
    window: slice,
    *,
    viewer: Claim,
    members: Sequence[str] = MEMBERS,
) -> Sequence[dict[str, Any] | orjson.Fragment]:
    """The graphics of one page as REST shows them to ``viewer``, only these members of them.

    With documents the page has at least one graphic, then as many as ``LARGEST_PAGE_BYTES`` hold.
    """
    if "data_json" not in members:
        rows = list(graphics.values("pk", *_columns(members))[window])
        return _bodies(rows, viewer, members)
    shown, size = [], 0
    for row in graphics.values(*listed_rows.STATE, "document_bytes")[window]:
        size += row["document_bytes"]
        if shown and size > LARGEST_PAGE_BYTES:
            break
        shown.append(row)
    if tuple(members) == MEMBERS:
        return _listed(shown, viewer)
    by_pk = _rows_by_pk([row["pk"] for row in shown], members)
    # one may have been deleted between the two reads
    return _bodies([by_pk[row["pk"]] for row in shown if row["pk"] in by_pk], viewer, members)


def _rows_by_pk(pks: Sequence[int], members: Sequence[str]) -> dict[int, dict[str, Any]]:
    found = Graphic.objects.filter(pk__in=pks).values("pk", *_columns(members))
    return {row["pk"]: row for row in found}


def _listed(shown: Sequence[Mapping[str, Any]], viewer: Claim) -> list[orjson.Fragment]:
    """All members of these graphics, of which only those are read that are not known any more."""
    texts = {row["pk"]: listed_rows.known(row) for row in shown}
    unknown = [pk for pk, text in texts.items() if text is None]
    for pk, row in _rows_by_pk(unknown, MEMBERS).items():
        body = _body(row, None, viewer, _BEFORE_LOCK)
        texts[pk] = text = wire.dumps(body)[:-1] + b',"canvas_lock":'
        listed_rows.keep(row, text)
    leases = live_leases(list(texts))
    return [
        _with_lock(text, leases.get(pk), viewer)
        for pk, text in texts.items()
        if text is not None  # it was deleted between the two reads
    ]


def _with_lock(text: bytes, lease: CanvasLease | None, viewer: Claim) -> orjson.Fragment:
    lock = b"null" if lease is None else wire.dumps(lock_body(lease, viewer))
    return orjson.Fragment(text + lock + b"}")


def graphic_body(graphic_id: int, viewer: Claim) -> dict[str, Any]:
    """Raises ``GraphicNotFoundError``."""
    row = _GRAPHIC.first(pk=graphic_id)
    if row is None:
        raise GraphicNotFoundError
    return _bodies([row], viewer)[0]


def body_of_graphic(graphic: Graphic, lease: CanvasLease | None, viewer: Claim) -> dict[str, Any]:
    """What ``graphic_body`` would read, of a graphic that was written just now."""
    row = {name: getattr(graphic, name) for name in _columns(MEMBERS)}
    return _body(row, lease, viewer, MEMBERS)


def _bodies(
    rows: Sequence[Mapping[str, Any]], viewer: Claim, members: Sequence[str] = MEMBERS
) -> list[dict[str, Any]]:
    """Rows with the columns that ``members`` need, as REST shows them; one query for all locks."""
    leases = live_leases([row["pk"] for row in rows]) if "canvas_lock" in members else {}
    return [_body(row, leases.get(row["pk"]), viewer, members) for row in rows]


def _body(
    row: Mapping[str, Any], lease: CanvasLease | None, viewer: Claim, members: Sequence[str]
) -> dict[str, Any]:
    body = {name: row.get(name) for name in members}
    if "reason" in body:
        body["reason"] = row["archive_reason"]
    if "data_json" in body:
        body["data_json"] = orjson.Fragment(row["document"])
    if "canvas_lock" in body:
        body["canvas_lock"] = None if lease is None else lock_body(lease, viewer)
    return body


def lock_body(lease: CanvasLease, viewer: Claim) -> dict[str, Any]:
    """A live lock as ``viewer`` may see it: nobody but its holder learns the session."""
    is_holder = viewer.holds(lease)
    return {
        "id": lease.pk,
        "graphic_id": lease.graphic_id,
        "user_name": lease.user_name,
        "session_id": lease.session_id if is_holder else None,
        "locked": True,
        "locked_at": lease.taken_at,
        "expires_at": lease.expires_at,
        "lock_fence": lease.fence,
        "can_edit": is_holder,
    }


def live_leases(graphic_ids: Sequence[int] | None = None) -> dict[int, CanvasLease]:
    """The leases that hold now by graphic, of these graphics or of all: one query."""
    if graphic_ids is not None and len(graphic_ids) == 1:
        row = _LIVE_LEASE.first(graphic=graphic_ids[0])
        return {} if row is None else {graphic_ids[0]: instance_of(CanvasLease, row)}
    if graphic_ids is not None:
        # hardly anybody edits more at once, and Django takes long to write a list of numbers
        found = _LIVE_LEASES.rows()
        if len(found) <= FEW_LEASES:
            asked = frozenset(graphic_ids)
            leases = [instance_of(CanvasLease, row) for row in found if row["graphic_id"] in asked]
            return {lease.graphic_id: lease for lease in leases}
    rows = CanvasLease.objects.unended().filter(expires_at__gt=database_now())
    if graphic_ids is not None:
        rows = rows.filter(graphic_id__in=graphic_ids)
    return {lease.graphic_id: lease for lease in rows.order_by("taken_at", "pk")}


def editors() -> list[Editor]:
    """Who edits which graphic now."""
    return [
        Editor(graphic_id, lease.user_id, lease.user_name)
        for graphic_id, lease in live_leases().items()
    ]


def event_names() -> list[str]:
    """Every event name that a graphic has, live or archived, sorted."""
    names = Graphic.objects.order_by("event_name").values_list("event_name", flat=True)
    return sorted(names.distinct())  # the databases sort by rules of their own


def revision_rows(graphic_id: int) -> QuerySet[GraphicRevision]:
    """The revisions of a graphic, the newest first."""
    return GraphicRevision.objects.filter(graphic_id=graphic_id).order_by("-version")


def find_revision(graphic_id: int | None, version: int | None) -> None:
    """Raises ``RevisionNotFoundError``."""
    if not GraphicRevision.objects.filter(graphic=graphic_id, version=version).exists():
        raise RevisionNotFoundError(version=version)


def revision_body(graphic_id: int, version: int) -> dict[str, Any]:
    """One revision with its document. Raises ``RevisionNotFoundError``."""
    rows = revision_rows(graphic_id).filter(version=version)
    row = rows.values(*REVISION_MEMBERS, "document").first()
    if row is None:
        raise RevisionNotFoundError(version=version)
    return row | {"data_json": orjson.Fragment(row.pop("document"))}


def graphic_exists(graphic_id: int) -> bool:
    return _EXISTS.first(pk=graphic_id) is not None


def is_public(graphic_id: int) -> bool:
    """Whether the public view would show it."""
    return Graphic.objects.on_air().filter(pk=graphic_id).exists()


def public_view(graphic_id: int, *, at_least: int = 0) -> dict[str, Any]:
    """What everybody may see of a live graphic.

    Raises ``GraphicNotFoundError``; ``VersionNotReachedError`` below version ``at_least``.
    """
    row = (
        Graphic.objects.on_air()
        .filter(pk=graphic_id)
        .values("id", "title", "document", "version", "tournament_id")
        .first()
    )
    if row is None:
        raise GraphicNotFoundError
    if row["version"] < at_least:
        raise VersionNotReachedError(current_version=row["version"], version=at_least)
    return {
        "id": row["id"],
        "title": row["title"],
        "data_json": orjson.Fragment(row["document"]),
        "version": row["version"],
        "tournament_id": row["tournament_id"],
    }


def overlay_snapshot(graphic_id: int) -> OverlayState | None:
    """All that an overlay draws from, or ``None`` if it may not be shown.

    Its parts have the form that later frames change: folding those onto it gives the next snapshot.
    """
    graphic = Graphic.objects.on_air().with_document_for_frames().filter(pk=graphic_id).first()
    if graphic is None:
        return None
    if graphic.document_for_frames is not None:
        graphic.document = graphic.document_for_frames
    tournament, snapshot_id, document = None, None, None
    if graphic.tournament_id is not None:
        tournament = tournament_selectors.public_tournament(graphic.tournament_id)
        snapshot_id, document = tournament_selectors.newest_document(graphic.tournament_id)
    return OverlayState(
        graphic=public_body(graphic),
        tournament=tournament,
        standings=published_standings(document),
        snapshot_id=snapshot_id,
    )


def overlays_following(tournament_id: int) -> list[int]:
    """The live graphics that show something of this tournament.

    An overlay hears nothing between ``archived`` and ``restored``, which brings the standings.
    """
    rows = GraphicTournament.objects.filter(tournament_id=tournament_id, graphic__archived=False)
    return list(rows.order_by("graphic_id").values_list("graphic_id", flat=True))
