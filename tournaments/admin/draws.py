"""Drawing a game: choose a rule, look at the proposal, publish it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_refusals import Refusal
from gal_dashboard.core.errors import DomainError
from tournaments import drawing, rulebook, seating, selectors
from tournaments.admin.pages import TournamentPages
from tournaments.choices import DrawRule
from tournaments.limits import LARGEST_SEED
from tournaments.models import Tournament
from tournaments.seating import Proposal, Wish
from tournaments.standings import GameRef

NEWEST = 20


class WishForm(forms.Form):
    """What shall be drawn. The lobbies are of use only for a draw by hand."""

    game = forms.ChoiceField()
    rule = forms.ChoiceField(choices=DrawRule.choices)
    seed = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_SEED,
        help_text="By chance only: the same seed draws the same. Empty: a new one.",
    )
    lobbies = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 8, "class": "vLargeTextField"}),
        help_text="By hand only: one lobby a line, names with semicolons between.",
    )

    def __init__(self, games: list[GameRef], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["game"].choices = [(str(ref), f"Game {ref}") for ref in games]

    def clean_lobbies(self) -> list[list[str]]:
        lines = [line for line in self.cleaned_data["lobbies"].splitlines() if line.strip()]
        return [[name.strip() for name in line.split(";") if name.strip()] for line in lines]

    def wish(self) -> Wish:
        fields = self.cleaned_data
        return Wish(
            game=GameRef.parse(fields["game"]),
            rule=fields["rule"],
            seed=fields["seed"] if fields["rule"] == DrawRule.RANDOM else None,
            lobbies=fields["lobbies"] if fields["rule"] == DrawRule.MANUAL else None,
        )


class DrawPages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [self.route("draw/", self.draw_view, "draw")]

    def draw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form; with a wish, the proposal; with the proposal's fingerprint, the draw.

        ``?propose`` in the address proposes at once what the format of the stage says.
        """
        tournament = self.tournament_or_404(request, pk, writing=request.method == "POST")
        book = rulebook.read(tournament)
        games = seating.next_games(book)
        may_write = self.page.may_write(request)
        initial = _initial(book, games)
        is_direct = request.method == "GET" and "propose" in request.GET and may_write
        form = WishForm(games, initial if is_direct else request.POST or None, initial=initial)
        proposal = None
        if (request.method == "POST" or is_direct) and games and form.is_valid():
            try:
                if "_publish" in request.POST:
                    return self._publish(request, tournament, form)
                proposal = drawing.propose_draw(tournament_id=tournament.pk, wish=form.wish())
            except DomainError as refused:
                Refusal(refused, {}).add_to(form)
        return self.answer(
            request,
            "draw.html",
            tournament,
            title=f"Draw of {tournament}",
            form=form,
            games=games,
            proposal=proposal,
            hidden=_hidden(form, proposal) if proposal else [],
            draws=selectors.draws(tournament.pk, window=slice(0, NEWEST))["draws"],
            may_write=may_write,
        )

    def _publish(
        self, request: HttpRequest, tournament: Tournament, form: WishForm
    ) -> HttpResponse:
        draw = drawing.publish_draw(
            actor=admin_ports.actor_of(request),
            tournament_id=tournament.pk,
            wish=form.wish(),
            fingerprint=request.POST.get("fingerprint", ""),
        )
        messages.success(request, f"Game {draw.day}.{draw.number} is drawn; overlays show it.")
        return HttpResponseRedirect(self.address("run", tournament))


def _initial(book: rulebook.Rulebook, games: list[GameRef]) -> dict[str, Any]:
    if not games:
        return {}
    return {"game": str(games[0]), "rule": seating.format_of_day(book, games[0].day).draw_rule}


def _hidden(form: WishForm, proposal: Proposal) -> list[tuple[str, str]]:
    """The wish again, with the seed that was chosen: publishing draws the very same."""
    return [
        ("game", str(proposal.game)),
        ("rule", proposal.rule),
        ("seed", str(proposal.seed or "")),
        ("lobbies", form.data.get("lobbies", "")),
        ("fingerprint", proposal.fingerprint),
    ]
