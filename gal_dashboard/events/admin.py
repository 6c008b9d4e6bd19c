"""The event log in the admin: what was told to whom, in which order."""

import contextlib
import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ReadOnlyModelAdmin, TimeFilter
from gal_dashboard.core.admin_site import RECORDS
from gal_dashboard.events import streams
from gal_dashboard.events.models import Event
from gal_dashboard.events.recording import recording

admin_ports.register_recording(recording)

TYPES = (
    "graphic_update",
    "standings_update",
    "placement_update",
    "tournament_update",
    "user_update",
)


class OfType(admin.SimpleListFilter):
    """The types by name: asking the log which there are would read all of it."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request, model_admin):
        return [(name, name.replace("_", " ")) for name in TYPES]

    def queryset(self, request, queryset):
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyModelAdmin):
    area = "audit"
    section = RECORDS
    position = 2
    purpose = "Every event that sockets got, with its number in each stream."

    list_display = ["moment", "number", "name", "type", "overlays"]
    list_filter = [OfType, ("created_at", TimeFilter)]
    search_fields = ["name", "request_id"]
    search_help_text = "The name of an event, such as graphic.updated, or the id of a request."
    ordering = ["-pk"]
    fields = [
        ("name", "type"),
        ("created_at", "request_id"),
        ("number", "overlays"),
        "for_staff",
        "for_overlays",
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).prefetch_related("entries")
        match = request.resolver_match
        if match is not None and match.url_name == "events_event_changelist":
            return rows.defer("payload", "public_payload")
        return rows

    @admin.display(description="When (UTC)", ordering="pk")
    def moment(self, event: Event) -> str:
        return f"{event.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="Number")
    def number(self, event: Event) -> str:
        numbers = [entry.seq for entry in event.entries.all() if entry.stream_id == streams.STAFF]
        return f"#{numbers[0]}" if numbers else ""

    @admin.display(description="Overlays")
    def overlays(self, event: Event) -> str:
        return ", ".join(
            f"{entry.stream_id} #{entry.seq}"
            for entry in sorted(event.entries.all(), key=lambda entry: entry.stream_id)
            if entry.stream_id != streams.STAFF
        )

    @admin.display(description="What staff got")
    def for_staff(self, event: Event) -> SafeString:
        return _document(event.payload)

    @admin.display(description="What overlays got")
    def for_overlays(self, event: Event) -> SafeString | str:
        return _document(event.public_payload) if event.public_payload else "Nothing."


def _document(text: str) -> SafeString:
    # a damaged row is shown as it is: whoever looks at it looks for that
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return format_html('<pre class="document">{}</pre>', text)
