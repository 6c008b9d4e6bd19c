"""The page of a graphic: its document under a lock, its overlay, and who changed it last."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import SEEN, WHEN
from gal_dashboard.core.admin_refusals import ChangedMeanwhileError
from gal_dashboard.core.admin_site import BROADCAST, Line, Panel
from gal_dashboard.core.clock import database_now
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.core.ijson import IJSONError
from graphics import locks, previews, services
from graphics.admin.actions import GraphicActions
from graphics.admin.archive_pages import ArchivePages
from graphics.admin.claims import BREAK_LOCKS, FENCE, claim_of, desk_of, in_words
from graphics.admin.document import DocumentField, indented, with_lines
from graphics.admin.key_pages import KeyPages
from graphics.admin.lock_pages import LockPages
from graphics.admin.revision_pages import RevisionPages
from graphics.errors import GraphicLockedError, StaleGraphicError
from graphics.models import CanvasLease, Graphic

NEWEST = 6
STAY = "_continue"


class GraphicForm(forms.ModelForm):
    document = DocumentField(
        strip=True,
        initial="{}",
        help_text="The canvas as JSON: a background and a list of elements, the lowest first.",
    )

    class Meta:
        model = Graphic
        fields: ClassVar = ["title", "event_name", "tournament", "document"]


class OnAirFilter(admin.SimpleListFilter):
    """What is on air, until somebody asks for the archive."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("archived", "Archived"), ("all", "All")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": "On air"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(archived=self.value() == "archived")


