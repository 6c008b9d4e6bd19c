"""Reads of result sheets and corrections, as plain rows ready for the wire."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from tournaments.models import Correction, Participant, ResultSheet
from tournaments.standings import GameRef

Names = Mapping[int, str]


def lobby_results(tournament_id: int, ref: GameRef, lobby: int, *, window: slice) -> dict[str, Any]:
    """All that was ever said about a lobby, the newest first."""
    rows = _sheets(tournament_id).filter(
        lobby__game__day=ref.day, lobby__game__number=ref.game, lobby__number=lobby
    )
    return {"results": _sheet_bodies(tournament_id, rows[window]), "total": rows.count()}


def submissions(tournament_id: int, *, window: slice) -> dict[str, Any]:
    """What waits to be confirmed or rejected, the newest first."""
    rows = _sheets(tournament_id).waiting()
    return {"submissions": _sheet_bodies(tournament_id, rows[window]), "total": rows.count()}


def count_submissions(tournament_id: int) -> int:
    """How many wait."""
    return _sheets(tournament_id).waiting().count()


def sheet_body(tournament_id: int, sheet_id: int) -> dict[str, Any]:
    """One sheet that there is."""
    [body] = _sheet_bodies(tournament_id, _sheets(tournament_id).filter(pk=sheet_id))
    return body


def submission_exists(tournament_id: int, sheet_id: int) -> bool:
    return _sheets(tournament_id).filter(pk=sheet_id).exists()


def corrections(tournament_id: int, *, window: slice) -> dict[str, Any]:
    """All corrections of several lobbies, the newest first."""
    rows = _corrections(tournament_id)
    names = _names(tournament_id)
    return {
        "corrections": [_correction(row, names) for row in rows[window]],
        "total": rows.count(),
    }


def correction_body(tournament_id: int, correction_id: int) -> dict[str, Any]:
    """One correction that there is."""
    row = _corrections(tournament_id).get(pk=correction_id)
    return _correction(row, _names(tournament_id))


def correction_exists(tournament_id: int, correction_id: int) -> bool:
    return _corrections(tournament_id).filter(pk=correction_id).exists()


def _sheets(tournament_id: int) -> QuerySet[ResultSheet]:
    rows = ResultSheet.objects.filter(lobby__game__tournament_id=tournament_id)
    return rows.select_related("lobby__game").newest_first()


def _corrections(tournament_id: int) -> QuerySet[Correction]:
    rows = Correction.objects.filter(tournament_id=tournament_id).order_by("-pk")
    return rows.select_related("undone_by")


def _names(tournament_id: int) -> Names:
    rows = Participant.objects.filter(tournament_id=tournament_id)
    return dict(rows.values_list("pk", "name"))


def _sheet_bodies(tournament_id: int, rows: Iterable[ResultSheet]) -> list[dict[str, Any]]:
    names = _names(tournament_id)
    return [_sheet(row, names) for row in rows]


def _sheet(sheet: ResultSheet, names: Names) -> dict[str, Any]:
    lobby, game = sheet.lobby, sheet.lobby.game
    return {
        "id": sheet.pk,
        "game": f"{game.day}.{game.number}",
        "lobby": lobby.number,
        "status": sheet.status,
        **_said(sheet.placements, names),
        "note": sheet.note,
        "submitted_by": sheet.submitted_by,
        "submitted_at": sheet.submitted_at,
        "decided_by": sheet.decided_by or None,
        "decided_at": sheet.decided_at,
        "reason": sheet.reason,
        "correction_id": sheet.correction_id,
    }


def _correction(correction: Correction, names: Names) -> dict[str, Any]:
    undone_by = getattr(correction, "undone_by", None)
    return {
        "id": correction.pk,
        "reason": correction.reason,
        "made_by": correction.made_by,
        "made_at": correction.made_at,
        "undoes": correction.undoes_id,
        "undone_by": undone_by.pk if undone_by else None,
        "lobbies": [
            {
                "game": lobby["game"],
                "lobby": lobby["lobby"],
                "before": _said(lobby["before"], names),
                "after": _said(lobby["after"], names),
            }
            for lobby in correction.lobbies
        ],
    }


def _said(placements: Mapping[str, int | None], names: Names) -> dict[str, Any]:
    """As results are sent: places by name, best first, and who was absent."""
    placed = sorted((place, int(pk)) for pk, place in placements.items() if place is not None)
    absent = sorted(int(pk) for pk, place in placements.items() if place is None)
    return {
        "placements": {names[pk]: place for place, pk in placed},
        "absent": [names[pk] for pk in absent],
    }
