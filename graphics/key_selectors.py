"""Reads of keys: what one opens, and what people may know of them."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import QuerySet

from gal_dashboard.realtime.ports import Opened
from graphics import key_texts, previews
from graphics.models import OverlayKey

MEMBERS: Final = (
    "id",
    "graphic_id",
    "name",
    "hint",
    "created_at",
    "created_by",
    "revoked_at",
    "revoked_by",
    "last_used_at",
    "last_used_from",
)


def opened_by(key: str) -> Opened | None:
    """The graphic that a live key opens, archived ones too; ``None`` for any other text."""
    if key.startswith(previews.PREFIX):
        graphic_id = previews.graphic_of_preview(key)
        return None if graphic_id is None else Opened(graphic_id)
    if not key_texts.is_key(key):
        return None
    # found by its digest: how long the look-up takes says nothing about the key
    live = OverlayKey.objects.live().filter(digest=key_texts.digest_of(key))
    found = live.values_list("graphic_id", "pk").first()
    return None if found is None else Opened(*found)


def live_keys(key_ids: Collection[int | None]) -> set[int | None]:
    """Those of these keys that open something."""
    live = OverlayKey.objects.live().filter(pk__in=[pk for pk in key_ids if pk is not None])
    return set(live.values_list("pk", flat=True))


def key_rows(graphic_id: int) -> QuerySet[OverlayKey, dict[str, Any]]:
    """The keys of a graphic as REST shows them, the newest first."""
    return OverlayKey.objects.filter(graphic_id=graphic_id).order_by("-pk").values(*MEMBERS)


def key_body(key: OverlayKey) -> dict[str, Any]:
    """What ``key_rows`` would read, of a key that was written just now."""
    return {name: getattr(key, name) for name in MEMBERS}
