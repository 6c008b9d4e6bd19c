"""Writes of a tournament's format: points, the chain that orders, the stages and their cuts."""

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording
from tournaments import services, stages
from tournaments.event_data import Change
from tournaments.models import Tournament
from tournaments.presets import StageFormat, cut_text
from tournaments.services import lock_tournament, republish_if_published


def change_rules(*, actor: Actor, tournament_id: int, fields: Mapping[str, Any]) -> Tournament:
    """As ``update_tournament``; standings that come out otherwise now are published anew."""
    with recording():
        before = _ordering(lock_tournament(tournament_id))
        tournament = services.update_tournament(
            actor=actor, tournament_id=tournament_id, fields=fields
        )
        if _ordering(tournament) != before:
            republish_if_published(tournament, actor=actor)
        return tournament


def change_stages(*, actor: Actor, tournament_id: int, wanted: Sequence[StageFormat]) -> bool:
    """Make these the stages of a tournament; whether anything changed.

    Games stay and belong to the stage that has their day. Raises ``InvalidFieldsError`` with paths
    ``stages.<index>.<field>``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_invalid(tournament, wanted)
        wanted = sorted(wanted, key=lambda stage: stage.days)
        before = stages.read(tournament.pk)
        if before == wanted:
            return False
        stages.store(tournament, wanted)
        changes = {"stages": (_spoken(before), _spoken(wanted))}
        trail.record("tournament.format_changed", actor=actor, target=tournament, changes=changes)
        services.announce(tournament, actor, change=Change(kind="tournament.format_changed"))
        republish_if_published(tournament, actor=actor)
        return True


def _ordering(tournament: Tournament) -> tuple[Any, ...]:
    return tournament.points_table, tournament.tie_chain


def _spoken(formats: Sequence[StageFormat]) -> str:
    return " | ".join(map(str, formats))


def _refuse_invalid(tournament: Tournament, wanted: Sequence[StageFormat]) -> None:
    errors = faults(wanted, played=set(tournament.games.values_list("day", flat=True)))
    for index, stage in enumerate(wanted):
        growing = _growing_cuts(stage)
        if growing:
            errors.setdefault(f"stages.{index}.cuts", []).append(growing)
    if errors:
        raise InvalidFieldsError(errors)


def faults(wanted: Sequence[StageFormat], *, played: Set[int]) -> dict[str, list[str]]:
    """Why these can be no stages, by path; ``played`` are days that have games."""
    errors: dict[str, list[str]] = {}
    owners: dict[int, str] = {}
    for index, stage in enumerate(wanted):
        for day in stage.days:
            if day in owners:
                sentence = f"Day {day} belongs to {owners[day]} already."
                errors.setdefault(f"stages.{index}.days", []).append(sentence)
            owners.setdefault(day, stage.name)
        strays = [cut_text(cut) for cut in stage.cuts if cut.day not in stage.days]
        if strays:
            sentence = f"Not a day of this stage: {', '.join(strays)}."
            errors[f"stages.{index}.cuts"] = [sentence]
    if wanted and min(wanted, key=lambda stage: stage.days).carries:
        first = min(range(len(wanted)), key=lambda index: wanted[index].days)
        errors[f"stages.{first}.carries"] = ["Nothing comes before the first stage."]
    homeless = sorted(played - owners.keys())
    if not wanted:
        errors["stages"] = ["A tournament has at least one stage."]
    elif homeless:
        days = ", ".join(map(str, homeless))
        errors["stages"] = [f"Games were drawn or played on day {days}, which has no stage now."]
    return errors


def _growing_cuts(stage: StageFormat) -> str | None:
    """Of cuts in the order of play, each lets fewer go on than the one before."""
    for earlier, later in pairwise(sorted(stage.cuts, key=lambda cut: cut.moment)):
        if later.to >= earlier.to:
            return f"{cut_text(later)} lets no fewer go on than {cut_text(earlier)}."
    return None
