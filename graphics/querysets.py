from typing import Any

from django.db import models

from gal_dashboard.core import footprint
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

    def lock_row(self, graphic_id: int) -> Any:
        """The graphic with its row locked until the end of the transaction.

        Whatever is judged about a graphic is judged under this lock. Raises
        ``GraphicNotFoundError``.
        """
        graphic: Any = self.select_for_update().filter(pk=graphic_id).first()
        if graphic is None:
            raise GraphicNotFoundError
        if "document" not in graphic.get_deferred_fields():
            footprint.add(graphic.document_bytes)
        return graphic


class KeyQuerySet(models.QuerySet):
    def live(self):
        """Keys that open their overlay."""
        return self.filter(revoked_at=None)


class LeaseQuerySet(models.QuerySet):
    def unended(self):
        """Nobody has written down their end; it may have come by time all the same."""
        return self.filter(end="")
