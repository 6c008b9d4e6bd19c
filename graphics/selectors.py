"""Reads of graphics as plain rows; the document goes through as the text it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from django.db.models import QuerySet

from gal_dashboard.core.wire import fits_in_frame
from graphics.errors import GraphicNotFoundError, VersionNotReachedError
from graphics.events import public_body
from graphics.models import Graphic, GraphicTournament
from tournaments import selectors as tournament_selectors

# The members of a graphic on the wire; data_json is the column ``document``, locks come with them.
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
ORDERINGS: Final = ("updated_at", "created_at", "title", "event_name", "version", "id")
# A page ends early rather than hold more than this in memory; ``total`` says how many there are.
LARGEST_PAGE_BYTES: Final = 64 * 1024 * 1024

_COLUMNS: Final = {"data_json": "document", "canvas_lock": None}


def graphics_in_order(ordering: str = "-updated_at") -> QuerySet[Graphic]:
    """All graphics in a total order: what is equal stands by its number, in the same direction."""
    return Graphic.objects.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")


def graphic_page(
    graphics: QuerySet[Graphic], window: slice, *, members: Sequence[str] = MEMBERS
) -> list[dict[str, Any]]:
    """The graphics of one page as REST shows them, only these members of them.

    With documents the page has at least one graphic, then as many as ``LARGEST_PAGE_BYTES`` hold.
    """
    if "data_json" not in members:
        return [body_of(row, members) for row in graphics.values(*_columns(members))[window]]
    shown, size = [], 0
    for pk, document_bytes in graphics.values_list("pk", "document_bytes")[window]:
        size += document_bytes
        if shown and size > LARGEST_PAGE_BYTES:
            break
        shown.append(pk)
    rows = Graphic.objects.filter(pk__in=shown).values("pk", *_columns(members))
    bodies = {row["pk"]: body_of(row, members) for row in rows}
    return [bodies[pk] for pk in shown if pk in bodies]


def body_of(row: Mapping[str, Any], members: Sequence[str] = MEMBERS) -> dict[str, Any]:
    """A graphic as REST shows it, from the columns that ``members`` need."""
    body = {name: row.get(name) for name in members}
    if "data_json" in body:
        body["data_json"] = orjson.Fragment(row["document"])
    return body


def body_of_graphic(graphic: Graphic) -> dict[str, Any]:
    return body_of({column: getattr(graphic, column) for column in _columns(MEMBERS)})


def graphic_body(graphic_id: int) -> dict[str, Any]:
    """Raises ``GraphicNotFoundError``."""
    row = Graphic.objects.filter(pk=graphic_id).values(*_columns(MEMBERS)).first()
    if row is None:
        raise GraphicNotFoundError
    return body_of(row)


def _columns(members: Sequence[str]) -> list[str]:
    columns = (_COLUMNS.get(name, name) for name in members)
    return [column for column in columns if column is not None]


def graphic_exists(graphic_id: int) -> bool:
    return Graphic.objects.filter(pk=graphic_id).exists()


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


def overlay_snapshot(graphic_id: int) -> dict[str, Any] | None:
    """All that an overlay draws from, or ``None`` if it may not be shown.

    Its parts have the form that later frames change: folding those onto it gives the next snapshot.
    """
    graphic = Graphic.objects.on_air().filter(pk=graphic_id).first()
    if graphic is None:
        return None
    tournament, snapshot_id, document = None, None, None
    if graphic.tournament_id is not None:
        tournament = tournament_selectors.public_tournament(graphic.tournament_id)
        snapshot_id, document = tournament_selectors.newest_document(graphic.tournament_id)
    shown = document is not None and fits_in_frame(document)
    return {
        "graphic": public_body(graphic),
        "tournament": tournament,
        "standings": orjson.Fragment(document) if shown else None,
        "snapshot_id": snapshot_id,
    }


def overlays_following(tournament_id: int) -> list[int]:
    """The graphics that show something of this tournament."""
    rows = GraphicTournament.objects.filter(tournament_id=tournament_id)
    return list(rows.order_by("graphic_id").values_list("graphic_id", flat=True))
