"""Reads of graphics as plain rows; the document goes through as the text it is."""

from typing import Any

import orjson
from django.db.models import QuerySet

from gal_dashboard.core.wire import fits_in_frame
from graphics.errors import GraphicNotFoundError, VersionNotReachedError
from graphics.events import public_body
from graphics.models import Graphic, GraphicTournament
from tournaments import selectors as tournament_selectors

FIELDS = (
    "id",
    "title",
    "event_name",
    "document",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "archived",
    "version",
    "tournament_id",
)


def graphic_rows() -> QuerySet:
    return Graphic.objects.newest_change_first().values(*FIELDS)


def body_of(row: dict[str, Any]) -> dict[str, Any]:
    """A graphic as REST shows it, from one row of ``graphic_rows``."""
    return {
        "id": row["id"],
        "title": row["title"],
        "event_name": row["event_name"],
        "data_json": orjson.Fragment(row["document"]),
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "archived": row["archived"],
        "version": row["version"],
        "tournament_id": row["tournament_id"],
        "canvas_lock": None,
    }


def graphic_body(graphic_id: int) -> dict[str, Any]:
    """Raises ``GraphicNotFoundError``."""
    row = graphic_rows().filter(pk=graphic_id).first()
    if row is None:
        raise GraphicNotFoundError
    return body_of(row)


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
        tournament = tournament_selectors.tournament_body(graphic.tournament_id)
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
