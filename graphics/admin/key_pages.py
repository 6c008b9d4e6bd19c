"""The keys of a graphic: who was given which, making one, and revoking it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_POST

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_pages import SHOWN_ONCE
from gal_dashboard.core.errors import DomainError
from graphics import keys
from graphics.admin.forms import KeyForm
from graphics.admin.pages import READ, WRITE, GraphicPages, why_not
from graphics.connections import SEES_ADDRESSES
from graphics.models import Graphic, OverlayKey


class KeyPages(GraphicPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("keys/", self.keys_view, "keys"),
            self.route("keys/<int:key_id>/revoke/", require_POST(self.revoke_view), "key_revoke"),
        ]

    def keys_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            return self._make_key(request, self.graphic_or_404(request, pk, WRITE))
        return self._list(request, self.graphic_or_404(request, pk, READ), KeyForm())

    def revoke_view(self, request: HttpRequest, pk: int, key_id: int) -> HttpResponse:
        self.graphic_or_404(request, pk, WRITE)
        actor = admin_ports.actor_of(request)
        self.do(
            request,
            lambda: keys.revoke_key(actor=actor, graphic_id=pk, key_id=key_id),
            "The key is revoked. Whoever used it keeps the last picture and sees no change.",
        )
        return HttpResponseRedirect(reverse("admin:graphics_graphic_keys", args=[pk]))

    def _make_key(self, request: HttpRequest, graphic: Graphic) -> HttpResponse:
        """Answers with the page itself: after a redirect the key could not be shown any more."""
        form = KeyForm(request.POST)
        if form.is_valid():
            try:
                key, text = keys.create_key(
                    actor=admin_ports.actor_of(request),
                    graphic_id=graphic.pk,
                    name=form.cleaned_data["name"],
                )
            except DomainError as refused:
                form.add_error("name", why_not(refused))
            else:
                return self._show_once(request, graphic, key.name, text)
        return self._list(request, graphic, form)

    def _show_once(
        self, request: HttpRequest, graphic: Graphic, name: str, text: str
    ) -> HttpResponse:
        address = request.build_absolute_uri(f"/overlay/k/{text}")
        shown = self.answer(
            request, "new_key.html", graphic, title=f"New key: {name}", address=address
        )
        setattr(shown, SHOWN_ONCE, True)
        return shown

    def _list(self, request: HttpRequest, graphic: Graphic, form: KeyForm) -> HttpResponse:
        actor = admin_ports.actor_of(request)
        return self.answer(
            request,
            "keys.html",
            graphic,
            title="Keys",
            form=form,
            may_write=actor.may(WRITE),
            sees_addresses=actor.may(SEES_ADDRESSES),
            keys=OverlayKey.objects.filter(graphic=graphic).order_by("-pk"),
        )
