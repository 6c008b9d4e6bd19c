"""This project's server as ``manage.py serve`` runs it, with a line on which events are ordered.

``publish <graphic id> <count>`` on the standard input writes so many events of that graphic in one
transaction, as the graphics' own services do, and is answered on the standard output by the last
number and by the moment (``time.monotonic``) at which the writer was about to ring the hub's bell.
The row of the graphic is left alone: what a write costs is measured by PUT.
"""

import json
import os
import signal
import sys
import threading
import time
from typing import Any

from manage import main


def obey_orders() -> None:
    # There are no apps before Django is set up, and no order comes before the server is there.
    for line in sys.stdin:
        _, graphic_id, count = line.split()
        sys.stdout.write(json.dumps(publish(int(graphic_id), int(count))) + "\n")
        sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGTERM)  # the bench is gone, however it ended


def publish(graphic_id: int, count: int) -> dict[str, Any]:
    from django.db import transaction

    from gal_dashboard.core.context import Actor
    from gal_dashboard.events import streams
    from gal_dashboard.events.recording import emit, recording, stream_advanced
    from graphics.events import graphic_changed

    graphic = _graphic(graphic_id)
    rung_at: list[float] = []
    heads: dict[str, int] = {}

    def note(**signal: Any) -> None:
        heads.update(signal["heads"])

    stream_advanced.connect(note)
    with recording():
        for _ in range(count):
            event = graphic_changed("updated", graphic=graphic, actor=Actor(name="bench"))
            emit(event, overlays=[graphic_id])
        # What is registered first runs first, and recording() registers the bell at its end.
        transaction.on_commit(lambda: rung_at.append(time.monotonic()))
    stream_advanced.disconnect(note)
    return {"seq": heads[streams.overlay(graphic_id)], "at": rung_at[0]}


_graphics: dict[int, Any] = {}


def _graphic(graphic_id: int) -> Any:
    from graphics.models import Graphic

    if graphic_id not in _graphics:
        _graphics[graphic_id] = Graphic.objects.get(pk=graphic_id)
    return _graphics[graphic_id]


if __name__ == "__main__":
    threading.Thread(target=obey_orders, name="orders", daemon=True).start()
    main()
