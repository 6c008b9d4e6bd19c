"""Entering results: a page of all games of a tournament, and a sheet for each lobby."""

from typing import Final

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import SEEN
from gal_dashboard.core.errors import DomainError
from tournaments import results, rulebook, selectors, submissions
from tournaments.admin.board import board_of, game_in_play, row_of, sheet_of
from tournaments.admin.corrections import CorrectionPages
from tournaments.admin.pages import TournamentPages
from tournaments.admin.sheets import (
    NoteForm,
    Sheet,
    SheetFormSet,
    focus_first,
    initial_of,
    ref_or_404,
    refuse_if_changed,
    version_of,
)
from tournaments.admin.submissions import queue_of
from tournaments.errors import NothingChangedError
from tournaments.models import Tournament
from tournaments.services import lock_tournament, republish_standings
from tournaments.standings import GameRef

TOP: Final = 16
# What the other buttons of a sheet and of its correction send.
SUBMIT: Final = "_submit"
BACK: Final = "_back"


class ResultPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("results/", self.results_view, "results"),
            self.route("results/<str:game>/<int:number>/", self.lobby_view, "lobby"),
            self.route("publish/", require_POST(self.publish_view), "publish"),
        ]

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        book = rulebook.read(tournament)
        _, document = selectors.newest_document(tournament.pk)
        return self.answer(
            request,
            "results.html",
            tournament,
            title=f"Results of {tournament}",
            stages=board_of(book),
            queue=queue_of(book),
            standings=orjson.loads(document) if document else None,
            top=TOP,
            has_participants=bool(book.participants),
            may_write=self.page.may_write(request),
        )

    def lobby_view(self, request: HttpRequest, pk: int, game: str, number: int) -> HttpResponse:
        """The sheet of one lobby. A second time, it asks before it corrects what was entered."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        ref = ref_or_404(game, number)
        book = rulebook.read(tournament)
        lobby = sheet_of(book, ref, number)
        is_correction = lobby is not None and lobby.has_result
        if request.method == "POST":
            sheet, note = Sheet(request.POST, prefix="seats"), NoteForm(request.POST)
            if sheet.is_valid() and note.is_valid() and BACK not in request.POST:
                if SUBMIT in request.POST:
                    deed = self._submit
                else:
                    deed = self._correct if is_correction else self._record
                try:
                    return deed(request, tournament, ref, number, sheet)
                except DomainError as refused:
                    sheet.show(refused)
        else:
            sheet, note = Sheet(initial=initial_of(book, ref, lobby), prefix="seats"), NoteForm()
            focus_first(sheet, "player" if lobby is None else "outcome")
        return self.answer(
            request,
            "lobby.html",
            tournament,
            title=f"Game {ref}, lobby {number}",
            sheet=sheet,
            note=note,
            ref=ref,
            number=number,
            is_correction=is_correction,
            names=sorted(participant.name for participant in book.participants.values()),
            seen=request.POST.get(SEEN) or version_of(lobby),
        )

    def _record(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
    ) -> HttpResponse:
        """Store the result. All three deeds of a sheet raise the refusal of their service."""
        with admin_ports.recording():
            lock_tournament(tournament.pk)
            refuse_if_changed(tournament, ref, number, request.POST.get(SEEN, ""))
            results.record_lobby_result(
                actor=admin_ports.actor_of(request),
                tournament_id=tournament.pk,
                result=sheet.result(ref, number),
            )
        said = f"Lobby {number} of game {ref} is in, and every overlay shows it."
        messages.success(request, said)
        return HttpResponseRedirect(self._after(tournament, ref, number))

    def _correct(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
    ) -> HttpResponse:
        """Show what the sheet would change; nothing is written."""
        refuse_if_changed(tournament, ref, number, request.POST.get(SEEN, ""))
        try:
            return CorrectionPages(self.page).ask(request, tournament, ref, number, sheet)
        except NothingChangedError:
            messages.success(request, f"Lobby {number} of game {ref} was in like this already.")
            return HttpResponseRedirect(self._after(tournament, ref, number))

    def _submit(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
    ) -> HttpResponse:
        """Leave the last word to somebody else."""
        submissions.submit_result(
            actor=admin_ports.actor_of(request),
            tournament_id=tournament.pk,
            result=sheet.result(ref, number),
            note=request.POST.get("note", "").strip(),
        )
        messages.success(request, f"Lobby {number} of game {ref} waits to be confirmed.")
        return HttpResponseRedirect(self.address("results", tournament))

    def _after(self, tournament: Tournament, ref: GameRef, number: int) -> str:
        """Where to go on: the next open lobby of the game, or the page from which it is run."""
        book = rulebook.read(tournament)
        game = game_in_play(book)
        row = None if game is None or game.ref != ref else row_of(book, game)
        open_lobbies = [] if row is None else [one.number for one in row.lobbies if not one.winner]
        if not open_lobbies:
            return self.address("run", tournament)
        following = next((one for one in open_lobbies if one > number), open_lobbies[0])
        return self.address("lobby", tournament, str(ref), following)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish the standings anew, as after work on the database by hand."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        return self.do(
            request,
            tournament,
            lambda actor: republish_standings(actor=actor, tournament_id=tournament.pk),
            "The standings are published: every overlay shows them now.",
            page="results",
        )
