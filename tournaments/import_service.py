"""Writing an event file into the database, in one short transaction."""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Field, Model
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events import audience
from gal_dashboard.events.recording import emit, recording
from tournaments import events, selectors
from tournaments.choices import SheetStatus, TournamentStatus
from tournaments.event_plan import EventPlan, LobbyPlan
from tournaments.models import (
    Game,
    Lobby,
    Participant,
    Placement,
    ResultSheet,
    Stage,
    Tournament,
)
from tournaments.services import TOURNAMENT, lock_tournament, publish_standings
from tournaments.sheets import stored
from tournaments.standings import GameRef

Progress = Callable[[str], None]


def import_event(
    *, actor: Actor, plan: EventPlan, until: GameRef, on_progress: Progress = lambda step: None
) -> Tournament:
    """Make the event of ``plan`` as it stood after game ``until``; replace the one of its name.

    The tournament keeps its number, and participants theirs, so graphics that show it stay tied;
    all else is as if the event were imported for the first time.
    The first game after ``until`` is drawn as the file has it, without results. All of it is one
    transaction: whoever looks sees the old event or the new one, and overlays get one update.
    """
    with recording():
        tournament, is_new = _tournament(plan)
        on_progress("rules")
        tournament.games.all().delete()
        tournament.draws.all().delete()
        tournament.corrections.all().delete()
        tournament.stages.all().delete()
        stages = _make_stages(tournament, plan)
        on_progress("participants")
        participants = _make_participants(tournament, plan)
        on_progress("results")
        _make_games(
            tournament, plan, until=until, stages=stages, participants=participants, actor=actor
        )
        last = min(until, plan.last_game)
        tournament.status = (
            TournamentStatus.COMPLETED if last == plan.last_game else TournamentStatus.IN_PROGRESS
        )
        tournament.full_clean()
        tournament.save()
        trail.record(
            "tournament.imported",
            actor=actor,
            target=tournament,
            changes={"until": (None, str(last))},
        )
        on_progress("standings")
        changed = events.tournament_changed(
            "created" if is_new else "updated",
            tournament=selectors.tournament_body(tournament.pk),
            actor=actor,
        )
        emit(changed, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
        publish_standings(tournament=tournament, source="import", actor=actor)
        return tournament


def _tournament(plan: EventPlan) -> tuple[Tournament, bool]:
    """The newest tournament of that name with its row locked and all else as new, or a new one."""
    known = Tournament.objects.filter(name=plan.name).order_by("-pk").values_list("pk", flat=True)
    pk = known.first()
    tournament = lock_tournament(pk) if pk else Tournament(name=plan.name)
    if pk is not None:
        _forget(tournament, _fields_of(Tournament, but=("id", "name", "created_at")))
    tournament.max_participants = max(2, len(plan.participants))
    tournament.start_date, tournament.end_date = plan.start, plan.end
    tournament.points_table, tournament.tie_chain = dict(plan.points), list(plan.chain)
    tournament.source = plan.source
    if pk is None:
        tournament.full_clean()
        tournament.save()
    return tournament, pk is None


def _fields_of(model: type[Model], *, but: Iterable[str]) -> list[Field]:
    """By the model's own list: what it learns to keep later is forgotten, too."""
    return [field for field in model._meta.concrete_fields if field.name not in but]  # noqa: SLF001 - Django documents _meta


def _forget(row: Model, fields: Iterable[Field]) -> None:
    """Give these fields what a new row has. Saves nothing."""
    for field in fields:
        setattr(row, field.attname, field.get_default())


def _make_stages(tournament: Tournament, plan: EventPlan) -> Mapping[int, Stage]:
    """Stages by the days that belong to them."""
    stages = {}
    for stage in plan.stages:
        row = Stage.objects.create(
            tournament=tournament,
            number=stage.number,
            name=stage.name,
            days=list(stage.days),
            cuts=[dict(cut) for cut in stage.cuts],
            threshold=stage.threshold,
            redraw_every=stage.redraw_every,
        )
        stages |= dict.fromkeys(stage.days, row)
    return stages


def _make_participants(tournament: Tournament, plan: EventPlan) -> Mapping[str, Participant]:
    """Participants by every spelling of their names; those not in the plan are removed.

    Who was there before keeps the number, and nothing else.
    """
    tournament.participants.exclude(name__in=plan.participants).delete()
    known = {participant.name: participant for participant in tournament.participants.all()}
    by_name = {}
    fields = _fields_of(Participant, but=("id", "tournament", "name"))
    for arrival, name in enumerate(plan.participants, start=1):
        participant = known.get(name) or Participant(tournament=tournament, name=name)
        _forget(participant, fields)
        participant.arrival = arrival
        participant.aliases = list(plan.aliases.get(name, ()))
        by_name[name] = participant
    Participant.objects.bulk_update(known.values(), [field.name for field in fields])
    Participant.objects.bulk_create(one for name, one in by_name.items() if name not in known)
    spellings = {other: one for one in by_name.values() for other in one.aliases}
    return by_name | spellings


def _make_games(
    tournament: Tournament,
    plan: EventPlan,
    *,
    until: GameRef,
    stages: Mapping[int, Stage],
    participants: Mapping[str, Participant],
    actor: Actor,
) -> None:
    for ref, lobbies, is_played in _schedule(plan, until):
        game = Game.objects.create(
            tournament=tournament, stage=stages[ref.day], day=ref.day, number=ref.game
        )
        rows = Lobby.objects.bulk_create(Lobby(game=game, number=lobby.number) for lobby in lobbies)
        Placement.objects.bulk_create(
            Placement(
                lobby=row,
                participant=participants[name],
                place=lobby.placements.get(name) if is_played else None,
                is_absent=is_played and name in lobby.absent,
            )
            for row, lobby in zip(rows, lobbies, strict=True)
            for name in lobby.names
        )
        if is_played:
            ResultSheet.objects.bulk_create(
                _confirmed(row, lobby, participants, actor)
                for row, lobby in zip(rows, lobbies, strict=True)
            )


def _confirmed(
    row: Lobby, lobby: LobbyPlan, participants: Mapping[str, Participant], actor: Actor
) -> ResultSheet:
    now = timezone.now()
    absences = dict.fromkeys(lobby.absent)
    said = {
        participants[name].pk: place for name, place in {**lobby.placements, **absences}.items()
    }
    return ResultSheet(
        lobby=row,
        placements=stored(said),
        status=SheetStatus.CONFIRMED,
        submitted_by=actor.name,
        submitted_at=now,
        decided_by=actor.name,
        decided_at=now,
    )


def _schedule(
    plan: EventPlan, until: GameRef
) -> Iterable[tuple[GameRef, tuple[LobbyPlan, ...], bool]]:
    """The games up to ``until``, and the one after it, whose draw is known but not its result."""
    for ref, lobbies in sorted(plan.games.items()):
        yield ref, lobbies, ref <= until
        if ref > until:
            return
