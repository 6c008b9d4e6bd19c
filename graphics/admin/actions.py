"""What can be done to several graphics of the list at once.

Each graphic is a transaction of its own: one that somebody edits does not keep the others.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ServiceModelAdmin
from gal_dashboard.core.errors import DomainError
from graphics import archive, locks, services
from graphics.admin.claims import BREAK_LOCKS, claim_of
from graphics.admin.forms import ForcedReasonForm, ReasonForm
from graphics.admin.pages import why_not

CONFIRMED = "confirmed"


class GraphicActions(ServiceModelAdmin):
    """The part of the admin of graphics that works on the list."""

    actions = ["archive_selected", "restore_selected", "duplicate_selected", "unlock_selected"]

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> Any:  # type: ignore[override]
        # past ServiceModelAdmin, which would make one transaction of all
        return super(ServiceModelAdmin, self).response_action(request, queryset)

    def has_break_permission(self, request: HttpRequest) -> bool:
        return admin_ports.actor_of(request).may(BREAK_LOCKS)

    @admin.action(description="Archive selected graphics", permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        form = ReasonForm(request.POST if CONFIRMED in request.POST else None)
        if not form.is_valid():
            return self._ask(
                request,
                queryset,
                form,
                "Archive",
                "Overlays that show them keep their last picture and follow no change.",
            )
        self._each(
            request,
            queryset,
            lambda pk: archive.archive_graphic(
                graphic_id=pk, claim=claim_of(request), reason=form.cleaned_data["reason"]
            ),
            "Archived",
        )
        return None

    @admin.action(description="Restore selected graphics from the archive", permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        actor = admin_ports.actor_of(request)
        self._each(
            request,
            queryset,
            lambda pk: archive.restore_graphic(graphic_id=pk, actor=actor),
            "Restored",
        )

    @admin.action(description="Duplicate selected graphics", permissions=["change"])
    def duplicate_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        actor = admin_ports.actor_of(request)
        self._each(
            request,
            queryset,
            lambda pk: services.duplicate_graphic(
                actor=actor, graphic_id=pk, new_title=None, new_event_name=None
            ),
            "Duplicated",
        )

    @admin.action(description="Break the locks of selected graphics", permissions=["break"])
    def unlock_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        form = ForcedReasonForm(request.POST if CONFIRMED in request.POST else None)
        if not form.is_valid():
            return self._ask(
                request,
                queryset,
                form,
                "Break the locks",
                "Whoever edits one of these loses what they have not saved, and is told so.",
            )
        actor = admin_ports.actor_of(request)
        reason = form.cleaned_data["reason"]
        self._each(
            request,
            queryset,
            lambda pk: locks.force_release_lock(graphic_id=pk, actor=actor, reason=reason),
            "Free to edit",
        )
        return None

    def _each(
        self, request: HttpRequest, queryset: QuerySet, deed: Callable[[int], Any], said: str
    ) -> None:
        done = 0
        for pk, title in list(queryset.order_by("pk").values_list("pk", "title")):
            try:
                deed(pk)
            except (DomainError, ValidationError) as refused:
                messages.error(request, f"“{title}”: {why_not(refused)}")
            else:
                done += 1
        if done:
            messages.success(request, f"{said}: {done}.")

    def _ask(
        self, request: HttpRequest, queryset: QuerySet, form: Form, button: str, consequence: str
    ) -> TemplateResponse:
        chosen = list(queryset.order_by("title", "pk").values_list("pk", "title"))
        return TemplateResponse(
            request,
            "graphics/admin/confirm.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": button,
                "question": f"{button}: {len(chosen)} graphics?",
                "consequence": consequence,
                "button": button,
                "form": form,
                "chosen": chosen,
                "box": ACTION_CHECKBOX_NAME,
                "action": request.POST["action"],
                "confirmed": CONFIRMED,
            },
        )
