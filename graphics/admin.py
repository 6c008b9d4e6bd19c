"""Graphics in the admin: their document, their overlay, and who changed them last."""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gal_dashboard.core import ijson
from gal_dashboard.core.admin import WHEN, MonospaceTextarea, ServiceModelAdmin
from gal_dashboard.core.admin_refusals import ChangedMeanwhileError
from gal_dashboard.core.admin_site import BROADCAST, Line, Panel
from gal_dashboard.core.context import Actor
from gal_dashboard.core.wire import dumps
from graphics import services
from graphics.claims import Claim
from graphics.errors import StaleGraphicError
from graphics.models import Graphic

NEWEST = 6


class DocumentField(forms.CharField):
    """Shows a canvas document indented; takes any text that passes the I-JSON gate."""

    widget = MonospaceTextarea({"data-json-editor": "object"})

    def prepare_value(self, value: Any) -> Any:
        """What is no JSON goes back as it was typed, so that the error's line can be found."""
        try:
            return orjson.dumps(ijson.loads(value.encode()), option=orjson.OPT_INDENT_2).decode()
        except (ijson.IJSONError, AttributeError, UnicodeEncodeError):
            return value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        try:
            document = ijson.loads(text.encode())
        except ijson.IJSONError as error:
            raise ValidationError(str(error), code="ijson") from None
        if not isinstance(document, dict):
            raise ValidationError("The document must be a JSON object: { ... }.", code="object")
        return dumps(document).decode()

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


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
class GraphicAdmin(ServiceModelAdmin):
    area = "graphics"
    section = BROADCAST
    purpose = "What overlays draw. A save is on every overlay at once."
    field_aliases = {"data_json": "document"}

    form = GraphicForm
    change_form_template = "graphics/admin/graphic_form.html"
    list_display = ["title", "overlay_link", "event_name", "tournament", "version", "change"]
    list_filter = [OnAirFilter, "tournament"]
    list_select_related = ["tournament"]
    search_fields = ["title", "event_name"]
    search_help_text = "Title or event name."
    ordering = ["-updated_at", "-pk"]
    autocomplete_fields = ["tournament"]
    fieldsets = [(None, {"fields": [("title", "event_name"), "tournament", "document"]})]

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and match.url_name == "graphics_graphic_changelist"
        return rows.defer("document") if is_list else rows

    def version_of(self, shown: Graphic) -> str:
        return str(shown.version)

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> Graphic:
        tournament = fields["tournament"]
        return services.create_graphic(
            actor=actor,
            title=fields["title"],
            event_name=fields["event_name"],
            document=fields["document"],
            tournament_id=tournament.pk if tournament else None,
        )

    def update(
        self, changed: Graphic, *, actor: Actor, fields: Mapping[str, Any], seen: str
    ) -> Graphic:
        tournament = fields["tournament"]
        changes = services.Changes(
            title=fields["title"],
            event_name=fields["event_name"],
            document=fields["document"],
            tournament_id=tournament.pk if tournament else services.DETACHED,
        )
        try:
            return services.update_graphic(
                graphic_id=changed.pk,
                changes=changes,
                claim=Claim(actor=actor),
                accepted_versions=frozenset({seen}),
            )
        except StaleGraphicError:
            newest = Graphic.objects.only("updated_by", "updated_at").get(pk=changed.pk)
            raise ChangedMeanwhileError(
                who=newest.updated_by, when=newest.updated_at.strftime(WHEN)
            ) from None

    def index_panel(self, request: HttpRequest) -> Panel:
        newest = Graphic.objects.on_air().order_by("-updated_at", "-pk").defer("document")[:NEWEST]
        return Panel(
            title="On air",
            lines=[
                Line(
                    title=graphic.title,
                    url=reverse("admin:graphics_graphic_change", args=[graphic.pk]),
                    note=f"{graphic.event_name} · version {graphic.version}",
                    links=[("Overlay", overlay_url(graphic))],
                )
                for graphic in newest
            ],
            nothing="No graphic yet.",
            more=("All graphics", reverse("admin:graphics_graphic_changelist")),
        )

    def render_change_form(self, request, context, *args, **kwargs):
        shown = context.get("original")
        if shown is not None and not shown.archived:
            context["overlay_url"] = overlay_url(shown)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Last change", ordering="updated_at")
    def change(self, graphic: Graphic) -> str:
        return f"{graphic.updated_by}, {graphic.updated_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="Overlay")
    def overlay_link(self, graphic: Graphic) -> SafeString | str:
        if graphic.archived:
            return "Archived"
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">Open overlay</a>', overlay_url(graphic)
        )


def overlay_url(graphic: Graphic) -> str:
    """The page that OBS loads. It is answered in front of Django, so no route is called by it."""
    return f"/overlay/{graphic.pk}"
