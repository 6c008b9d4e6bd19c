"""The audit trail in the admin: who did what, when, from where."""

import functools
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gal_dashboard.audit import selectors
from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ReadOnlyModelAdmin, TextFilter, TimeFilter
from gal_dashboard.core.admin_ports import Deed
from gal_dashboard.core.admin_site import RECORDS, Line, Panel

NEWEST = 5
LARGEST_ID = 2**63 - 1


def deeds_about(target_type: str, target_id: int) -> Iterator[Deed]:
    """The newest deed first; read as it is asked for. Values are as one would say them."""
    rows = AuditEntry.objects.filter(target_type=target_type, target_id=target_id)
    for row in rows.order_by("-at", "-pk").iterator(chunk_size=50):
        changes = {
            name: (in_words(before), in_words(after))
            for name, (before, after) in row.changes.items()
        }
        yield Deed(at=row.at, actor_name=row.actor_name, action=row.action, changes=changes)


def in_words(value: Any) -> str:
    """A value of the trail; nothing at all is said of what was not there."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


admin_ports.register_history(deeds_about)


class ByPerson(TextFilter):
    title = "person"
    parameter_name = "who"

    def queryset(self, request, queryset):
        return queryset.filter(actor_name__iexact=self.value()) if self.value() else queryset


class ByAction(TextFilter):
    title = "action, as graphic or graphic.updated"
    parameter_name = "action"

    def queryset(self, request, queryset):
        return selectors.of_action(queryset, self.value()) if self.value() else queryset


class ByObject(TextFilter):
    """``graphic`` or ``graphic 7``, as the trail names objects."""

    title = "object, as graphic or graphic 7"
    parameter_name = "object"

    def queryset(self, request, queryset):
        name, _, number = self.value().rpartition(" ")
        if name and number.isascii() and number.isdigit() and int(number) <= LARGEST_ID:
            return queryset.filter(target_type=name.strip().lower(), target_id=int(number))
        return queryset.filter(target_type=number.lower()) if number else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyModelAdmin):
    area = "audit"
    section = RECORDS
    purpose = "Who did what, when, from where, by whichever door: admin, API or command."

    list_display = ["moment", "who", "action", "target_link", "address"]
    list_filter = [ByPerson, ByObject, ByAction, ("at", TimeFilter)]
    search_fields = ["actor_name", "target_label", "action", "request_id", "address"]
    search_help_text = "A person, an object, an action, an address, or the id of a request."
    fields = [
        ("at", "actor_name", "action"),
        "target_link",
        ("address", "session_sid", "request_id"),
        "changes_table",
    ]

    def index_panel(self, request: HttpRequest) -> Panel:
        return Panel(
            title="Latest deeds",
            lines=[
                Line(
                    title=f"{entry.actor_name}: {spoken(entry.action)}",
                    url=reverse("admin:audit_auditentry_change", args=[entry.pk]),
                    note=_where_and_when(entry),
                )
                for entry in AuditEntry.objects.order_by("-at", "-pk")[:NEWEST]
            ],
            more=("All deeds", reverse("admin:audit_auditentry_changelist")),
        )

    @admin.display(description="When (UTC)", ordering="at")
    def moment(self, entry: AuditEntry) -> str:
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="Who", ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor_name

    @admin.display(description="Object", ordering="target_label")
    def target_link(self, entry: AuditEntry) -> SafeString | str:
        app_label = _pages().get(entry.target_type)
        if app_label is None or entry.target_id is None:
            return entry.target_label
        url = reverse(f"admin:{app_label}_{entry.target_type}_change", args=[entry.target_id])
        return format_html('<a href="{}">{}</a>', url, entry.target_label)

    @admin.display(description="Changes")
    def changes_table(self, entry: AuditEntry) -> SafeString | str:
        if not entry.changes:
            return "None recorded."
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
            (
                (name, in_words(before), in_words(after))
                for name, (before, after) in entry.changes.items()
            ),
        )
        return format_html(
            '<table class="changes"><thead><tr><th scope="col">Field</th>'
            '<th scope="col">Before</th><th scope="col">After</th></tr></thead>'
            "<tbody>{}</tbody></table>",
            rows,
        )


@functools.cache
def _pages() -> dict[str, str]:
    """The apps of the models that have a page here, by the name that the trail gives a model."""
    models = filter(admin.site.is_registered, apps.get_models())
    return {model.__name__.lower(): model._meta.app_label for model in models}  # noqa: SLF001 - Django documents _meta


def spoken(action: str) -> str:
    """``graphic.updated`` as one would say it."""
    noun, _, verb = action.partition(".")
    return f"{verb.replace('_', ' ')} {noun}" if verb else noun


def _where_and_when(entry: AuditEntry) -> str:
    # what the server itself does may be about no row, and comes from no address
    parts = (entry.target_label or entry.address, f"{entry.at:%d %b %H:%M} UTC")
    return " · ".join(filter(None, parts))
