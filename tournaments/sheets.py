"""Result sheets in the database; the confirmed one of a lobby is laid out as its placements.

Whoever calls this holds the tournament's row, so no two sheets of a lobby are confirmed at once.
"""

from django.utils import timezone

from gal_dashboard.core.context import Actor
from tournaments.choices import SheetStatus
from tournaments.models import Correction, Lobby, Placement, ResultSheet, Tournament
from tournaments.rulebook import Places
from tournaments.standings import GameRef


def lobby_row(tournament: Tournament, ref: GameRef, number: int) -> Lobby:
    """The lobby of that number, made with its game if this is the first that is heard of it."""
    game = tournament.games.filter(day=ref.day, number=ref.game).first()
    if game is None:
        stage = next(stage for stage in tournament.stages.all() if ref.day in stage.days)
        game = tournament.games.create(stage=stage, day=ref.day, number=ref.game)
    lobby, _ = Lobby.objects.get_or_create(game=game, number=number)
    return lobby


def new_sheet(lobby: Lobby, places: Places, *, actor: Actor, note: str = "") -> ResultSheet:
    """A sheet that nobody has decided on; not stored yet."""
    return ResultSheet(
        lobby=lobby,
        placements=stored(places),
        note=note,
        submitted_by=actor.name,
        submitted_at=timezone.now(),
    )


def stored(places: Places) -> dict[str, int | None]:
    """Places as a JSON column holds them."""
    return {str(pk): place for pk, place in places.items()}


def confirm(sheet: ResultSheet, *, actor: Actor, correction: Correction | None = None) -> None:
    """Make it the result of its lobby; the one before it is kept as replaced."""
    sheet.lobby.sheets.confirmed().update(status=SheetStatus.REPLACED)
    sheet.correction = correction
    decide(sheet, SheetStatus.CONFIRMED, actor=actor)
    sheet.lobby.placements.all().delete()
    Placement.objects.bulk_create(
        Placement(lobby=sheet.lobby, participant_id=pk, place=place, is_absent=place is None)
        for pk, place in sheet.places.items()
    )


def decide(sheet: ResultSheet, status: SheetStatus, *, actor: Actor) -> None:
    sheet.status = status
    sheet.decided_by = actor.name
    sheet.decided_at = timezone.now()
    sheet.full_clean()
    sheet.save()
