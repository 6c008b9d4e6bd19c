"""The database backend ``gal_dashboard.core.postgresql``: a connection that was alive a moment ago
is not asked again whether it is.

Django asks before the first statement of every request, and waits for the answer: with a read of
one graphic that is one question in four. Each connection that dies within that moment costs the
request that finds out, which is told to try again; the next one has a new connection.
"""

import math
import time
from typing import Final

from django.db.backends.postgresql import base

FRESH_SECONDS: Final = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    health_check_done: bool  # Django's stubs do not say so

    _seen_alive_at = -math.inf

    def close_if_health_check_failed(self) -> None:
        """Django calls it before every statement, and looks once a request: here at its first one,
        or not at all, as in a transaction it is too late.
        """
        if self.health_check_done:
            return
        now = time.monotonic()
        if now - self._seen_alive_at < FRESH_SECONDS:
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._seen_alive_at = now
