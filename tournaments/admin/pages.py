"""Pages of a tournament beside its form."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ServiceModelAdmin
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from tournaments.admin.tools import tools_for
from tournaments.models import Tournament

LONGEST_REASON: Final = 500


class TournamentPages:
    """Views below ``/admin/tournaments/tournament/<pk>/``, for the admin of tournaments."""

    def __init__(self, page: ServiceModelAdmin) -> None:
        self.page = page

    def urls(self) -> list[URLPattern]:
        raise NotImplementedError

    def route(self, address: str, view: Any, name: str) -> URLPattern:
        guarded = self.page.admin_site.admin_view(view)
        return path(f"<int:pk>/{address}", guarded, name=f"tournaments_tournament_{name}")

    def tournament_or_404(self, request: HttpRequest, pk: int, *, writing: bool) -> Tournament:
        """Raises ``PermissionDenied`` for those who may not see it, or not write to it."""
        page = self.page
        if not (page.may_write(request) if writing else page.has_view_permission(request)):
            raise PermissionDenied
        tournament = Tournament.objects.filter(pk=pk).first()
        if tournament is None:
            raise Http404
        return tournament

    def answer(
        self, request: HttpRequest, template: str, tournament: Tournament, **context: Any
    ) -> TemplateResponse:
        site = self.page.admin_site
        request.current_app = site.name
        common = {
            **site.each_context(request),
            **tools_for(request, tournament.pk),
            "opts": self.page.opts,
            "original": tournament,
        }
        return TemplateResponse(request, f"tournaments/admin/{template}", {**common, **context})

    def address(self, name: str, tournament: Tournament, *args: object) -> str:
        return reverse(f"admin:tournaments_tournament_{name}", args=[tournament.pk, *args])

    def do(
        self,
        request: HttpRequest,
        tournament: Tournament,
        deed: Callable[[Actor], Any],
        said: str,
        *,
        page: str,
    ) -> HttpResponse:
        """Do it, say so or why not, and go on to a page of the tournament."""
        try:
            deed(admin_ports.actor_of(request))
        except DomainError as refused:
            messages.error(request, spoken(refused))
        else:
            messages.success(request, said)
        return HttpResponseRedirect(self.address(page, tournament))


def spoken(refused: DomainError) -> str:
    """A refusal in one line, with what is wrong of each field."""
    if not isinstance(refused, InvalidFieldsError):
        return str(refused)
    return " ".join(sentence for sentences in refused.errors.values() for sentence in sentences)
