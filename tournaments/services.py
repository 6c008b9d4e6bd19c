"""Writes of tournaments: the tournament itself, who takes part, and publishing its standings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import dumps
from gal_dashboard.events import audience
from gal_dashboard.events.recording import emit, recording
from tournaments import dependants, events, rulebook, scoreboard, selectors
from tournaments.errors import (
    ParticipantExistsError,
    TooFewPlacesError,
    TournamentFullError,
    TournamentNotFoundError,
)
from tournaments.models import (
    Participant,
    ScoreboardEntry,
    ScoreboardSnapshot,
    Stage,
    Tournament,
)
from tournaments.standings import GameRef

TOURNAMENT = "tournament"


def lock_tournament(tournament_id: int) -> Tournament:
    """The tournament with its row locked until the end of the transaction.

    Everything that changes or publishes a tournament, or ties a graphic to it, takes this lock
    first. Raises ``TournamentNotFoundError``.
    """
    tournament = Tournament.objects.select_for_update().filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    return tournament


def lock_tournaments(tournament_ids: Iterable[int]) -> frozenset[int]:
    """Lock those of these tournaments that there are, in the order of their numbers."""
    found = Tournament.objects.select_for_update().filter(pk__in=list(tournament_ids))
    return frozenset(found.order_by("pk").values_list("pk", flat=True))


def create_tournament(*, actor: Actor, fields: Mapping[str, Any]) -> Tournament:
    """A new tournament with one stage of one day, until its format says otherwise."""
    with recording():
        tournament = Tournament(**fields)
        tournament.full_clean()
        tournament.save()
        Stage.objects.create(tournament=tournament, number=1, name="Day 1", days=[1])
        trail.record("tournament.created", actor=actor, target=tournament)
        _emit_changed("created", tournament, actor)
        return tournament


def update_tournament(*, actor: Actor, tournament_id: int, fields: Mapping[str, Any]) -> Tournament:
    """Change named fields. A change of nothing writes nothing and tells nobody.

    Raises ``TournamentNotFoundError``, ``TooFewPlacesError``, ``ValidationError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        changes = {
            name: (getattr(tournament, name), value)
            for name, value in fields.items()
            if getattr(tournament, name) != value
        }
        if not changes:
            return tournament
        for name, (_, value) in changes.items():
            setattr(tournament, name, value)
        if "max_participants" in changes:
            _refuse_too_few_places(tournament)
        tournament.full_clean()
        tournament.save(update_fields=[*changes, "updated_at"])
        trail.record("tournament.updated", actor=actor, target=tournament, changes=changes)
        _emit_changed("updated", tournament, actor)
        return tournament


def delete_tournament(*, actor: Actor, tournament_id: int) -> str:
    """Delete a tournament with all its results; its name. Graphics that showed it become empty."""
    with recording():
        tournament = lock_tournament(tournament_id)
        dependants.release(actor=actor, tournament_id=tournament.pk)
        changed = events.tournament_changed(
            "deleted", tournament=selectors.tournament_body(tournament.pk), actor=actor
        )
        emit(changed, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
        trail.record("tournament.deleted", actor=actor, target=tournament)
        clear_results(tournament)
        tournament.delete()
        return tournament.name


def clear_results(tournament: Tournament) -> None:
    """Remove games with their placements, then participants, which placements protect."""
    tournament.games.all().delete()
    tournament.participants.all().delete()


def register_participant(
    *, actor: Actor, tournament_id: int, fields: Mapping[str, Any]
) -> Participant:
    """Add one participant. Raises ``TournamentFullError``, ``ParticipantExistsError``."""
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_if_full(tournament)
        if fields["name"] in _spellings(tournament):
            raise ParticipantExistsError
        participant = Participant(tournament=tournament, **fields)
        participant.full_clean()
        participant.save()
        trail.record("participant.registered", actor=actor, target=participant)
        _emit_changed("updated", tournament, actor)
        return participant


def refuse_registration(*, tournament_id: int) -> None:
    """Judge a registration whose fields are invalid anyway: no place is no place for anybody."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    _refuse_if_full(tournament)


def _refuse_if_full(tournament: Tournament) -> None:
    if tournament.participants.count() >= tournament.max_participants:
        raise TournamentFullError(max_participants=tournament.max_participants)


def _refuse_too_few_places(tournament: Tournament) -> None:
    taken = tournament.participants.count()
    if taken > tournament.max_participants:
        raise TooFewPlacesError(
            current_participants=taken, max_participants=tournament.max_participants
        )


def _spellings(tournament: Tournament) -> frozenset[str]:
    """All names under which results of somebody may come."""
    rows = tournament.participants.values_list("name", "aliases")
    return frozenset(spelling for name, aliases in rows for spelling in (name, *aliases))


def publish_standings(
    *, tournament: Tournament, source: str, after: GameRef | None = None
) -> ScoreboardSnapshot:
    """Compute the standings, keep them as a snapshot and tell every overlay that follows.

    Joins the caller's ``recording()``; the caller holds the tournament's row.
    """
    book = rulebook.read(tournament)
    standing = scoreboard.compute(book, after=after)
    snapshot = ScoreboardSnapshot.objects.create(
        tournament=tournament,
        tournament_name=tournament.name,
        source=source,
        source_timestamp=timezone.now(),
        round_names=scoreboard.round_names(standing),
    )
    document = scoreboard.document(book, standing, snapshot_id=snapshot.pk)
    snapshot.document = dumps(document).decode()
    snapshot.extras = {
        name: value
        for name, value in document.items()
        if name not in {"standings", "round_names", "tournament_id", "snapshot_id"}
    }
    snapshot.save(update_fields=["document", "extras"])
    ScoreboardEntry.objects.bulk_create(
        _entry(snapshot, row, book.participants[row["participant_id"]])
        for row in document["standings"]
    )
    published = events.standings_published(
        tournament_id=tournament.pk, snapshot_id=snapshot.pk, document=snapshot.document
    )
    emit(published, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
    return snapshot


def republish_standings(*, actor: Actor, tournament_id: int) -> ScoreboardSnapshot:
    """Publish anew what the results say now, as after a corrected name."""
    with recording():
        tournament = lock_tournament(tournament_id)
        trail.record("standings.republished", actor=actor, target=tournament)
        return publish_standings(tournament=tournament, source="refresh")


def _entry(
    snapshot: ScoreboardSnapshot, row: Mapping[str, Any], participant: Participant
) -> ScoreboardEntry:
    user = participant.user
    return ScoreboardEntry(
        snapshot=snapshot,
        player_name=row["player_name"],
        player_id=participant.pk,
        discord_id=user.discord_id if user else None,
        riot_id=participant.riot_id or (user.riot_id if user else None) or None,
        standing_rank=row["rank"],
        total_points=row["total_points"],
        round_scores=row["round_scores"],
        extras={
            name: row[name]
            for name in ("participant_id", "tied", "event_points", "rank_change", "status")
        },
    )


def _emit_changed(action: str, tournament: Tournament, actor: Actor) -> None:
    changed = events.tournament_changed(
        action, tournament=selectors.tournament_body(tournament.pk), actor=actor
    )
    emit(changed, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
