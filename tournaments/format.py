"""Writes of a tournament's format: points, the chain that orders, the stages and their cuts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording
from tournaments import services
from tournaments.event_data import Change
from tournaments.models import Stage, Tournament
from tournaments.roster import republish_if_published
from tournaments.services import lock_tournament
from tournaments.standings import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFormat:
    """A stage as staff define it; stages are numbered in the order of their days."""

    name: str
    days: tuple[int, ...]
    cuts: tuple[Cut, ...] = ()
    threshold: int | None = None

    def __str__(self) -> str:
        days = ", ".join(map(str, self.days))
        cuts = "".join(f"; {cut_text(cut)}" for cut in self.cuts)
        checkmate = f"; checkmate at {self.threshold}" if self.threshold else ""
        return f"{self.name} (days {days}{cuts}{checkmate})"


def cut_text(cut: Cut) -> str:
    """``2: 8``: after day 2 eight go on; ``1.4: 32``: after game 4 of day 1."""
    moment = str(cut.day) if cut.game is None else f"{cut.day}.{cut.game}"
    return f"{moment}: {cut.to}"


def change_rules(*, actor: Actor, tournament_id: int, fields: Mapping[str, Any]) -> Tournament:
    """As ``update_tournament``; standings that come out otherwise now are published anew."""
    with recording():
        before = _ordering(lock_tournament(tournament_id))
        tournament = services.update_tournament(
            actor=actor, tournament_id=tournament_id, fields=fields
        )
        if _ordering(tournament) != before:
            republish_if_published(tournament)
        return tournament


def change_stages(*, actor: Actor, tournament_id: int, stages: Sequence[StageFormat]) -> bool:
    """Make these the stages of a tournament; whether anything changed.

    Games stay and belong to the stage that has their day. Raises ``InvalidFieldsError`` with paths
    ``stages.<index>.<field>``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_invalid(tournament, stages)
        wanted = sorted(stages, key=lambda stage: stage.days)
        before = [_format_of(stage) for stage in tournament.stages.order_by("number")]
        if before == wanted:
            return False
        _store(tournament, wanted)
        changes = {"stages": (_spoken(before), _spoken(wanted))}
        trail.record("tournament.format_changed", actor=actor, target=tournament, changes=changes)
        services.announce(tournament, actor, change=Change(kind="tournament.format_changed"))
        republish_if_published(tournament)
        return True


def _ordering(tournament: Tournament) -> tuple[Any, ...]:
    return tournament.points_table, tournament.tie_chain


def _format_of(stage: Stage) -> StageFormat:
    return StageFormat(
        name=stage.name,
        days=tuple(stage.days),
        cuts=tuple(Cut(cut["day"], cut["game"], cut["to"]) for cut in stage.cuts),
        threshold=stage.threshold,
    )


def _spoken(stages: Sequence[StageFormat]) -> str:
    return " | ".join(map(str, stages))


def _refuse_invalid(tournament: Tournament, stages: Sequence[StageFormat]) -> None:
    errors: dict[str, list[str]] = {}
    owners: dict[int, str] = {}
    for index, stage in enumerate(stages):
        for day in stage.days:
            if day in owners:
                sentence = f"Day {day} belongs to {owners[day]} already."
                errors.setdefault(f"stages.{index}.days", []).append(sentence)
            owners.setdefault(day, stage.name)
        strays = [cut_text(cut) for cut in stage.cuts if cut.day not in stage.days]
        if strays:
            sentence = f"Not a day of this stage: {', '.join(strays)}."
            errors[f"stages.{index}.cuts"] = [sentence]
    played = set(tournament.games.values_list("day", flat=True))
    homeless = sorted(played - owners.keys())
    if not stages:
        errors["stages"] = ["A tournament has at least one stage."]
    elif homeless:
        days = ", ".join(map(str, homeless))
        errors["stages"] = [f"Games were drawn or played on day {days}, which has no stage now."]
    if errors:
        raise InvalidFieldsError(errors)


def _store(tournament: Tournament, stages: Sequence[StageFormat]) -> None:
    for number, stage in enumerate(stages, start=1):
        row, _ = Stage.objects.update_or_create(
            tournament=tournament,
            number=number,
            defaults={
                "name": stage.name,
                "days": list(stage.days),
                "cuts": [{"day": cut.day, "game": cut.game, "to": cut.to} for cut in stage.cuts],
                "threshold": stage.threshold,
            },
        )
        # before a stage goes: its games would go with it
        tournament.games.filter(day__in=stage.days).update(stage=row)
    tournament.stages.filter(number__gt=len(stages)).delete()
