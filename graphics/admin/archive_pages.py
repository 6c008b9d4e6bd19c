"""Archiving a graphic, bringing it back, and copying it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from gal_dashboard.core import admin_ports
from gal_dashboard.core.errors import DomainError
from graphics import archive, services
from graphics.admin.claims import claim_of, desk_of
from graphics.admin.forms import CopyForm, ReasonForm
from graphics.admin.pages import WRITE, GraphicPages, to_graphic, why_not


class ArchivePages(GraphicPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("archive/", self.archive_view, "archive"),
            self.route("restore/", self.restore_view, "restore"),
            self.route("duplicate/", self.duplicate_view, "duplicate"),
        ]

    def archive_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        graphic = self.graphic_or_404(request, pk, WRITE)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self.do(
                request,
                lambda: archive.archive_graphic(
                    graphic_id=pk, claim=claim_of(request), reason=form.cleaned_data["reason"]
                ),
                f"“{graphic.title}” is archived. It can be restored from here.",
            )
            return to_graphic(pk)
        return self.answer(
            request,
            "confirm.html",
            graphic,
            title="Archive",
            question=f"Take “{graphic.title}” off the list? {desk_of(request, pk).sentence}",
            consequence="Overlays that show it keep their last picture and follow no change.",
            button="Archive",
            form=form,
        )

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        graphic = self.graphic_or_404(request, pk, WRITE)
        if request.method == "POST":
            actor = admin_ports.actor_of(request)
            self.do(
                request,
                lambda: archive.restore_graphic(graphic_id=pk, actor=actor),
                f"“{graphic.title}” is back on the list, and overlays show it again.",
            )
            return to_graphic(pk)
        return self.answer(
            request,
            "confirm.html",
            graphic,
            title="Restore",
            question=f"Bring “{graphic.title}” back from the archive?",
            consequence="It comes back as it was, and overlays follow it again within seconds.",
            button="Restore",
            form=Form(),
        )

    def duplicate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        graphic = self.graphic_or_404(request, pk, WRITE)
        form = CopyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                copy = services.duplicate_graphic(
                    actor=admin_ports.actor_of(request),
                    graphic_id=pk,
                    new_title=form.cleaned_data["title"] or None,
                    new_event_name=form.cleaned_data["event_name"] or None,
                )
            except (DomainError, ValidationError) as refused:
                messages.error(request, why_not(refused))
                return to_graphic(pk)
            messages.success(request, f"This is the copy, “{copy.title}”.")
            return to_graphic(copy.pk)
        return self.answer(
            request,
            "confirm.html",
            graphic,
            title="Duplicate",
            question=f"Make a new graphic like “{graphic.title}”?",
            consequence="The copy starts at version 1, on the list, tied to the same tournament.",
            button="Duplicate",
            form=form,
        )
