"""The way into a tournament and out of it: places, the waitlist, check-in, withdrawal.

All writers of one tournament wait for each other at its row, so that a place is given once and the
waitlist has one order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording
from tournaments import lifecycle, waitlist
from tournaments.choices import EntryStatus, TournamentStatus
from tournaments.errors import (
    CheckInClosedError,
    ParticipantExistsError,
    RegistrationClosedError,
    TournamentFullError,
    TournamentNotFoundError,
    TournamentOverError,
    WrongEntryStatusError,
)
from tournaments.event_data import Change
from tournaments.models import Participant, Tournament
from tournaments.querysets import TAKING_PART
from tournaments.roster import (
    lock_participant,
    refuse_faulty_team,
    spellings_of,
)
from tournaments.services import announce, lock_tournament, people, republish_if_published


def register_participant(
    *, actor: Actor, tournament_id: int, fields: Mapping[str, Any], is_late: bool = False
) -> Participant:
    """Give a new participant a place, or the end of the waitlist when none is free.

    Who has withdrawn may register again and is then the last to have come. ``is_late`` lets
    somebody in after registration has closed. Raises ``TournamentNotFoundError``,
    ``RegistrationClosedError``, ``ParticipantExistsError``, and ``InvalidFieldsError`` for a team.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_closed(tournament, is_late=is_late)
        participant = _entry_for(tournament, fields)
        is_back = participant.pk is not None
        refuse_faulty_team(participant, tournament)
        participant.full_clean()
        participant.save()
        told = trail.made(participant, *fields)
        trail.record("participant.registered", actor=actor, target=participant, changes=told)
        _tell("participant.registered", participant, tournament, actor)
        if is_back or participant.status in TAKING_PART:  # who is new and waits is in no standings
            republish_if_published(tournament, actor=actor)
        return participant


def register_participants(
    *, actor: Actor, tournament_id: int, names: Sequence[str]
) -> list[Participant]:
    """Register several at once, all or none; in their order, as far as the places go, then waiting.

    Staff may do so until the tournament is over. Raises ``TournamentNotFoundError``,
    ``RegistrationClosedError``; ``InvalidFieldsError`` names who is there already.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_closed(tournament, is_late=True)
        known = spellings_of(tournament)
        sentences = [f"{name} takes part already." for name in names if name in known]
        repeated = sorted({name for name in names if names.count(name) > 1})
        sentences += [f"{name} stands here twice." for name in repeated]
        if sentences:
            raise InvalidFieldsError({"names": sentences})
        free = tournament.max_participants - waitlist.places_taken(tournament)
        arrival = _newest_arrival(tournament)
        added = []
        for index, name in enumerate(names):
            participant = Participant(tournament=tournament, name=name, arrival=arrival + index + 1)
            participant.status = EntryStatus.REGISTERED if index < free else EntryStatus.WAITING
            participant.full_clean()
            participant.save()
            told = trail.made(participant, "name")
            trail.record("participant.registered", actor=actor, target=participant, changes=told)
            added.append(participant)
        change = Change(kind="participant.registered", participants=people(added))
        announce(tournament, actor, change=change)
        if any(participant.status in TAKING_PART for participant in added):
            republish_if_published(tournament, actor=actor)
        return added


def refuse_registration(*, tournament_id: int, is_late: bool = False) -> None:
    """Judge a registration whose fields are invalid anyway: that it is closed comes first."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise TournamentNotFoundError
    _refuse_closed(tournament, is_late=is_late)


def check_in(*, actor: Actor, participant_id: int) -> Participant:
    """Note that a participant is there. Twice is once.

    Raises ``ParticipantNotFoundError``, ``CheckInClosedError``, ``WrongEntryStatusError``.
    """
    with recording():
        participant, tournament = lock_participant(participant_id)
        _refuse_no_check_in(tournament)
        if participant.status == EntryStatus.CHECKED_IN:
            return participant
        _refuse_unless(participant, EntryStatus.REGISTERED, "check in")
        _change(participant, status=EntryStatus.CHECKED_IN, checked_in_at=timezone.now())
        trail.record("participant.checked_in", actor=actor, target=participant)
        _tell("participant.checked_in", participant, tournament, actor)
        return participant


def take_back_check_in(*, actor: Actor, participant_id: int) -> Participant:
    """As if they had not checked in; no change for who has not. Raises as ``check_in``."""
    with recording():
        participant, tournament = lock_participant(participant_id)
        _refuse_no_check_in(tournament)
        if participant.status != EntryStatus.CHECKED_IN:
            return participant
        _change(participant, status=EntryStatus.REGISTERED, checked_in_at=None)
        trail.record("participant.check_in_taken_back", actor=actor, target=participant)
        _tell("participant.check_in_taken_back", participant, tournament, actor)
        return participant


