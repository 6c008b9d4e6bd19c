"""Correcting results: first what it would change, then the deed; what was corrected, and undone."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.views.decorators.http import require_POST, require_safe

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import SEEN
from gal_dashboard.core.errors import DomainError
from tournaments import corrections, result_selectors
from tournaments.admin.consequences import told
from tournaments.admin.outcomes import compared
from tournaments.admin.pages import LONGEST_REASON, TournamentPages, spoken
from tournaments.admin.sheets import NoteForm, Sheet, SheetFormSet, ref_or_404
from tournaments.choices import SheetStatus
from tournaments.errors import CorrectionChangedError
from tournaments.models import Tournament
from tournaments.standings import GameRef

MOST_SHOWN: Final = 100


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="The crew and the list of corrections show it.",
    )


class CorrectionPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        lobby = "results/<str:game>/<int:number>"
        corrected = "results/corrections"
        undo = f"{corrected}/<int:correction>/undo/"
        return [
            self.route(f"{corrected}/", require_safe(self.list_view), "corrections"),
            self.route(undo, self.undo_view, "undo_correction"),
            self.route(f"{lobby}/correct/", require_POST(self.correct_view), "correct"),
            self.route(f"{lobby}/history/", require_safe(self.history_view), "lobby_history"),
        ]

    def ask(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
        *,
        refused: str = "",
    ) -> HttpResponse:
        """What the sheet would change; raises what ``corrections.preview_correction`` raises."""
        wanted = [sheet.result(ref, number)]
        found = corrections.preview_correction(tournament_id=tournament.pk, wanted=wanted)
        return self.answer(
            request,
            "correction.html",
            tournament,
            title="What this correction changes",
            ref=ref,
            number=number,
            sheet=sheet,
            note=NoteForm(request.POST),
            reason=ReasonForm(request.POST if refused else None),
            refused=refused,
            found=found,
            **told(found),
            seen=request.POST.get(SEEN, ""),
        )

    def correct_view(self, request: HttpRequest, pk: int, game: str, number: int) -> HttpResponse:
        """Do what was shown, and nothing else: it is shown anew if it would be another by now."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        ref = ref_or_404(game, number)
        sheet, reason = Sheet(request.POST, prefix="seats"), ReasonForm(request.POST)
        if not (sheet.is_valid() and reason.is_valid()):
            why = "The sheet or the reason is not valid: enter it again."
            return self._back(request, tournament, ref, number, why)
        try:
            corrections.correct_results(
                actor=admin_ports.actor_of(request),
                tournament_id=pk,
                wanted=[sheet.result(ref, number)],
                reason=reason.cleaned_data["reason"],
                fingerprint=request.POST.get("fingerprint", ""),
            )
        except CorrectionChangedError as refused:
            return self._ask_again(request, tournament, ref, number, sheet, changed=refused)
        except DomainError as refused:
            return self._back(request, tournament, ref, number, spoken(refused))
        said = f"Lobby {number} of game {ref} is corrected, and every overlay shows it."
        messages.success(request, said)
        return HttpResponseRedirect(self.address("run", tournament))

    def _ask_again(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
        *,
        changed: CorrectionChangedError,
    ) -> HttpResponse:
        said = f"Nothing was changed. {changed}"
        try:
            return self.ask(request, tournament, ref, number, sheet, refused=said)
        except DomainError as refused:
            return self._back(request, tournament, ref, number, spoken(refused))

    def _back(
        self, request: HttpRequest, tournament: Tournament, ref: GameRef, number: int, why: str
    ) -> HttpResponse:
        messages.error(request, f"Nothing was changed. {why}")
        return HttpResponseRedirect(self.address("lobby", tournament, str(ref), number))

    def history_view(self, request: HttpRequest, pk: int, game: str, number: int) -> HttpResponse:
        """All that was ever said about one lobby."""
        tournament = self.tournament_or_404(request, pk, writing=False)
        ref = ref_or_404(game, number)
        found = result_selectors.lobby_results(pk, ref, number, window=slice(0, MOST_SHOWN))
        return self.answer(
            request,
            "lobby_history.html",
            tournament,
            title=f"History of lobby {number} of game {ref}",
            sheets=[
                {**sheet, "spoken": SheetStatus(sheet["status"]).label}
                for sheet in found["results"]
            ],
            more=found["total"] - len(found["results"]),
        )

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All corrections of a tournament."""
        tournament = self.tournament_or_404(request, pk, writing=False)
        found = result_selectors.corrections(pk, window=slice(0, MOST_SHOWN))
        return self.answer(
            request,
            "corrections.html",
            tournament,
            title="Corrections",
            corrections=[{**one, "lobbies": _changes(one)} for one in found["corrections"]],
            more=found["total"] - len(found["corrections"]),
            may_write=self.page.may_write(request),
        )

    def undo_view(self, request: HttpRequest, pk: int, correction: int) -> HttpResponse:
        """Say what comes back, then put it back."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        if not result_selectors.correction_exists(pk, correction):
            raise Http404
        if request.method == "POST":
            reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
            return self.do(
                request,
                tournament,
                lambda actor: corrections.undo_correction(
                    actor=actor, tournament_id=pk, correction_id=correction, reason=reason
                ),
                f"Correction {correction} is undone, and every overlay shows it.",
                page="corrections",
            )
        undone = result_selectors.correction_body(pk, correction)
        return self.answer(
            request,
            "confirm.html",
            tournament,
            title=f"Undo correction {correction}?",
            question="The results of before it are put back, and every overlay shows them:",
            remarks=[_put_back(one) for one in undone["lobbies"]],
            button="Yes, undo it",
            asks_reason=True,
            back=self.address("corrections", tournament),
        )


def _changes(correction: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "game": one["game"],
            "lobby": one["lobby"],
            "lines": [line for line in compared(one["before"], one["after"]) if line.has_changed],
        }
        for one in correction["lobbies"]
    ]


def _put_back(one: Mapping[str, Any]) -> str:
    lines = compared(one["after"], one["before"])
    said = ", ".join(f"{line.player} {line.after}" for line in lines if line.has_changed)
    return f"Game {one['game']}, lobby {one['lobby']}: {said}."
