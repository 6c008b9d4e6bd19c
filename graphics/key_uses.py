"""When and from where keys were used last: kept in memory, written in batches.

A write for each request would make a crowd of overlays wait in line for the database.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from graphics.models import OverlayKey


@dataclass(frozen=True, slots=True)
class Use:
    at: datetime
    address: str


class KeyUses:
    """The last use of each key that was used since ``flush``. Any thread may note one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uses: dict[int, Use] = {}

    def note(self, key_id: int | None, address: str) -> None:
        """Somebody at ``address`` used the key; previews have none."""
        if key_id is None:
            return
        use = Use(timezone.now(), address)
        with self._lock:
            self._uses[key_id] = use

    def flush(self) -> None:
        """Write down what was noted. Raises ``django.db.Error``, and then forgets nothing."""
        with self._lock:
            uses, self._uses = self._uses, {}
        try:
            _store(uses)
        except BaseException:
            with self._lock:
                self._uses = uses | self._uses
            raise


def _store(uses: Mapping[int, Use]) -> None:
    for key_id, use in sorted(uses.items()):
        # of several processes the latest use counts
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=use.at)
        key = OverlayKey.objects.filter(earlier, pk=key_id)
        key.update(last_used_at=use.at, last_used_from=use.address)


key_uses = KeyUses()
