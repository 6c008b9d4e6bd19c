from collections.abc import Collection, Sequence
from functools import cache, partial
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from gal_dashboard.core import footprint, rows
from gal_dashboard.core.prepared import Now, Prepared, Slot, attributes_of, instance_of
from gal_dashboard.core.wire import LARGEST_IN_FRAME
from graphics.errors import GraphicNotFoundError


class GraphicQuerySet(models.QuerySet):
    def on_air(self):
        """What overlays may show."""
        return self.filter(archived=False)

    def with_document_for_frames(self):
        """``document_for_frames`` is the document, or null, unread, where no frame would hold it.

        A document may have 25 MiB, and all sockets wait for the thread that reads for them.
        """
        small = models.When(document_bytes__lte=LARGEST_IN_FRAME, then=models.F("document"))
        return self.defer("document").annotate(document_for_frames=models.Case(small))

    def lock_row(self, graphic_id: int, *, with_document: bool = True) -> Any:
        """The graphic with its row locked until the end of the transaction.

        Whatever is judged about a graphic is judged under this lock. Who wants only that leaves the
        document out, which may have 25 MiB. Raises ``GraphicNotFoundError``.

        With it comes what is judged most: ``unended_lease``, the columns of the lease that nobody
        has ended, if there is one, and ``locked_at``, the moment by the database's clock.
        """
        rows.run_put_off()  # a save before this one, in the same transaction
        row = (_LOCKED if with_document else _LOCKED_WITHOUT_DOCUMENT).first(pk=graphic_id)
        if row is None:
            raise GraphicNotFoundError
        locked_at = row.pop("moment")
        lease = {name: row.pop(f"unended__{name}") for name in _lease_columns()}
        graphic: Any = instance_of(self.model, row)
        graphic.locked_at = locked_at
        graphic.unended_lease = None if lease["id"] is None else lease
        if with_document:
            footprint.add(graphic.document_bytes)
        return graphic


@cache
def _lease_columns() -> Sequence[str]:
    return attributes_of(apps.get_model("graphics", "CanvasLease"))


def _locking() -> models.QuerySet:
    graphics = apps.get_model("graphics", "Graphic").objects.select_for_update()
    return graphics.filter(pk=Slot("pk", models.BigIntegerField())).order_by().values("pk")


def _locked(*, without: Collection[str] = ()) -> models.QuerySet:
    graphic = apps.get_model("graphics", "Graphic")
    unended = models.FilteredRelation("leases", condition=models.Q(leases__end=_NOT_ENDED))
    graphics = graphic.objects.filter(pk=Slot("pk", models.BigIntegerField())).order_by()
    return graphics.annotate(unended=unended, moment=Now()).values(
        *attributes_of(graphic, without=without),
        *(f"unended__{name}" for name in _lease_columns()),
        "moment",
    )


# As a parameter SQLite would plan the query anew at each call, to see whether the index of the
# unended is enough.
_NOT_ENDED: Final = RawSQL("''", ())
_LOCKED: Final = Prepared(_locked, locking=_locking)
_LOCKED_WITHOUT_DOCUMENT: Final = Prepared(partial(_locked, without={"document"}), locking=_locking)


class KeyQuerySet(models.QuerySet):
    def live(self):
        """Keys that open their overlay."""
        return self.filter(revoked_at=None)


class LeaseQuerySet(models.QuerySet):
    def unended(self):
        """Nobody has written down their end; it may have come by time all the same."""
        return self.filter(end=_NOT_ENDED)