def withdraw(*, actor: Actor, participant_id: int) -> Participant:
    """Take a participant out; their place goes to the first who waits. Twice is once.

    What they have played stays in the standings. In an event that has begun nobody moves up by
    himself: staff admit a substitute. Raises ``ParticipantNotFoundError``, ``TournamentOverError``.
    """
    with recording():
        participant, tournament = lock_participant(participant_id)
        _refuse_over(tournament)
        if participant.status == EntryStatus.WITHDRAWN:
            return participant
        _withdraw(participant, actor)
        promoted = waitlist.fill_places(tournament=tournament, actor=actor)
        _tell("participant.withdrawn", participant, tournament, actor, promoted=promoted)
        republish_if_published(tournament, actor=actor)
        return participant


def withdraw_who_did_not_check_in(*, actor: Actor, tournament_id: int) -> list[Participant]:
    """End the check-in: who has a place and is not there loses it to those who wait.

    Who was withdrawn. One event tells of all. Raises ``TournamentNotFoundError``,
    ``CheckInClosedError``.
    """
    with recording():
        tournament = lock_tournament(tournament_id)
        _refuse_no_check_in(tournament)
        missing = list(tournament.participants.filter(status=EntryStatus.REGISTERED).by_arrival())
        if not missing:
            return []
        for participant in missing:
            _withdraw(participant, actor)
        promoted = waitlist.fill_places(tournament=tournament, actor=actor)
        change = Change(kind="participant.withdrawn", participants=people(missing))
        announce(tournament, actor, change=change, promoted=promoted)
        republish_if_published(tournament, actor=actor)
        return missing


def admit(*, actor: Actor, participant_id: int) -> Participant:
    """Take somebody off the waitlist, whoever stands before them.

    Raises ``ParticipantNotFoundError``, ``TournamentOverError``, ``WrongEntryStatusError``,
    ``TournamentFullError``.
    """
    with recording():
        participant, tournament = lock_participant(participant_id)
        _refuse_over(tournament)
        _refuse_unless(participant, EntryStatus.WAITING, "be admitted")
        if waitlist.places_taken(tournament) >= tournament.max_participants:
            raise TournamentFullError(max_participants=tournament.max_participants)
        waitlist.admit(participant, actor=actor)
        _tell("participant.promoted", participant, tournament, actor)
        republish_if_published(tournament, actor=actor)
        return participant


def _entry_for(tournament: Tournament, fields: Mapping[str, Any]) -> Participant:
    """A new entry at the end of the order of arrival, or the one that had withdrawn."""
    name = fields["name"]
    owner = spellings_of(tournament).get(name)
    entry = tournament.participants.filter(name=name, status=EntryStatus.WITHDRAWN).first()
    if owner is not None and (entry is None or owner != name):
        raise ParticipantExistsError
    entry = entry or Participant(tournament=tournament)
    for field, value in fields.items():
        setattr(entry, field, value)
    entry.arrival = _newest_arrival(tournament) + 1
    entry.withdrawn_at = entry.checked_in_at = None
    has_place = waitlist.places_taken(tournament) < tournament.max_participants
    entry.status = EntryStatus.REGISTERED if has_place else EntryStatus.WAITING
    return entry


def _newest_arrival(tournament: Tournament) -> int:
    return tournament.participants.aggregate(newest=Max("arrival"))["newest"] or 0


def _withdraw(participant: Participant, actor: Actor) -> None:
    before = participant.status
    _change(
        participant,
        status=EntryStatus.WITHDRAWN,
        withdrawn_at=timezone.now(),
        checked_in_at=None,
    )
    trail.record(
        "participant.withdrawn",
        actor=actor,
        target=participant,
        changes={"status": (before, EntryStatus.WITHDRAWN.value)},
    )


def _change(participant: Participant, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(participant, name, value)
    participant.save(update_fields=list(fields))


def _refuse_closed(tournament: Tournament, *, is_late: bool) -> None:
    is_open = tournament.status in lifecycle.TAKES_REGISTRATIONS
    if not is_open and (not is_late or tournament.status in lifecycle.IS_OVER):
        raise RegistrationClosedError(status=tournament.status)


def _refuse_no_check_in(tournament: Tournament) -> None:
    if tournament.status != TournamentStatus.CHECK_IN:
        raise CheckInClosedError(status=tournament.status)


def _refuse_over(tournament: Tournament) -> None:
    if tournament.status in lifecycle.IS_OVER:
        raise TournamentOverError(status=tournament.status)


def _refuse_unless(participant: Participant, needed: EntryStatus, step: str) -> None:
    if participant.status != needed:
        raise WrongEntryStatusError(
            name=participant.name, status=participant.status, needed=needed.value, step=step
        )


def _tell(
    kind: str,
    participant: Participant,
    tournament: Tournament,
    actor: Actor,
    *,
    promoted: list[Participant] | None = None,
) -> None:
    change = Change(kind=kind, participants=people([participant]))
    announce(tournament, actor, change=change, promoted=promoted or ())
