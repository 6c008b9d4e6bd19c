"""Entering results: a page of all games of a tournament, and a sheet for each lobby."""

from typing import Any, Final

import orjson
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.views.decorators.http import require_POST

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import SEEN, refuse_as_changed
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from tournaments import results, rulebook, selectors
from tournaments.admin.board import board_of, game_in_play, row_of, sheet_of
from tournaments.admin.pages import TournamentPages
from tournaments.limits import HIGHEST_LOBBY, LONGEST_NAME
from tournaments.models import Lobby, Tournament
from tournaments.rulebook import LobbySheet, Rulebook
from tournaments.services import lock_tournament, republish_standings
from tournaments.standings import LOBBY_SIZE, GameRef

ABSENT: Final = "absent"
TOP: Final = 16
OUTCOMES: Final = [
    ("", "-"),
    *((str(place), str(place)) for place in range(1, LOBBY_SIZE + 1)),
    (ABSENT, "absent"),
]


class SeatForm(forms.Form):
    """A player and what came of the game for them."""

    player = forms.CharField(
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput({"list": "players", "autocomplete": "off", "class": "vTextField"}),
    )
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False, label="Place")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("outcome") and not fields.get("player"):
            self.add_error("player", "Whose place is this?")
        if fields.get("player") and not fields.get("outcome"):
            self.add_error("outcome", f"Give {fields['player']} a place, or say absent.")
        return fields


class SheetFormSet(forms.BaseFormSet):
    """The whole of one lobby: each player once; the service judges the rest."""

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("player") if hasattr(form, "cleaned_data") else None
            if name and name in seen:
                form.add_error("player", f"{name} is named twice.")
            seen.add(name or "")
        if not any(self.errors) and not self.placements():
            raise forms.ValidationError("Nobody has a place yet.")

    def placements(self) -> dict[str, int]:
        return {name: int(outcome) for name, outcome in self._rows() if outcome != ABSENT}

    def absent(self) -> list[str]:
        return [name for name, outcome in self._rows() if outcome == ABSENT]

    def show(self, refused: DomainError) -> None:
        """Put what the service said to the rows that it speaks of."""
        errors = refused.errors if isinstance(refused, InvalidFieldsError) else {"": [str(refused)]}
        rows = {form.cleaned_data.get("player"): form for form in self.forms}
        for place, sentences in errors.items():
            form = rows.get(place.partition(".")[2])
            if form is None:
                self._non_form_errors.extend(sentences)
            else:
                form.add_error("player", sentences)

    def _rows(self) -> list[tuple[str, str]]:
        fields = [form.cleaned_data for form in self.forms]
        return [(row["player"], row["outcome"]) for row in fields if row.get("player")]


Sheet = forms.formset_factory(
    SeatForm, formset=SheetFormSet, extra=0, max_num=LOBBY_SIZE, absolute_max=LOBBY_SIZE
)


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
            standings=orjson.loads(document) if document else None,
            top=TOP,
            has_participants=bool(book.participants),
            may_write=self.page.may_write(request),
        )

    def lobby_view(self, request: HttpRequest, pk: int, game: str, number: int) -> HttpResponse:
        """The sheet of one lobby. A second time, it corrects what was entered."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        ref = _ref_or_404(game, number)
        book = rulebook.read(tournament)
        lobby = sheet_of(book, ref, number)
        if request.method == "POST":
            sheet = Sheet(request.POST, prefix="seats")
            if sheet.is_valid():
                answer = self._record(request, tournament, ref, number, sheet)
                if answer is not None:
                    return answer
        else:
            sheet = Sheet(initial=_initial(book, ref, lobby), prefix="seats")
            _focus_first(sheet, "player" if lobby is None else "outcome")
        return self.answer(
            request,
            "lobby.html",
            tournament,
            title=f"Game {ref}, lobby {number}",
            sheet=sheet,
            ref=ref,
            number=number,
            is_correction=lobby is not None and lobby.has_result,
            names=sorted(participant.name for participant in book.participants.values()),
            seen=request.POST.get(SEEN) or _version_of(lobby),
        )

    def _record(
        self,
        request: HttpRequest,
        tournament: Tournament,
        ref: GameRef,
        number: int,
        sheet: SheetFormSet,
    ) -> HttpResponse | None:
        """The answer to a result that was stored; ``None`` for one that was refused."""
        result = results.LobbyResult(
            ref=ref, lobby=number, placements=sheet.placements(), absent=sheet.absent()
        )
        try:
            with admin_ports.recording():
                _refuse_if_changed(tournament, ref, number, request.POST.get(SEEN, ""))
                has_changed = results.record_lobby_result(
                    actor=admin_ports.actor_of(request), tournament_id=tournament.pk, result=result
                )
        except DomainError as refused:
            sheet.show(refused)
            return None
        said = "is in, and every overlay shows it" if has_changed else "was in like this already"
        messages.success(request, f"Lobby {number} of game {ref} {said}.")
        return HttpResponseRedirect(self._after(tournament, ref, number))

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


def _focus_first(sheet: SheetFormSet, field: str) -> None:
    """Let somebody type at once: the place of a drawn player, or the name of one who was not."""
    sheet.forms[0].fields[field].widget.attrs["autofocus"] = True


def _ref_or_404(game: str, number: int) -> GameRef:
    if not 1 <= number <= HIGHEST_LOBBY:
        raise Http404
    try:
        return GameRef.parse(game)
    except ValueError:
        raise Http404 from None


def _initial(book: Rulebook, ref: GameRef, lobby: LobbySheet | None) -> list[dict[str, str]]:
    """The rows of a sheet: drawn players by place, then in the order of the draw; or blanks."""
    if lobby is None:
        return [{"player": ""}] * min(book.tournament.lobby_size, max(book.field_of(ref), 1))
    seats = sorted(lobby.seats, key=lambda seat: seat.place or LOBBY_SIZE + 1)
    return [
        {
            "player": book.participants[seat.participant_id].name,
            "outcome": ABSENT if seat.is_absent else str(seat.place or ""),
        }
        for seat in seats
    ]


def _version_of(lobby: LobbySheet | None) -> str:
    seats = lobby.seats if lobby else ()
    return str(sorted((seat.participant_id, seat.place or 0, seat.is_absent) for seat in seats))


def _refuse_if_changed(tournament: Tournament, ref: GameRef, number: int, seen: str) -> None:
    """Raises ``ChangedMeanwhileError``; the tournament's lock keeps the rest of the world out."""
    lock_tournament(tournament.pk)
    if _version_of(sheet_of(rulebook.read(tournament), ref, number)) == seen:
        return
    lobby = Lobby.objects.get(
        game__tournament=tournament, game__day=ref.day, game__number=ref.game, number=number
    )
    refuse_as_changed("lobby", lobby.pk)
