"""Pages of a graphic beside its form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ServiceModelAdmin
from gal_dashboard.core.admin_refusals import Refusal
from gal_dashboard.core.errors import DomainError
from graphics.admin.claims import in_words
from graphics.errors import GraphicLockedError, LockBusyError
from graphics.models import Graphic

READ = "graphics:read"
WRITE = "graphics:write"


class GraphicPages:
    """Views below ``/admin/graphics/graphic/<pk>/``, for the admin of graphics."""

    def __init__(self, page: ServiceModelAdmin) -> None:
        self.page = page

    def urls(self) -> list[URLPattern]:
        raise NotImplementedError

    def route(self, address: str, view: Any, name: str) -> URLPattern:
        guarded = self.page.admin_site.admin_view(view)
        return path(f"<int:pk>/{address}", guarded, name=f"graphics_graphic_{name}")

    def graphic_or_404(self, request: HttpRequest, pk: int, scope: str) -> Graphic:
        """Without its document. Raises ``PermissionDenied`` for those without ``scope``."""
        if not admin_ports.actor_of(request).may(scope):
            raise PermissionDenied
        graphic = Graphic.objects.defer("document").filter(pk=pk).first()
        if graphic is None:
            raise Http404
        return graphic

    def answer(
        self, request: HttpRequest, template: str, graphic: Graphic, **context: Any
    ) -> TemplateResponse:
        site = self.page.admin_site
        request.current_app = site.name
        common = {**site.each_context(request), "opts": self.page.opts, "original": graphic}
        return TemplateResponse(request, f"graphics/admin/{template}", {**common, **context})

    def do(self, request: HttpRequest, deed: Callable[[], Any], done: str) -> bool:
        """Call a service; say that it is ``done``, or why it is not."""
        try:
            deed()
        except (DomainError, ValidationError) as refused:
            messages.error(request, why_not(refused))
            return False
        messages.success(request, done)
        return True


def to_graphic(pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:graphics_graphic_change", args=[pk]))


def why_not(refused: DomainError | ValidationError) -> str:
    """A refusal as a sentence that stands by itself."""
    if isinstance(refused, GraphicLockedError | LockBusyError):
        refused = in_words(refused)
    return str(Refusal(refused, {}))
