"""Rows that are written by SQL made once are what the ORM would have written."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import rows
from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.events.models import Event
from gal_dashboard.events.recording import recording
from graphics import locks
from graphics.archive import delete_graphic
from graphics.claims import Claim
from graphics.models import Graphic, GraphicRevision
from graphics.services import Changes, create_graphic, update_graphic
from tournaments.models import Tournament

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = {"title": [None, "Größe 🏆"], "places": [1, 2.5], "nested": [{"a": [True, None]}, ""]}


def entry() -> AuditEntry:
    return AuditEntry(action="cup.won", actor_name="ann", target_id=7, changes=CHANGES)


def event(number: int) -> Event:
    return Event(type="cup", name=f"cup.{number}", payload="{}", created_at=timezone.now())


def stored(row: Model) -> dict[str, Any]:
    return type(row)._default_manager.filter(pk=row.pk).values().get()


def test_new_row_is_the_one_that_save_writes():
    ours, theirs = entry(), entry()

    rows.insert([ours])
    theirs.save(force_insert=True)

    one, other = stored(ours), stored(theirs)
    assert one["changes"] == CHANGES
    assert one["at"] == ours.at
    assert abs(other.pop("at") - one.pop("at")) < timedelta(minutes=1)
    assert one.pop("id") + 1 == other.pop("id")
    assert one == other


def test_many_rows_have_their_own_keys_in_their_order():
    made = [event(number) for number in range(rows.MOST_AT_ONCE * 2 + 3)]

    with CaptureQueriesContext(connection) as queries:
        rows.insert(made)
        rows.insert([])

    assert len(queries) == 3
    assert [stored(one)["name"] for one in made] == [one.name for one in made]
    made[-1].name = "changed"
    made[-1].save()  # it is known as one that is there
    assert Event.objects.filter(name="changed").count() == 1
    assert Event.objects.count() == len(made)


def test_only_the_named_fields_of_the_one_row_are_changed():
    one, other = (
        create_graphic(actor=SYSTEM, title=title, event_name="Cup", document="{}")
        for title in ("One", "Other")
    )
    before, since = stored(one), timezone.now()
    one.title, one.event_name = "New", "not named"

    rows.update(one, "title", "updated_at")

    after = stored(one)
    assert after.pop("updated_at") >= since > before.pop("updated_at")
    assert after == before | {"title": "New"}
    assert stored(other)["title"] == "Other"


def test_a_reference_may_be_named_by_its_column():
    tournament = Tournament.objects.create(name="Cup", max_participants=8)
    one = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    one.tournament_id = tournament.pk

    rows.update(one, "tournament_id")

    assert stored(one)["tournament_id"] == tournament.pk


def test_row_that_is_gone_is_not_changed_in_silence():
    [gone] = made = [event(1)]
    rows.insert(made)
    Event.objects.all().delete()

    with pytest.raises(DatabaseError, match="not there any more"):
        rows.update(gone, "name")


def test_what_is_put_off_is_written_by_whoever_collects_it():
    now_or_never, later = entry(), entry()
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    before = AuditEntry.objects.count()

    rows.insert_at_the_end(now_or_never)
    with rows.putting_off() as put_off:
        rows.insert_at_the_end(later)
        graphic.title = "Two"
        rows.update_at_the_end(graphic, "title")
        assert AuditEntry.objects.count() == before + 1
        assert stored(graphic)["title"] == "One"
    rows.run(put_off)

    assert stored(graphic)["title"] == "Two"
    newest, first = AuditEntry.objects.order_by("-pk").values()[:2]
    assert newest | {"id": 0, "at": 0} == first | {"id": 0, "at": 0}
    assert newest["changes"] == CHANGES


def test_postgresql_gets_a_save_in_one_message():
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    save = partial(update_graphic, graphic_id=graphic.pk, claim=Claim(actor=SYSTEM))

    with CaptureQueriesContext(connection) as queries:
        save(changes=Changes(title="Two"))

    # the row with its lock; then graphic, version, audit entry, event, numbers, entries
    written = 1 if connection.vendor == "postgresql" else 6
    statements = [
        one["sql"] for one in queries if "graphics_" in one["sql"] or "INTO" in one["sql"]
    ]
    assert len(statements) == 1 + written


def test_a_graphic_that_is_locked_again_is_as_the_same_block_has_left_it():
    """The admin saves and gives the lock back in one block."""
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    claim = Claim(actor=Actor(name="ann", sid="her-login"))

    with recording():
        lease = locks.acquire_lock(graphic_id=graphic.pk, claim=claim)
        for title in ("Two", "Three"):
            update_graphic(
                graphic_id=graphic.pk,
                changes=Changes(title=title),
                claim=replace(claim, fence=lease.fence),
            )
        locks.release_lock(graphic_id=graphic.pk, claim=claim)

    told = AuditEntry.objects.order_by("pk").values_list("action", "target_label", "changes")
    assert [(action, label) for action, label, _ in told][1:] == [
        ("graphic.lock_acquired", "One (Cup)"),
        ("graphic.updated", "Two (Cup)"),
        ("graphic.updated", "Three (Cup)"),
        ("graphic.lock_released", "Three (Cup)"),
    ]
    assert told[3][2] == {"title": ["Two", "Three"]}
    assert stored(graphic)["version"] == 3


def test_a_graphic_that_was_changed_may_go_in_the_same_block():
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    claim = Claim(actor=SYSTEM)

    with recording():
        update_graphic(graphic_id=graphic.pk, changes=Changes(title="Two"), claim=claim)
        delete_graphic(graphic_id=graphic.pk, claim=claim)

    assert not Graphic.objects.filter(pk=graphic.pk).exists()
    assert not GraphicRevision.objects.filter(graphic_id=graphic.pk).exists()
