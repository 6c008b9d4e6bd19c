"""Writes of tournaments: the tournament itself, who takes part, and publishing its standings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import dumps
from gal_dashboard.events import audience
from gal_dashboard.events.recording import emit, recording
from tournaments import (
    dependants,
    events,
    lifecycle,
    rulebook,
    scoreboard,
    selectors,
    stages,
    waitlist,
)
from tournaments.errors import (
    IllegalTransitionError,
    TeamSizeSettledError,
    TooFewPlacesError,
    TournamentNotFoundError,
)
from tournaments.event_data import Change, Person
from tournaments.models import (
    Lobby,
    Participant,
    ScoreboardEntry,
    ScoreboardSnapshot,
    Tournament,
)
from tournaments.presets import DEFAULT, PRESETS
from tournaments.rulebook import Rulebook

TOURNAMENT = "tournament"

# Of a row of the standings, what an entry of a scoreboard has a column for.
ENTRY_COLUMNS: Final = frozenset({"rank", "player_name", "total_points", "round_scores"})


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
    """A new tournament in the format of its ``preset``; without one, one stage of one day."""
    with recording():
        own = {name: value for name, value in fields.items() if name != "preset"}
        preset = fields.get("preset")
        tournament = Tournament(**own)
        tournament.full_clean()
        tournament.save()
        stages.store(tournament, PRESETS[preset].stages if preset else DEFAULT)
        told = trail.made(tournament, *own)
        trail.record("tournament.created", actor=actor, target=tournament, changes=told)
        announce(tournament, actor, action="created")
        return tournament


def update_tournament(*, actor: Actor, tournament_id: int, fields: Mapping[str, Any]) -> Tournament:
    """Change named fields. A change of nothing writes nothing and tells nobody.

    More places are filled from the waitlist. Raises ``TournamentNotFoundError``,
    ``IllegalTransitionError``, ``TeamSizeSettledError``, ``TooFewPlacesError``,
    ``ValidationError``.
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
        if "status" in changes:
            _refuse_illegal_move(*changes["status"])
        if "team_size" in changes:
            _refuse_seated(tournament)
        for name, (_, value) in changes.items():
            setattr(tournament, name, value)
        if "max_participants" in changes:
            _refuse_too_few_places(tournament)
        tournament.full_clean()
        tournament.save(update_fields=[*changes, "updated_at"])
        trail.record("tournament.updated", actor=actor, target=tournament, changes=changes)
        promoted = waitlist.fill_places(tournament=tournament, actor=actor)
        change = None
        if "status" in changes:
            change = _status_changed(*changes["status"])
        elif promoted:
            change = Change(kind="participant.promoted")
        announce(tournament, actor, change=change, promoted=promoted)
        if promoted:
            republish_if_published(tournament, actor=actor)
        return tournament


def change_status(*, actor: Actor, tournament_id: int, status: str, reason: str = "") -> Tournament:
    """Move a tournament on in its life; the status that it has already changes nothing.

    Raises ``TournamentNotFoundError``, ``IllegalTransitionError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        before = tournament.status
        if before == status:
            return tournament
        _refuse_illegal_move(before, status)
        tournament.status = status
        tournament.save(update_fields=["status", "updated_at"])
        changes: dict[str, tuple[Any, Any]] = {"status": (before, status)}
        if reason:
            changes["reason"] = (None, reason)
        trail.record("tournament.status_changed", actor=actor, target=tournament, changes=changes)
        promoted = waitlist.fill_places(tournament=tournament, actor=actor)
        change = _status_changed(before, status, reason)
        announce(tournament, actor, change=change, promoted=promoted)
        if promoted:
            republish_if_published(tournament, actor=actor)
        return tournament


def _refuse_illegal_move(before: str, wanted: str) -> None:
    legal = lifecycle.legal_moves(before)
    if wanted not in legal:
        raise IllegalTransitionError(status=before, wanted=wanted, legal=legal)


def _status_changed(before: str, after: str, reason: str = "") -> Change:
    return Change(
        kind="tournament.status_changed", before=before, after=after, reason=reason or None
    )


def delete_tournament(*, actor: Actor, tournament_id: int) -> str:
    """Delete a tournament with all its results; its name. Graphics that showed it become empty."""
    with recording():
        tournament = lock_tournament(tournament_id)
        dependants.release(actor=actor, tournament_id=tournament.pk)
        announce(tournament, actor, action="deleted")
        told = trail.gone(tournament, "name", "status", "max_participants")
        told = {**told, "participants": (tournament.participants.count(), None)}
        trail.record("tournament.deleted", actor=actor, target=tournament, changes=told)
        clear_results(tournament)
        tournament.delete()
        return tournament.name


def clear_results(tournament: Tournament) -> None:
    """Remove games with their placements, then participants, which placements protect."""
    tournament.games.all().delete()
    tournament.participants.all().delete()


def _refuse_seated(tournament: Tournament) -> None:
    """How many a lobby seats follows from the size of the teams."""
    lobbies = Lobby.objects.filter(game__tournament=tournament).count()
    if lobbies:
        raise TeamSizeSettledError(lobbies=lobbies, team_size=tournament.team_size)


def _refuse_too_few_places(tournament: Tournament) -> None:
    taken = waitlist.places_taken(tournament)
    if taken > tournament.max_participants:
        raise TooFewPlacesError(
            current_participants=taken, max_participants=tournament.max_participants
        )


def republish_if_published(tournament: Tournament, *, actor: Actor) -> None:
    """Publish the standings anew, if there were any. The caller holds the tournament's row."""
    if tournament.snapshots.exists():
        publish_standings(tournament=tournament, source="refresh", actor=actor)


def publish_standings(
    *, tournament: Tournament, source: str, actor: Actor, book: Rulebook | None = None
) -> ScoreboardSnapshot:
    """Compute the standings, keep them as a snapshot and tell every overlay that follows.

    ``book`` spares the reading, to whoever knows how the event is now. Joins the caller's
    ``recording()``; the caller holds the tournament's row.
    """
    book = book or rulebook.read(tournament)
    standing = scoreboard.compute(book)
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
        tournament_id=tournament.pk,
        snapshot_id=snapshot.pk,
        document=snapshot.document,
        actor=actor,
    )
    emit(published, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
    return snapshot


def republish_standings(*, actor: Actor, tournament_id: int) -> ScoreboardSnapshot:
    """Publish anew what the results say now, as after a corrected name."""
    with recording():
        tournament = lock_tournament(tournament_id)
        before, _ = selectors.newest_document(tournament.pk)
        snapshot = publish_standings(tournament=tournament, source="refresh", actor=actor)
        told = {"snapshot_id": (before, snapshot.pk)}
        trail.record("standings.republished", actor=actor, target=tournament, changes=told)
        return snapshot


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
        # all that has no column: a scoreboard says no less than the frame
        extras={name: value for name, value in row.items() if name not in ENTRY_COLUMNS},
    )


def people(participants: Iterable[Participant]) -> list[Person]:
    """Participants as events name them."""
    return [Person(id=participant.pk, name=participant.name) for participant in participants]


def announce(
    tournament: Tournament,
    actor: Actor,
    *,
    action: str = "updated",
    change: Change | None = None,
    promoted: Sequence[Participant] = (),
) -> None:
    """Tell the crew, and the overlays that follow, how the tournament is now.

    ``change`` is what happened, for the crew; who was ``promoted`` by it is added to that.
    """
    if change is not None:
        change.promoted = people(promoted)
    changed = events.tournament_changed(
        action,
        tournament=selectors.tournament_body(tournament.pk),
        actor=actor,
        change=change,
    )
    emit(changed, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
