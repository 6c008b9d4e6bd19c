"""Writes of what is known of participants, and their removal; see ``registration`` for the rest."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording
from tournaments import services, waitlist
from tournaments.choices import EntryStatus
from tournaments.errors import ParticipantNotFoundError, ParticipantSeatedError
from tournaments.event_data import Change
from tournaments.models import Lobby, Participant, Tournament
from tournaments.services import lock_tournament, republish_if_published

# What the standings show or are ordered by.
SHOWN = frozenset({"name", "user", "riot_id", "seed", "manual_rank"})


def change_participant(
    *, actor: Actor, participant_id: int, fields: Mapping[str, Any]
) -> Participant:
    """Change named fields; what the standings show of them is published anew.

    A change of nothing writes nothing and tells nobody. Raises ``ParticipantNotFoundError``;
    ``InvalidFieldsError`` where a spelling belongs to somebody else, and for a faulty team.
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
        refuse_faulty_team(participant, tournament)
        participant.full_clean()
        participant.save(update_fields=list(changes))
        trail.record("participant.changed", actor=actor, target=participant, changes=changes)
        _tell("participant.changed", participant, tournament, actor)
        if changes.keys() & SHOWN:
            republish_if_published(tournament, actor=actor)
        return participant


def remove_participant(*, actor: Actor, participant_id: int) -> None:
    """Forget a participant; their place goes to the first who waits.

    Raises ``ParticipantNotFoundError``, and ``ParticipantSeatedError`` once a draw or a result
    names them: then they can only withdraw.
    """
    with recording():
        participant, tournament = lock_participant(participant_id)
        lobbies = _lobbies_that_name(participant)
        if lobbies:
            raise ParticipantSeatedError(name=participant.name, lobbies=lobbies)
        told = trail.gone(participant, "name", "user_id", "riot_id", "seed", "aliases")
        trail.record("participant.removed", actor=actor, target=participant, changes=told)
        gone = services.people([participant])
        participant.delete()
        promoted = waitlist.fill_places(tournament=tournament, actor=actor)
        change = Change(kind="participant.removed", participants=gone)
        services.announce(tournament, actor, change=change, promoted=promoted)
        republish_if_published(tournament, actor=actor)


def _lobbies_that_name(participant: Participant) -> int:
    """By a seat, or by a result that waits or was replaced or rejected."""
    lobbies = Lobby.objects.filter(game__tournament=participant.tournament_id)
    named = Q(placements__participant=participant)
    named |= Q(sheets__placements__has_key=str(participant.pk))
    return lobbies.filter(named).distinct().count()


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


def spellings_of(tournament: Tournament, *, but: Participant | None = None) -> dict[str, str]:
    """Every name and other spelling in use, and whose it is."""
    others = tournament.participants.exclude(pk=but.pk if but else None)
    return {
        spelling: name
        for name, aliases in others.values_list("name", "aliases")
        for spelling in (name, *aliases)
    }


def _refuse_taken_spellings(participant: Participant, tournament: Tournament) -> None:
    taken = spellings_of(tournament, but=participant)
    errors = {}
    if participant.name in taken:
        errors["name"] = [f"{participant.name} is {taken[participant.name]} already."]
    clashes = [alias for alias in participant.aliases if alias in taken]
    if clashes:
        errors["aliases"] = [f"{alias} is {taken[alias]} already." for alias in clashes]
    if errors:
        raise InvalidFieldsError(errors)


def refuse_faulty_team(participant: Participant, tournament: Tournament) -> None:
    """A team is named whole or not at all, and nobody plays for two."""
    members = participant.members
    errors: dict[str, list[str]] = {}
    if members and tournament.team_size == 1:
        errors["members"] = ["In this tournament everybody plays alone."]
    elif members and len(members) != tournament.team_size:
        errors["members"] = [f"A team has {tournament.team_size} members."]
    others = tournament.participants.exclude(pk=participant.pk)
    others = others.exclude(status=EntryStatus.WITHDRAWN).exclude(members=[])
    plays_for = {
        member["name"]: team
        for team, people in others.values_list("name", "members")
        for member in people
    }
    names = [member["name"] for member in members]
    for index, name in enumerate(names):
        if name in plays_for:
            errors[f"members.{index}.name"] = [f"{name} plays for {plays_for[name]} already."]
        elif name in names[:index]:
            errors[f"members.{index}.name"] = [f"{name} is named twice."]
    if errors:
        raise InvalidFieldsError(errors)


def _tell(kind: str, participant: Participant, tournament: Tournament, actor: Actor) -> None:
    change = Change(kind=kind, participants=services.people([participant]))
    services.announce(tournament, actor, change=change)
