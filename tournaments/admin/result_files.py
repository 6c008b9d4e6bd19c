"""Results as a file: to take along, and to bring in after a look at what it would do."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_safe

from gal_dashboard.core import admin_ports, csv_files
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from tournaments import result_files, result_import, selectors
from tournaments.admin.pages import TournamentPages
from tournaments.models import Tournament


class ResultFileForm(forms.Form):
    """A file, or its text."""

    file = forms.FileField(
        label="CSV file", required=False, help_text="In UTF-8. Nothing is changed by looking."
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 8, "class": "vLargeTextField"}),
    )

    def clean_file(self) -> str:
        uploaded = self.cleaned_data["file"]
        if not uploaded:
            return ""
        try:
            return csv_files.decoded(uploaded.read())
        except csv_files.CsvFaultError as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if not self.errors and bool(fields["file"]) == bool(fields["text"].strip()):
            raise forms.ValidationError("Choose a file, or give its text: one of both.")
        return fields

    @property
    def document(self) -> str:
        text: str = self.cleaned_data["file"] or self.cleaned_data["text"]
        return text


class ResultFilePages(TournamentPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("results/export/", require_safe(self.download_view), "results_file"),
            self.route("results/import/", self.import_view, "results_import"),
        ]

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        tournament = self.tournament_or_404(request, pk, writing=False)
        text = result_files.write(selectors.result_rows(tournament.pk))
        return HttpResponse(
            text.encode("utf-8-sig"),  # so that spreadsheets know what it is
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="results-{pk}.csv"'},
        )

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form; with a file, what it would do; with the text that was looked at, the deed."""
        tournament = self.tournament_or_404(request, pk, writing=True)
        if "document" in request.POST:
            return self._import(request, tournament)
        form = ResultFileForm(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return self._page(request, tournament, form=form)
        return self._look(request, tournament, form.document)

    def _look(
        self,
        request: HttpRequest,
        tournament: Tournament,
        document: str,
        faults: Sequence[str] = (),
    ) -> HttpResponse:
        """What the file would do; ``faults`` are those of an attempt to do it."""
        form = ResultFileForm()
        try:
            report = result_import.import_results(
                actor=admin_ports.actor_of(request),
                tournament_id=tournament.pk,
                text=document,
                is_dry_run=True,
            )
        except DomainError as refused:
            return self._page(request, tournament, form=form, faults=faults or _spoken(refused))
        return self._page(
            request,
            tournament,
            form=form,
            faults=faults,
            report=report,
            outcomes=[(report.count(one), one) for one in result_import.OUTCOMES],
            document=document,
        )

    def _import(self, request: HttpRequest, tournament: Tournament) -> HttpResponse:
        document = request.POST["document"]
        try:
            report = result_import.import_results(
                actor=admin_ports.actor_of(request),
                tournament_id=tournament.pk,
                text=document,
                is_dry_run=False,
                fingerprint=request.POST.get("fingerprint", ""),
            )
        except DomainError as refused:
            faults = ["Nothing was changed.", *_spoken(refused)]
            return self._look(request, tournament, document, faults)
        counts = [f"{report.count(one)} {one}" for one in result_import.OUTCOMES]
        messages.success(request, f"The lobbies of the file are in: {', '.join(counts)}.")
        board = reverse("admin:tournaments_tournament_results", args=[tournament.pk])
        return HttpResponseRedirect(board)

    def _page(self, request: HttpRequest, tournament: Tournament, **context: Any) -> HttpResponse:
        return self.answer(
            request,
            "result_import.html",
            tournament,
            title="Import results",
            columns=result_files.COLUMNS,
            most_lines=result_files.MOST_LINES,
            **context,
        )


def _spoken(refused: DomainError) -> list[str]:
    """``lines.7.player`` becomes ``Line 7``, in the order of the file."""
    if not isinstance(refused, InvalidFieldsError):
        return [str(refused)]
    said = []
    for path, sentences in refused.errors.items():
        parts = path.split(".")
        number = int(parts[1]) if len(parts) > 1 else 0
        said.append((number, (f"Line {number}: " if number else "") + " ".join(sentences)))
    return [sentence for _, sentence in sorted(said, key=lambda one: one[0])]
