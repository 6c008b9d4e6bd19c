"""All keys of overlays in the admin: which are out there, and who used them last from where."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import WHEN, ReadOnlyModelAdmin
from gal_dashboard.core.admin_site import BROADCAST
from graphics import keys
from graphics.connections import SEES_ADDRESSES
from graphics.models import OverlayKey


class IsLive(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("live", "Open their overlay"), ("revoked", "Revoked")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(revoked_at__isnull=self.value() == "live")


@admin.register(OverlayKey)
class OverlayKeyAdmin(ReadOnlyModelAdmin):
    """Made on the page of their graphic. Nobody can read a key here: only its digest is stored.

    From where a key was used last is shown to those who may change graphics, and only they find
    keys by it.
    """

    area = "graphics"
    section = BROADCAST
    position = 3
    purpose = "Keys that open an overlay in OBS: who has which, and when it was used last."

    list_display = ["name", "ends_with", "graphic", "made", "last_use", "last_used_from", "state"]
    list_filter = [IsLive]
    list_select_related = ["graphic"]
    search_fields = ["name", "graphic__title", "last_used_from", "created_by"]
    search_help_text = "A key's name, a graphic, who made it, or an address that is shown to you."
    ordering = ["-pk"]
    fields = ["name", "ends_with", "graphic", "made", "last_use", "last_used_from", "state"]
    actions = ["revoke_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OverlayKey]:
        rows = super().get_queryset(request).select_related("graphic")
        return rows.defer("graphic__document", "digest")

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        return _shown_to(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: OverlayKey | None = None) -> Sequence[str]:
        return _shown_to(request, super().get_fields(request, obj))

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return _shown_to(request, super().get_search_fields(request))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return admin_ports.actor_of(request).may("graphics:write")

    @admin.action(description="Revoke selected keys: they open nothing", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[OverlayKey]) -> None:
        actor = admin_ports.actor_of(request)
        rows = list(queryset.order_by("pk").values_list("graphic_id", "pk"))
        done = sum(
            keys.revoke_key(actor=actor, graphic_id=graphic_id, key_id=pk)
            for graphic_id, pk in rows
        )
        messages.success(request, f"Keys revoked: {done}.")

    @admin.display(description="Ends with")
    def ends_with(self, key: OverlayKey) -> str:
        return f"…{key.hint}"

    @admin.display(description="Made", ordering="created_at")
    def made(self, key: OverlayKey) -> str:
        return f"{key.created_by}, {key.created_at.strftime(WHEN)}"

    @admin.display(description="Used last", ordering="last_used_at")
    def last_use(self, key: OverlayKey) -> str:
        return "Never" if key.last_used_at is None else key.last_used_at.strftime(WHEN)

    @admin.display(description="State", ordering="revoked_at")
    def state(self, key: OverlayKey) -> str:
        if key.revoked_at is None:
            return "Opens its overlay"
        return f"Revoked by {key.revoked_by}, {key.revoked_at.strftime(WHEN)}"


def _shown_to(request: HttpRequest, names: Sequence[str]) -> Sequence[str]:
    if admin_ports.actor_of(request).may(SEES_ADDRESSES):
        return names
    return [name for name in names if name != "last_used_from"]
