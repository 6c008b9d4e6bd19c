"""Writing to the log as services do, on threads of their own as in a server."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

from gal_dashboard.events.models import Event, StreamEntry
from gal_dashboard.events.recording import NewEvent, emit, recording
from graphics.models import Graphic

Result = TypeVar("Result")


async def on_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """The result of ``work``, done on a thread with a database connection that ends with it."""

    def do() -> Result:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(do)


def make_graphic(**fields: Any) -> int:
    fields = {
        "title": "Board",
        "event_name": "Crown",
        "created_by": "a",
        "updated_by": "a",
    } | fields
    return Graphic.objects.create(**fields).pk


def change(
    graphic_id: int, action: str = "updated", *, event_type: str = "graphic_update", **data: Any
) -> None:
    """One public event of a graphic."""
    payload = {"action": action, "graphic_id": graphic_id, **data}
    with recording():
        if action in {"archived", "restored"}:
            Graphic.objects.filter(pk=graphic_id).update(archived=action == "archived")
        emit(
            NewEvent(
                type=event_type,
                name=f"graphic.{action}",
                payload={**payload, "actor": "ann"},
                public_payload=payload,
            ),
            overlays=[graphic_id],
        )


def change_often(graphic_id: int, times: int, **data: Any) -> None:
    for number in range(times):
        change(graphic_id, number=number, **data)


def tell_staff(event_type: str = "system_notification", **data: Any) -> None:
    with recording():
        emit(NewEvent(type=event_type, name="thing.happened", payload={"action": "told", **data}))


def poison(stream: str, seq: int, payload: str = '{"half": ') -> None:
    """Make the payload of one entry what no writer of ours would write."""
    event_id = StreamEntry.objects.get(stream=stream, seq=seq).event_id
    Event.objects.filter(pk=event_id).update(payload=payload, public_payload=payload)


def lose(stream: str, *seqs: int) -> None:
    """Take entries out of the log."""
    StreamEntry.objects.filter(stream=stream, seq__in=seqs).delete()
