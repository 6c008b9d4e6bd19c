"""Results that wait to be confirmed: shown on the page of results, confirmed or rejected there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.views.decorators.http import require_POST, require_safe

from gal_dashboard.core import admin_ports
from gal_dashboard.core.errors import DomainError
from tournaments import consequences, result_selectors, submissions
from tournaments.admin.consequences import told
from tournaments.admin.outcomes import Line, compared
from tournaments.admin.pages import LONGEST_REASON, TournamentPages, spoken
from tournaments.errors import CorrectionChangedError
from tournaments.models import Tournament
from tournaments.rulebook import Rulebook
from tournaments.standings import GameRef

MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """``lines`` say what counts now and what would; ``is_correction`` where something counts."""

    sheet: Mapping[str, Any]
    lines: Sequence[Line]
    is_correction: bool

    @property
    def changes_result(self) -> bool:
        return self.is_correction and any(line.has_changed for line in self.lines)


@dataclass(frozen=True, slots=True)
class Queue:
    """The newest that wait, and how many more do."""

    shown: Sequence[Waiting]
    more: int


def queue_of(book: Rulebook) -> Queue:
    found = result_selectors.submissions(book.tournament.pk, window=slice(0, MOST_SHOWN))
    shown = [_waiting(book, sheet) for sheet in found["submissions"]]
    return Queue(shown, found["total"] - len(shown))


def _waiting(book: Rulebook, sheet: Mapping[str, Any]) -> Waiting:
    lobby = book.lobby(GameRef.parse(sheet["game"]), sheet["lobby"])
    counts = consequences.outcome(book, lobby.places if lobby else {})
    return Waiting(
        sheet=sheet,
        lines=compared(counts, sheet),
        is_correction=lobby is not None and lobby.has_result,
    )


class SubmissionPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        at = "results/submissions/<int:submission>"
        return [
            self.route(f"{at}/look/", require_safe(self.look_view), "submission"),
            self.route(f"{at}/confirm/", require_POST(self.confirm_view), "confirm_submission"),
            self.route(f"{at}/reject/", self.reject_view, "reject_submission"),
        ]

    def look_view(self, request: HttpRequest, pk: int, submission: int) -> HttpResponse:
        """What it would change to confirm it, with the button that does."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        return self._show(request, tournament, _sheet_or_404(pk, submission))

    def confirm_view(self, request: HttpRequest, pk: int, submission: int) -> HttpResponse:
        """Make it the result of its lobby. Another result is replaced only as it was shown."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        sheet = _sheet_or_404(pk, submission)
        seen = request.POST.get("fingerprint", "")
        try:
            submissions.confirm_submission(
                actor=admin_ports.actor_of(request),
                tournament_id=pk,
                submission_id=submission,
                fingerprint=seen,
            )
        except CorrectionChangedError as changed:
            why = str(changed) if seen else "The lobby has got another result meanwhile."
            return self._show(request, tournament, sheet, refused=f"Nothing was changed. {why}")
        except DomainError as refused:
            messages.error(request, spoken(refused))
        else:
            said = f"{_name_of(sheet)} is confirmed, and every overlay shows it."
            messages.success(request, said)
        return HttpResponseRedirect(self.address("results", tournament))

    def _show(
        self,
        request: HttpRequest,
        tournament: Tournament,
        sheet: Mapping[str, Any],
        *,
        refused: str = "",
    ) -> HttpResponse:
        try:
            found = submissions.preview_confirmation(
                tournament_id=tournament.pk, submission_id=sheet["id"]
            )
        except DomainError as why:
            messages.error(request, spoken(why))
            return HttpResponseRedirect(self.address("results", tournament))
        return self.answer(
            request,
            "submission.html",
            tournament,
            title="What this result changes",
            sheet=sheet,
            refused=refused,
            found=found,
            **told(found),
        )

    def reject_view(self, request: HttpRequest, pk: int, submission: int) -> HttpResponse:
        """Ask why, then decide that it will not count."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        sheet = _sheet_or_404(pk, submission)
        if request.method == "POST":
            reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
            return self.do(
                request,
                tournament,
                lambda actor: submissions.reject_submission(
                    actor=actor, tournament_id=pk, submission_id=submission, reason=reason
                ),
                f"{_name_of(sheet)} is rejected: nothing changed.",
                page="results",
            )
        return self.answer(
            request,
            "confirm.html",
            tournament,
            title="Reject this result?",
            question=f"{_name_of(sheet)}, as {sheet['submitted_by']} submitted it, will not count.",
            remark="It stays in the history of the lobby.",
            button="Yes, reject it",
            asks_reason=True,
            back=self.address("results", tournament),
        )


def _sheet_or_404(tournament_id: int, submission: int) -> Mapping[str, Any]:
    if not result_selectors.submission_exists(tournament_id, submission):
        raise Http404
    return result_selectors.sheet_body(tournament_id, submission)


def _name_of(sheet: Mapping[str, Any]) -> str:
    return f"The result of lobby {sheet['lobby']} of game {sheet['game']}"
