"""Taking, keeping, giving back and breaking the lock of a graphic."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_GET, require_POST

from gal_dashboard.core import admin_ports, options
from gal_dashboard.core.clock import database_now
from gal_dashboard.core.errors import DomainError
from graphics import locks
from graphics.admin.claims import BREAK_LOCKS, claim_of, desk_of
from graphics.admin.forms import ForcedReasonForm
from graphics.admin.pages import READ, WRITE, GraphicPages, to_graphic, why_not
from graphics.models import Graphic
from graphics.options import LOCK_REFRESH


class LockPages(GraphicPages):
    def urls(self) -> list[URLPattern]:
        return [
            self.route("lock/", require_GET(self.status_view), "lock"),
            self.route("lock/take/", require_POST(self.take_view), "lock_take"),
            self.route("lock/refresh/", require_POST(self.refresh_view), "lock_refresh"),
            self.route("lock/release/", require_POST(self.release_view), "lock_release"),
            self.route("lock/force/", self.force_view, "lock_force"),
        ]

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What an open page asks for every few seconds."""
        return JsonResponse(_status(request, self.graphic_or_404(request, pk, READ)))

    def take_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.graphic_or_404(request, pk, WRITE)
        try:
            locks.acquire_lock(graphic_id=pk, claim=claim_of(request))
        except DomainError as refused:
            messages.error(request, why_not(refused))
        return to_graphic(pk)

    def refresh_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """409 once the lock is lost: whoever goes on typing is to know it at once."""
        graphic = self.graphic_or_404(request, pk, WRITE)
        try:
            locks.refresh_lock(graphic_id=pk, claim=claim_of(request))
        except DomainError:
            return JsonResponse(_status(request, graphic), status=409)
        return JsonResponse(_status(request, graphic))

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.graphic_or_404(request, pk, WRITE)
        if locks.release_lock(graphic_id=pk, claim=claim_of(request)):
            messages.success(request, "You gave the lock back. What you had not saved is gone.")
        return to_graphic(pk)

    def force_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        graphic = self.graphic_or_404(request, pk, BREAK_LOCKS)
        form = ForcedReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            broken = locks.force_release_lock(
                graphic_id=pk,
                actor=admin_ports.actor_of(request),
                reason=form.cleaned_data["reason"],
            )
            said = "The lock is broken." if broken else "Nobody held a lock any more."
            messages.success(request, f"{said} The graphic is free to edit.")
            return to_graphic(pk)
        return self.answer(
            request,
            "confirm.html",
            graphic,
            title="Break the lock",
            question=desk_of(request, pk).sentence,
            consequence=(
                "Whoever holds the lock loses what they have not saved, and is told so with your "
                "name and reason. Ask them first if you can."
            ),
            button="Break the lock",
            form=form,
        )


def _status(request: HttpRequest, graphic: Graphic) -> dict[str, Any]:
    desk = desk_of(request, graphic.pk)
    held_for = 0.0
    if desk.is_mine and desk.lease is not None:
        held_for = (desk.lease.expires_at - database_now()).total_seconds()
    return {
        "sentence": desk.sentence,
        "is_free": desk.is_free and not graphic.archived,
        "is_mine": desk.is_mine,
        "held_for_seconds": max(held_for, 0.0),
        "refresh_in_seconds": max(held_for, 0.0) * options.value(LOCK_REFRESH) / 100,
        "version": graphic.version,
        "page": reverse("admin:graphics_graphic_change", args=[graphic.pk]),
    }
