"""Writing to the log as services do, on threads of their own as in a server."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.events.models import Event, StreamEntry
from gal_dashboard.events.recording import NewEvent, emit, recording
from gal_dashboard.operations.announcements import announce
from graphics.events import graphic_changed, graphic_withdrawn
from graphics.models import Graphic
from tournaments.events import standings_published
from users.events import user_changed
from users.models import User

ANN = Actor(name="ann")

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


def graphic_event(graphic_id: int, action: str, *, version: int = 1, title: str = "") -> NewEvent:
    """What a service would emit about a graphic, of which only its number need be true."""
    now = timezone.now()
    graphic = Graphic(
        pk=graphic_id,
        title=title,
        event_name="Crown",
        document="{}",
        version=version,
        created_by="ann",
        updated_by="ann",
        created_at=now,
        updated_at=now,
    )
    constructor = graphic_withdrawn if action in {"archived", "deleted"} else graphic_changed
    return constructor(action, graphic=graphic, actor=ANN)


def change(graphic_id: int, action: str = "updated", **said: Any) -> None:
    """One public event of a graphic."""
    with recording():
        if action in {"archived", "restored"}:
            Graphic.objects.filter(pk=graphic_id).update(archived=action == "archived")
        emit(graphic_event(graphic_id, action, **said), overlays=[graphic_id])


def change_often(graphic_id: int, times: int, **said: Any) -> None:
    for _ in range(times):
        change(graphic_id, **said)


def change_standings(graphic_id: int) -> None:
    """Another public event that a graphic's overlay gets."""
    with recording():
        emit(
            standings_published(tournament_id=1, snapshot_id=None, document=None, actor=SYSTEM),
            overlays=[graphic_id],
        )


def tell_staff(message: str = "We go on air.") -> None:
    """An event that is for staff of every role."""
    announce(actor=SYSTEM, message=message)


def tell_administrators(username: str = "bea") -> None:
    """An event that is for Administrators alone."""
    now = timezone.now()
    user = User(pk=1, username=username, created_at=now, updated_at=now)
    with recording():
        emit(user_changed("updated", user=user, roles=frozenset(), actor=ANN))


def poison(stream: str, seq: int, payload: str = '{"half": ') -> None:
    """Make the payload of one entry what no writer of ours would write."""
    event_id = StreamEntry.objects.get(stream=stream, seq=seq).event_id
    Event.objects.filter(pk=event_id).update(payload=payload, public_payload=payload)


def lose(stream: str, *seqs: int) -> None:
    """Take entries out of the log."""
    StreamEntry.objects.filter(stream=stream, seq__in=seqs).delete()
