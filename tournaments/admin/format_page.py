"""Giving a tournament one of the formats that leagues play."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_refusals import Refusal
from gal_dashboard.core.errors import DomainError
from tournaments import format as formats
from tournaments import stages
from tournaments.admin.pages import TournamentPages
from tournaments.models import Tournament
from tournaments.presets import PRESETS


def preset_choices() -> list[tuple[str, SafeString]]:
    """Each format with a sentence about it."""
    return [
        (name, format_html("<strong>{}</strong> {}", preset.title, preset.description))
        for name, preset in PRESETS.items()
    ]


class PresetField(forms.ChoiceField):
    widget = forms.RadioSelect

    def __init__(self, **options: object) -> None:
        super().__init__(choices=preset_choices(), label="Format", **options)


class FormatForm(forms.Form):
    preset = PresetField()


class FormatPage(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [self.route("format/", self.format_view, "format")]

    def format_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Only before the first game: afterwards stages are changed one by one, in the form."""
        tournament = self.tournament_or_404(request, pk, writing=request.method == "POST")
        has_games = tournament.games.exists()
        form = FormatForm(
            request.POST if request.method == "POST" else None,
            initial={"preset": _preset_of(tournament)},
        )
        if request.method == "POST" and not has_games and form.is_valid():
            preset = PRESETS[form.cleaned_data["preset"]]
            try:
                formats.change_stages(
                    actor=admin_ports.actor_of(request),
                    tournament_id=tournament.pk,
                    wanted=preset.stages,
                )
            except DomainError as refused:
                Refusal(refused, {}).add_to(form)
            else:
                messages.success(request, f"The format is now: {preset.title}.")
                return HttpResponseRedirect(self.address("run", tournament))
        return self.answer(
            request,
            "format.html",
            tournament,
            title=f"Format of {tournament}",
            form=form,
            stages=stages.read(tournament.pk),
            has_games=has_games,
            may_write=self.page.may_write(request),
        )


def _preset_of(tournament: Tournament) -> str | None:
    """The preset whose stages these are, if nobody changed them."""
    now = stages.read(tournament.pk)
    return next((name for name, one in PRESETS.items() if list(one.stages) == now), None)
