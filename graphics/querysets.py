from collections.abc import Collection
from functools import partial
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from gal_dashboard.core import footprint
from gal_dashboard.core.prepared import Prepared, Slot, attributes_of, instance_of
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
        """
        row = (_LOCKED if with_document else _LOCKED_WITHOUT_DOCUMENT).first(pk=graphic_id)
        if row is None:
            raise GraphicNotFoundError
        graphic: Any = instance_of(self.model, row)
        if with_document:
            footprint.add(graphic.document_bytes)
        return graphic


def _locked(*, without: Collection[str] = ()) -> models.QuerySet:
    graphic = apps.get_model("graphics", "Graphic")
    rows = graphic.objects.select_for_update().filter(pk=Slot("pk", models.BigIntegerField()))
    return rows.order_by().values(*attributes_of(graphic, without=without))


_LOCKED: Final = Prepared(_locked)
_LOCKED_WITHOUT_DOCUMENT: Final = Prepared(partial(_locked, without={"document"}))


class KeyQuerySet(models.QuerySet):
    def live(self):
        """Keys that open their overlay."""
        return self.filter(revoked_at=None)


class LeaseQuerySet(models.QuerySet):
    def unended(self):
        """Nobody has written down their end; it may have come by time all the same."""
        # As a parameter SQLite would plan the query anew at each call, to see whether the index of
        # the unended is enough.
        return self.filter(end=RawSQL("''", ()))
