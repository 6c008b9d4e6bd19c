"""Locks in the admin: who edits what, and how the locks of the last day ended."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gal_dashboard.core.admin import WHEN, ReadOnlyModelAdmin
from gal_dashboard.core.admin_site import BROADCAST
from graphics.choices import LeaseEnd
from graphics.models import CanvasLease


class HowEnded(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("held", "Not ended"), *LeaseEnd.choices]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(end="" if self.value() == "held" else self.value())


@admin.register(CanvasLease)
class CanvasLeaseAdmin(ReadOnlyModelAdmin):
    """Never shows the name of an editor window: whoever knows it could take part in its lock."""

    area = "graphics"
    section = BROADCAST
    position = 2
    purpose = "Who edits which graphic, until when. Locks are kept for a day after their end."

    list_display = ["graphic", "user_name", "taken", "until", "fence", "how_ended"]
    list_filter = [HowEnded]
    list_select_related = ["graphic"]
    search_fields = ["user_name", "graphic__title"]
    search_help_text = "A holder, or the title of a graphic."
    ordering = ["-pk"]
    fields = ["graphic", "user_name", "taken", "until", "fence", "how_ended"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CanvasLease]:
        rows = super().get_queryset(request).select_related("graphic")
        return rows.defer("graphic__document", "session_id", "sid")

    @admin.display(description="Taken", ordering="taken_at")
    def taken(self, lease: CanvasLease) -> str:
        return lease.taken_at.strftime(WHEN)

    @admin.display(description="Until", ordering="expires_at")
    def until(self, lease: CanvasLease) -> str:
        return lease.expires_at.strftime(WHEN)

    @admin.display(description="State")
    def how_ended(self, lease: CanvasLease) -> str:
        if lease.ended_at is not None:
            return f"{LeaseEnd(lease.end).label} at {lease.ended_at.strftime(WHEN)}"
        return "Holds" if lease.expires_at > timezone.now() else "Ran out"