@admin.register(Graphic)
class GraphicAdmin(GraphicActions):
    area = "graphics"
    section = BROADCAST
    purpose = "What overlays draw. A save is on every overlay at once."
    field_aliases = {"data_json": "document"}

    class Media:
        css = {"all": ["graphics/admin/graphics.css"]}

    form = GraphicForm
    change_form_template = "graphics/admin/graphic_form.html"
    list_display = ["title", "overlay_link", "event_name", "tournament", "version", "change"]
    list_display += ["editor"]
    list_filter = [OnAirFilter, "tournament"]
    list_select_related = ["tournament"]
    search_fields = ["title", "event_name"]
    search_help_text = "Title or event name."
    ordering = ["-updated_at", "-pk"]
    autocomplete_fields = ["tournament"]

    def get_urls(self) -> list[URLPattern]:
        pages = (LockPages(self), ArchivePages(self), RevisionPages(self), KeyPages(self))
        return [url for page in pages for url in page.urls()] + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Graphic]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is None or match.url_name != "graphics_graphic_changelist":
            return rows
        live = CanvasLease.objects.unended().filter(
            graphic=OuterRef("pk"), expires_at__gt=database_now()
        )
        return rows.defer("document").annotate(locked_by=Subquery(live.values("user_name")[:1]))

    # --- Editing ----------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page is opened for reading, until its lock is taken. A save is judged by the service:
        it alone can say who holds the lock.
        """
        may = super().has_change_permission(request, obj)
        if not may or obj is None or request.method == "POST":
            return may
        return not obj.archived and desk_of(request, obj.pk).is_mine

    def get_fieldsets(self, request: HttpRequest, obj: Graphic | None = None) -> Any:
        is_form = obj is None or self.has_change_permission(request, obj)
        document = "document" if is_form else "document_as_text"
        return [(None, {"fields": [("title", "event_name"), "tournament", document]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Graphic | None = None) -> list[str]:
        return ["document_as_text"]

    def version_of(self, shown: Graphic) -> str:
        return str(shown.version)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Who saves and leaves gives the lock back; who adds and stays gets it."""
        stays = STAY in request.POST
        claim = claim_of(request)
        try:
            if not change:
                super().save_model(request, obj, form, change)
                if stays:
                    locks.acquire_lock(graphic_id=obj.pk, claim=claim)
                return
            self._save_change(request, obj.pk, form.cleaned_data)
        except InvalidFieldsError as refused:
            raise with_lines(refused, form.cleaned_data["document"]) from None
        if not stays:
            locks.release_lock(graphic_id=obj.pk, claim=claim)

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> Graphic:
        tournament = fields["tournament"]
        return services.create_graphic(
            actor=actor,
            title=fields["title"],
            event_name=fields["event_name"],
            document=fields["document"],
            tournament_id=tournament.pk if tournament else None,
        )

    def _save_change(self, request: HttpRequest, pk: int, fields: Mapping[str, Any]) -> None:
        tournament = fields["tournament"]
        changes = services.Changes(
            title=fields["title"],
            event_name=fields["event_name"],
            document=fields["document"],
            tournament_id=tournament.pk if tournament else services.DETACHED,
        )
        try:
            services.update_graphic(
                graphic_id=pk,
                changes=changes,
                claim=claim_of(request),
                accepted_versions=frozenset({request.POST.get(SEEN, "")}),
            )
        except GraphicLockedError as refused:
            raise in_words(refused) from None
        except StaleGraphicError:
            raise changed_meanwhile(pk) from None

    # --- What the pages show ----------------------------------------------------------------------

    def index_panel(self, request: HttpRequest) -> Panel:
        newest = Graphic.objects.on_air().order_by("-updated_at", "-pk").defer("document")[:NEWEST]
        return Panel(
            title="On air",
            lines=[
                Line(
                    title=graphic.title,
                    url=reverse("admin:graphics_graphic_change", args=[graphic.pk]),
                    note=f"{graphic.event_name} · version {graphic.version}",
                    links=[("Overlay", overlay_url(graphic, request))],
                )
                for graphic in newest
            ],
            nothing="No graphic yet.",
            more=("All graphics", reverse("admin:graphics_graphic_changelist")),
        )

    def render_change_form(self, request, context, *args, **kwargs):
        shown = context.get("original")
        if shown is not None:
            desk = desk_of(request, shown.pk)
            mine = str(desk.lease.fence) if desk.is_mine and desk.lease else ""
            context |= {
                "desk": desk,
                "may_write": self.may_write(request),
                "may_break": admin_ports.actor_of(request).may(BREAK_LOCKS),
                "is_form": self.has_change_permission(request, shown) and self.may_write(request),
                "fence": request.POST.get(FENCE, mine),
                "overlay_url": None if shown.archived else overlay_url(shown, request),
                "is_open_by_number": settings.OVERLAY_PUBLIC_IDS,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Last change", ordering="updated_at")
    def change(self, graphic: Graphic) -> str:
        return f"{graphic.updated_by}, {graphic.updated_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="Editing now")
    def editor(self, graphic: Any) -> str:
        return graphic.locked_by or "-"

    @admin.display(description="Overlay")
    def overlay_link(self, graphic: Graphic) -> SafeString | str:
        if graphic.archived:
            return "Archived"
        if not settings.OVERLAY_PUBLIC_IDS:
            return "By key"  # its page has a preview
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">Open overlay</a>', _public_url(graphic)
        )

    @admin.display(description="Document")
    def document_as_text(self, graphic: Graphic) -> SafeString:
        try:
            text = indented(graphic.document)
        except IJSONError:  # a damaged row is shown as it is: whoever looks at it looks for that
            text = graphic.document
        return format_html('<pre class="document">{}</pre>', text)


def changed_meanwhile(graphic_id: int) -> ChangedMeanwhileError:
    newest = Graphic.objects.only("updated_by", "updated_at").get(pk=graphic_id)
    return ChangedMeanwhileError(who=newest.updated_by, when=newest.updated_at.strftime(WHEN))


def overlay_url(graphic: Graphic, request: HttpRequest) -> str:
    """A page that shows the overlay: the one for OBS, or a preview where only keys open that."""
    if settings.OVERLAY_PUBLIC_IDS:
        return _public_url(graphic)
    user_id = admin_ports.actor_of(request).user_id or 0
    return f"/overlay/k/{previews.preview_key(graphic_id=graphic.pk, user_id=user_id)}"


def _public_url(graphic: Graphic) -> str:
    """The page is answered in front of Django, so no route is called by it."""
    return f"/overlay/{graphic.pk}"
