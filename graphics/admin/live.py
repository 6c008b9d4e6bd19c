"""What is connected now: every overlay with what it shows, everybody of staff, and reloading."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin_site import BROADCAST, Page
from gal_dashboard.core.errors import DomainError
from graphics.admin.forms import ReloadReasonForm
from graphics.admin.pages import why_not
from graphics.connections import connections_of_all
from graphics.reloads import order_reload

SEE: Final = "realtime:read"
RELOAD: Final = "graphics:write"
NAME: Final = "graphics_live"
_LONGEST_ID: Final = 18  # digits that surely fit into a column


def urls(site: AdminSite) -> Sequence[URLPattern]:
    return [
        path("live/", site.admin_view(require_GET(live_view)), name=NAME),
        path("live/now/", site.admin_view(require_GET(now_view)), name=f"{NAME}_now"),
        path("live/reload/", site.admin_view(reload_view), name=f"{NAME}_reload"),
    ]


def live_view(request: HttpRequest) -> HttpResponse:
    return _answer(request, "graphics/admin/live.html", title="Live now", **_now(request))


def now_view(request: HttpRequest) -> HttpResponse:
    """What changes on the page: an open one asks for it every two seconds."""
    return TemplateResponse(request, "graphics/admin/live_now.html", _now(request))


def reload_view(request: HttpRequest) -> HttpResponse:
    """Asks first: it happens on air."""
    _refuse_without(request, RELOAD)
    target = _target_of(request)
    form = ReloadReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = order_reload(
                actor=admin_ports.actor_of(request), reason=form.cleaned_data["reason"], **target
            )
            said = "1 overlay was" if count == 1 else f"{count} overlays were"
            messages.success(request, f"{said} told to reload.")
        except (DomainError, ValidationError) as refused:
            messages.error(request, why_not(refused))
        return HttpResponseRedirect(reverse(f"admin:{NAME}"))
    return _answer(
        request,
        "graphics/admin/reload.html",
        title="Reload overlays",
        form=form,
        question=_question(request, target),
        consequence=(
            "Each page fetches its new copy first and keeps its picture until it has it; then it "
            "is blank for a moment while it loads. This happens at once, also on air."
        ),
        button="Reload",
        way_back=reverse(f"admin:{NAME}"),
    )


admin.site.add_page(  # type: ignore[attr-defined]
    Page(
        title="Live now",
        name=NAME,
        section=BROADCAST,
        position=3,
        purpose="Which overlays are connected, what each shows, and who of the crew is here.",
        scope=SEE,
        urls=urls,
    )
)


def _refuse_without(request: HttpRequest, scope: str) -> None:
    if not admin_ports.actor_of(request).may(scope):
        raise PermissionDenied


def _answer(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def _now(request: HttpRequest) -> dict[str, Any]:
    _refuse_without(request, SEE)
    actor = admin_ports.actor_of(request)
    found = connections_of_all(actor)
    body, titles = found.body, found.titles
    return {
        "may_reload": actor.may(RELOAD),
        "total": body["total"],
        "graphics": [
            (graphic_id, list(overlays))
            for graphic_id, overlays in groupby(body["overlays"], key=itemgetter("graphic_id"))
        ],
        "staff": [
            socket
            | {
                "views": _named([socket["viewing"]] if socket["viewing"] else [], titles),
                "edits": _named(socket["editing"], titles),
            }
            for socket in body["staff"]
        ],
        "editors": body["editors"],
        "processes": body["processes"],
        "timestamp": body["timestamp"],
    }


def _named(ids: Sequence[int], titles: Mapping[int, str]) -> list[tuple[int, str | None]]:
    """Graphics with their titles; somebody may say to view one that is not there."""
    return [(graphic_id, titles.get(graphic_id)) for graphic_id in ids]


def _target_of(request: HttpRequest) -> dict[str, Any]:
    """Which overlays the address names; neither is all of them."""
    graphic_id = request.GET.get("graphic", "")
    is_number = graphic_id.isascii() and graphic_id.isdecimal() and len(graphic_id) <= _LONGEST_ID
    return {
        "connection_id": request.GET.get("overlay") or None,
        "graphic_id": (int(graphic_id) if is_number else 0) if graphic_id else None,
    }


def _question(request: HttpRequest, target: Mapping[str, Any]) -> str:
    overlays = connections_of_all(admin_ports.actor_of(request)).body["overlays"]
    meant = [
        one
        for one in overlays
        if target["connection_id"] in {None, one["connection_id"]}
        and target["graphic_id"] in {None, one["graphic_id"]}
    ]
    if not meant:
        return "No such overlay is connected now."
    title = meant[0]["title"]
    if target["connection_id"] is not None:
        return f"Reload the overlay of {title} at {meant[0]['address']}?"
    pages = "the 1 overlay" if len(meant) == 1 else f"the {len(meant)} overlays"
    if target["graphic_id"] is not None:
        return f"Reload {pages} of {title}?"
    return f"Reload {pages} that are connected?" if len(meant) > 1 else f"Reload {pages}?"
