"""When and from where keys were used last: noted in memory, written every ten seconds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone

from gal_dashboard.core.marks import Marks, store_newest
from graphics.models import OverlayKey


@dataclass(frozen=True, slots=True)
class Use:
    last_used_at: datetime
    last_used_from: str


class KeyUses(Marks[int, Use]):
    """One for each process."""

    every_seconds = 10.0

    def note(self, key_id: int | None, address: str) -> None:
        """Somebody at ``address`` used the key; previews have none."""
        if key_id is not None:
            self.leave(key_id, Use(timezone.now(), address))

    def store(self, marks: Mapping[int, Use]) -> None:
        uses = {key_id: asdict(use) for key_id, use in marks.items()}
        store_newest(OverlayKey.objects.all(), key="pk", at="last_used_at", marks=uses)


key_uses = KeyUses()
