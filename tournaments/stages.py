"""Stages between their rows and their format. Whoever stores holds the tournament's row."""

from collections.abc import Sequence
from typing import Any

from tournaments.models import Stage, Tournament
from tournaments.presets import StageFormat
from tournaments.standings import Cut


def read(tournament_id: int) -> list[StageFormat]:
    rows = Stage.objects.filter(tournament_id=tournament_id).order_by("number")
    return [format_of(stage) for stage in rows]


def format_of(stage: Stage) -> StageFormat:
    return StageFormat(
        name=stage.name,
        days=tuple(stage.days),
        cuts=tuple(Cut(cut["day"], cut["game"], cut["to"]) for cut in stage.cuts),
        threshold=stage.threshold,
        points=stage.points_table,
        chain=None if stage.tie_chain is None else tuple(stage.tie_chain),
        carries=stage.carries,
        games=stage.games_a_day,
        redraw_every=stage.redraw_every,
        draw_rule=stage.draw_rule,
    )


def wire(stage: StageFormat) -> dict[str, Any]:
    """A stage as REST shows and takes it."""
    return {
        "name": stage.name,
        "days": list(stage.days),
        "cuts": [{"day": cut.day, "game": cut.game, "to": cut.to} for cut in stage.cuts],
        "threshold": stage.threshold,
        "points": None if stage.points is None else dict(stage.points),
        "chain": None if stage.chain is None else list(stage.chain),
        "carries": stage.carries,
        "games": stage.games,
        "redraw_every": stage.redraw_every,
        "draw_rule": stage.draw_rule,
    }


def store(tournament: Tournament, stages: Sequence[StageFormat]) -> None:
    """Make these the stages of a tournament; games go to the stage that has their day."""
    for number, stage in enumerate(stages, start=1):
        shown = wire(stage)
        row, _ = Stage.objects.update_or_create(
            tournament=tournament,
            number=number,
            defaults={
                **{name: shown[name] for name in _AS_SHOWN},
                "points_table": shown["points"],
                "tie_chain": shown["chain"],
                "games_a_day": shown["games"],
            },
        )
        # before a stage goes: its games would go with it
        tournament.games.filter(day__in=stage.days).update(stage=row)
    tournament.stages.filter(number__gt=len(stages)).delete()


_AS_SHOWN = ("name", "days", "cuts", "threshold", "carries", "redraw_every", "draw_rule")
