"""Writes of who takes part, beyond registering one participant."""

from collections.abc import Mapping, Sequence
from typing import Any

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events import audience
from gal_dashboard.events.recording import emit, recording
from tournaments import events, selectors
from tournaments.errors import (
    ParticipantNotFoundError,
    ParticipantSeatedError,
    TournamentFullError,
)
from tournaments.models import Participant, Tournament
from tournaments.services import TOURNAMENT, lock_tournament, publish_standings

# What the standings show or are ordered by.
SHOWN = frozenset({"name", "user", "riot_id", "seed", "manual_rank"})


def register_participants(
    *, actor: Actor, tournament_id: int, names: Sequence[str]
) -> list[Participant]:
    """Add several participants at once, all or none.

    Raises ``TournamentFullError``; ``InvalidFieldsError`` names who is there already.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        spellings = _spellings(tournament)
        known = [name for name in names if name in spellings]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if known or repeated:
            sentences = [f"{name} takes part already." for name in known]
            sentences += [f"{name} stands here twice." for name in repeated]
            raise InvalidFieldsError({"names": sentences})
        if tournament.participants.count() + len(names) > tournament.max_participants:
            raise TournamentFullError(max_participants=tournament.max_participants)
        added = []
        for name in names:
            participant = Participant(tournament=tournament, name=name)
            participant.full_clean()
            participant.save()
            trail.record("participant.registered", actor=actor, target=participant)
            added.append(participant)
        _tell(tournament, actor)
        return added


def change_participant(
    *, actor: Actor, participant_id: int, fields: Mapping[str, Any]
) -> Participant:
    """Change named fields; what the standings show of them is published anew.

    A change of nothing writes nothing and tells nobody. Raises ``ParticipantNotFoundError``;
    ``InvalidFieldsError`` where a spelling belongs to somebody else.
    """
    with recording():
        participant, tournament = lock_participant(participant_id)
        changes = {
            name: (before, value)
            for name, value in fields.items()
            if (before := getattr(participant, name)) != value
        }
        if not changes:
            return participant
        for name, (_, value) in changes.items():
            setattr(participant, name, value)
        _refuse_taken_spellings(participant, tournament)
        participant.full_clean()
        participant.save(update_fields=list(changes))
        trail.record("participant.changed", actor=actor, target=participant, changes=changes)
        _tell(tournament, actor)
        if changes.keys() & SHOWN:
            republish_if_published(tournament)
        return participant


def remove_participant(*, actor: Actor, participant_id: int) -> None:
    """Raises ``ParticipantSeatedError`` once a draw or a result names them."""
    with recording():
        participant, tournament = lock_participant(participant_id)
        lobbies = participant.placements.count()
        if lobbies:
            raise ParticipantSeatedError(name=participant.name, lobbies=lobbies)
        trail.record("participant.removed", actor=actor, target=participant)
        participant.delete()
        _tell(tournament, actor)
        republish_if_published(tournament)


def lock_participant(participant_id: int) -> tuple[Participant, Tournament]:
    """A participant and their tournament, whose row is locked for both."""
    rows = Participant.objects.filter(pk=participant_id)
    tournament_id = rows.values_list("tournament_id", flat=True).first()
    if tournament_id is None:
        raise ParticipantNotFoundError
    tournament = lock_tournament(tournament_id)
    participant = rows.first()  # read again: only now nobody else can change it
    if participant is None:
        raise ParticipantNotFoundError
    return participant, tournament


def republish_if_published(tournament: Tournament) -> None:
    """Publish the standings anew, if there were any. The caller holds the tournament's row."""
    if tournament.snapshots.exists():
        publish_standings(tournament=tournament, source="refresh")


def _spellings(tournament: Tournament, *, but: Participant | None = None) -> dict[str, str]:
    """Every name and other spelling in use, and whose it is."""
    others = tournament.participants.exclude(pk=but.pk if but else None)
    return {
        spelling: name
        for name, aliases in others.values_list("name", "aliases")
        for spelling in (name, *aliases)
    }


def _refuse_taken_spellings(participant: Participant, tournament: Tournament) -> None:
    taken = _spellings(tournament, but=participant)
    errors = {}
    if participant.name in taken:
        errors["name"] = [f"{participant.name} is {taken[participant.name]} already."]
    clashes = [alias for alias in participant.aliases if alias in taken]
    if clashes:
        errors["aliases"] = [f"{alias} is {taken[alias]} already." for alias in clashes]
    if errors:
        raise InvalidFieldsError(errors)


def _tell(tournament: Tournament, actor: Actor) -> None:
    body = selectors.tournament_body(tournament.pk)
    changed = events.tournament_changed("updated", tournament=body, actor=actor)
    emit(changed, overlays=audience.overlays_of(TOURNAMENT, tournament.pk))
