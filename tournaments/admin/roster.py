"""Registering many participants at once, from a list of names."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_refusals import Refusal
from gal_dashboard.core.errors import DomainError
from tournaments import registration
from tournaments.admin.pages import TournamentPages
from tournaments.limits import LARGEST_TOURNAMENT, LONGEST_NAME


class NamesForm(forms.Form):
    names = forms.CharField(
        widget=forms.Textarea({"rows": 20, "class": "vLargeTextField"}),
        help_text="One name a line. All are registered, or none.",
    )

    def clean_names(self) -> list[str]:
        lines = self.cleaned_data["names"].splitlines()
        names = [line.strip() for line in lines if line.strip()]
        too_long = [name[:40] for name in names if len(name) > LONGEST_NAME]
        if too_long:
            raise forms.ValidationError(f"Over {LONGEST_NAME} characters: {', '.join(too_long)}…")
        if len(names) > LARGEST_TOURNAMENT:
            raise forms.ValidationError(f"At most {LARGEST_TOURNAMENT} names.")
        return names


class RosterPage(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [self.route("participants/", self.roster_view, "roster")]

    def roster_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=True)
        form = NamesForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                added = registration.register_participants(
                    actor=admin_ports.actor_of(request),
                    tournament_id=tournament.pk,
                    names=form.cleaned_data["names"],
                )
            except DomainError as refused:
                Refusal(refused, {}).add_to(form)
            else:
                messages.success(request, f"{len(added)} participants are registered.")
                return HttpResponseRedirect(self.address("run", tournament))
        title = f"Add participants to {tournament}"
        return self.answer(request, "roster.html", tournament, title=title, form=form)
