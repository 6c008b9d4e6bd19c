"""What becomes of old revisions and old leases."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db.models import Count
from django.utils import timezone

from gal_dashboard.core import options
from graphics.models import CanvasLease, GraphicRevision
from graphics.options import REVISIONS_KEPT_HOURS, REVISIONS_KEPT_NEWEST

# The trail of who held a lock.
LEASES_KEPT_FOR: Final = timedelta(hours=24)
BATCH: Final = 200


def prune_revisions() -> int:
    """Fold old revisions to the last of each session and minute; how many are gone.

    Kept whole: the young ones and the newest of each graphic, both by options. Never folded: the
    first, the newest, and those that brought an old version back.
    """
    newest = options.value(REVISIONS_KEPT_NEWEST)
    busy = (
        GraphicRevision.objects.order_by()
        .values("graphic_id")
        .annotate(count=Count("pk"))
        .filter(count__gt=newest)
        .values_list("graphic_id", flat=True)
    )
    return sum(_delete(_folded(graphic_id)) for graphic_id in list(busy))


def prune_leases() -> int:
    """Remove leases that ended more than a day ago; how many. The graphic keeps its last fence."""
    old = CanvasLease.objects.exclude(end="").filter(ended_at__lt=timezone.now() - LEASES_KEPT_FOR)
    return old.delete()[0]


def _folded(graphic_id: int) -> list[int]:
    rows = list(
        GraphicRevision.objects.filter(graphic_id=graphic_id)
        .order_by("-version")
        .values_list("pk", "session_sid", "created_at", "restored_from")
    )
    kept = options.snapshot()
    oldest_kept = timezone.now() - timedelta(hours=kept[REVISIONS_KEPT_HOURS])
    seen = set()
    folded = []
    for pk, sid, created_at, restored_from in rows[kept[REVISIONS_KEPT_NEWEST] : -1]:
        if created_at >= oldest_kept:
            continue
        moment = (sid, created_at.replace(second=0, microsecond=0))
        if moment in seen and restored_from is None:
            folded.append(pk)
        seen.add(moment)
    return folded


def _delete(pks: Iterable[int]) -> int:
    pks = list(pks)
    for start in range(0, len(pks), BATCH):
        GraphicRevision.objects.filter(pk__in=pks[start : start + BATCH]).delete()
    return len(pks)
