"""Who is in, who waits, who is there: the page of registration."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from gal_dashboard.core import admin_ports
from gal_dashboard.core.context import Actor
from tournaments import lifecycle, registration
from tournaments.admin.pages import TournamentPages
from tournaments.admin.transitions import moves_of
from tournaments.choices import EntryStatus, TournamentStatus
from tournaments.models import Participant, Tournament
from tournaments.querysets import TAKING_PART

STEPS: Final[dict[str, tuple[Callable[..., Participant], str]]] = {
    "check-in": (registration.check_in, "{} is checked in."),
    "take-back": (registration.take_back_check_in, "The check-in of {} is taken back."),
    "admit": (registration.admit, "{} has a place now."),
    "withdraw": (registration.withdraw, "{} has withdrawn."),
}


class RegistrationPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("registration/", self.registration_view, "registration"),
            self.route("check-in/all/", require_POST(self.check_in_all_view), "check_in_all"),
            self.route("check-in/close/", self.close_check_in_view, "close_check_in"),
            self.route("participants/<int:participant>/withdraw/", self.withdraw_view, "withdraw"),
            self.route(
                "participants/<int:participant>/<str:step>/", require_POST(self.step_view), "step"
            ),
        ]

    def registration_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        everybody = list(tournament.participants.by_arrival())
        inside = [one for one in everybody if one.status in TAKING_PART]
        return self.answer(
            request,
            "registration.html",
            tournament,
            title=f"Registration of {tournament}",
            moves=moves_of(tournament.status),
            inside=inside,
            checked_in=sum(one.status == EntryStatus.CHECKED_IN for one in inside),
            waiting=[one for one in everybody if one.status == EntryStatus.WAITING],
            withdrawn=[one for one in everybody if one.status == EntryStatus.WITHDRAWN],
            is_check_in=tournament.status == TournamentStatus.CHECK_IN,
            is_over=tournament.status in lifecycle.IS_OVER,
            has_free_places=len(inside) < tournament.max_participants,
            may_write=self.page.may_write(request),
        )

    def check_in_all_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check in everybody who has a place, all or none."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        missing = tournament.participants.filter(status=EntryStatus.REGISTERED).by_arrival()
        numbers = list(missing.values_list("pk", flat=True))

        def check_in(actor: Actor) -> None:
            with admin_ports.recording():
                for number in numbers:
                    registration.check_in(actor=actor, participant_id=number)

        return self._do(request, tournament, check_in, f"{len(numbers)} more are checked in.")

    def close_check_in_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=True)
        if request.method == "POST":
            return self._do(
                request,
                tournament,
                lambda actor: registration.withdraw_who_did_not_check_in(
                    actor=actor, tournament_id=tournament.pk
                ),
                "The check-in is closed.",
            )
        missing = tournament.participants.filter(status=EntryStatus.REGISTERED).by_arrival()
        names = list(missing.values_list("name", flat=True))
        return self._ask(
            request,
            tournament,
            title="Close the check-in?",
            question=f"{len(names)} have not checked in and lose their places"
            + (f": {', '.join(names)}." if names else "."),
            remark="Their places go to those who wait, in the order of arrival.",
            button="Yes, withdraw them",
        )

    def withdraw_view(self, request: HttpRequest, pk: int, participant: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=True)
        entry = self._participant_or_404(tournament, participant)
        if request.method == "POST":
            return self._step(request, tournament, entry, "withdraw")
        first = tournament.participants.waiting().first()
        return self._ask(
            request,
            tournament,
            title=f"Withdraw {entry}?",
            question=f"{entry} gives up the place. What was played stays in the standings.",
            remark=f"{first} is the first who waits." if first else "Nobody waits for a place.",
            button=f"Yes, withdraw {entry}",
        )

    def step_view(self, request: HttpRequest, pk: int, participant: int, step: str) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=True)
        if step not in STEPS:
            raise Http404
        return self._step(
            request, tournament, self._participant_or_404(tournament, participant), step
        )

    def _step(
        self, request: HttpRequest, tournament: Tournament, entry: Participant, step: str
    ) -> HttpResponse:
        deed, said = STEPS[step]
        return self._do(
            request,
            tournament,
            lambda actor: deed(actor=actor, participant_id=entry.pk),
            said.format(entry),
        )

    def _do(
        self, request: HttpRequest, tournament: Tournament, deed: Callable[[Actor], Any], said: str
    ) -> HttpResponse:
        return self.do(request, tournament, deed, said, page="registration")

    def _ask(self, request: HttpRequest, tournament: Tournament, **context: Any) -> HttpResponse:
        back = self.address("registration", tournament)
        return self.answer(request, "confirm.html", tournament, back=back, **context)

    def _participant_or_404(self, tournament: Tournament, pk: int) -> Participant:
        found = tournament.participants.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found
