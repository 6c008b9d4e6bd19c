"""The moves of a tournament from one status to the next: each is asked for, then made."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern

from tournaments import lifecycle, rulebook, services
from tournaments.admin.course import course_of
from tournaments.admin.pages import LONGEST_REASON, TournamentPages
from tournaments.choices import EntryStatus, TournamentStatus
from tournaments.models import Tournament

# What a move is called where it leads on; one that leads back says so.
DEEDS: Final = {
    TournamentStatus.REGISTRATION_OPEN: "Open the registration",
    TournamentStatus.REGISTRATION_CLOSED: "Close the registration",
    TournamentStatus.CHECK_IN: "Start the check-in",
    TournamentStatus.IN_PROGRESS: "Start the event",
    TournamentStatus.COMPLETED: "Finish the event",
    TournamentStatus.CANCELLED: "Cancel the event",
    TournamentStatus.POSTPONED: "Postpone the event",
}
CONSEQUENCES: Final = {
    TournamentStatus.DRAFT: "Only the crew can register participants then.",
    TournamentStatus.REGISTRATION_OPEN: "Participants can be registered then; who finds no place "
    "free waits.",
    TournamentStatus.REGISTRATION_CLOSED: "Nobody registers any more; the crew can still add "
    "participants.",
    TournamentStatus.CHECK_IN: "Participants are checked in then. Nobody loses a place before you "
    "close the check-in.",
    TournamentStatus.IN_PROGRESS: "Registration and check-in are over then.",
    TournamentStatus.COMPLETED: "Who takes part is settled then. Results can still be corrected.",
    TournamentStatus.CANCELLED: "Nothing is deleted; it can be planned anew.",
    TournamentStatus.POSTPONED: "Places and the waitlist stay as they are.",
}
ON_AIR: Final = "Overlays that show the tournament are told at once."
ASK_WHY: Final = frozenset({TournamentStatus.CANCELLED, TournamentStatus.POSTPONED})
# From the first plan to the end.
WAY: Final = (
    TournamentStatus.DRAFT,
    TournamentStatus.REGISTRATION_OPEN,
    TournamentStatus.REGISTRATION_CLOSED,
    TournamentStatus.CHECK_IN,
    TournamentStatus.IN_PROGRESS,
    TournamentStatus.COMPLETED,
)


@dataclass(frozen=True, slots=True)
class Move:
    value: str
    label: str


def moves_of(status: str) -> list[Move]:
    """What a tournament may become, in words."""
    return [Move(wanted, _deed(status, wanted)) for wanted in lifecycle.legal_moves(status)]


def _deed(status: str, wanted: str) -> str:
    target = TournamentStatus(wanted)
    is_back = status in WAY and wanted in WAY and WAY.index(wanted) < WAY.index(status)
    return f"Back to “{target.label}”" if is_back else DEEDS.get(target, "Plan it anew")


class TransitionPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [self.route("become/<str:status>/", self.transition_view, "transition")]

    def transition_view(self, request: HttpRequest, pk: int, status: str) -> HttpResponse:
        """Ask whether the tournament shall become ``status``, then do it."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        if status not in TournamentStatus.values:
            raise Http404
        wanted = TournamentStatus(status)
        reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
        why = _why_not_yet(tournament) if wanted == TournamentStatus.COMPLETED else ""
        if request.method == "POST" and (reason or not why):
            return self.do(
                request,
                tournament,
                lambda actor: services.change_status(
                    actor=actor, tournament_id=tournament.pk, status=status, reason=reason
                ),
                f"The tournament is now: {wanted.label}.",
                page="run",
            )
        return self.answer(
            request,
            "confirm.html",
            tournament,
            title=f"{_deed(tournament.status, wanted)}?",
            question=f"{tournament} is “{tournament.get_status_display()}” and becomes "
            f"“{wanted.label}”.",
            warning=why,
            remarks=[*_numbers(tournament, wanted), CONSEQUENCES[wanted], ON_AIR],
            button=f"Yes, make it “{wanted.label}”",
            asks_reason=bool(why) or wanted in ASK_WHY,
            must_have_reason=bool(why),
            lacks_reason=request.method == "POST",
            back=self.address("run", tournament),
        )


def _why_not_yet(tournament: Tournament) -> str:
    """What is still open in an event that somebody wants to finish; empty if nothing is."""
    if tournament.status != TournamentStatus.IN_PROGRESS:
        return ""  # then the service says whether it may be finished at all
    course = course_of(rulebook.read(tournament))
    if course.is_decided:
        return ""
    ref = course.in_play.ref if course.in_play else course.comes_next
    missing = f"game {ref} has no result yet" if course.in_play else f"game {ref} comes next"
    return f"The event is not decided: {missing}. Say why it ends here."


def _numbers(tournament: Tournament, wanted: TournamentStatus) -> list[str]:
    """Whom a move concerns."""
    if wanted not in {TournamentStatus.CHECK_IN, TournamentStatus.IN_PROGRESS}:
        return []
    entries = tournament.participants.count_by_status()
    registered = entries.get(EntryStatus.REGISTERED, 0)
    checked_in = entries.get(EntryStatus.CHECKED_IN, 0)
    sentences = [f"{registered + checked_in} take part."]
    if wanted == TournamentStatus.IN_PROGRESS and checked_in and registered:
        sentences.append(f"{registered} of them have not checked in and stay all the same.")
    return sentences
