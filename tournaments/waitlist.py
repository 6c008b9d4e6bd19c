"""Places and who waits for one. Whoever calls this holds the tournament's row."""

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from tournaments.choices import EntryStatus
from tournaments.lifecycle import IS_OVER
from tournaments.models import Participant, Placement, Tournament


def places_taken(tournament: Tournament) -> int:
    return tournament.participants.taking_part().count()


def has_begun(tournament: Tournament) -> bool:
    """Whether a game is drawn or played: from then on staff decide who fills a gap."""
    return Placement.objects.filter(lobby__game__tournament=tournament).exists()


def fill_places(*, tournament: Tournament, actor: Actor) -> list[Participant]:
    """Give free places to those who wait, first come first; who got one.

    Nobody moves up in an event that has begun or is over.
    """
    free = tournament.max_participants - places_taken(tournament)
    if free <= 0 or tournament.status in IS_OVER or has_begun(tournament):
        return []
    promoted = list(tournament.participants.waiting()[:free])
    for participant in promoted:
        admit(participant, actor=actor)
    return promoted


def admit(participant: Participant, *, actor: Actor) -> None:
    participant.status = EntryStatus.REGISTERED
    participant.save(update_fields=["status"])
    trail.record(
        "participant.promoted",
        actor=actor,
        target=participant,
        changes={"status": (EntryStatus.WAITING.value, EntryStatus.REGISTERED.value)},
    )
