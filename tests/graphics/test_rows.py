"""Rows that are written by SQL made once are what the ORM would have written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection
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
from graphics.errors import LockLostError
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

    rows.update_at_the_end(one, "title", "updated_at")

    after = stored(one)
    assert after.pop("updated_at") >= since > before.pop("updated_at")
    assert after == before | {"title": "New"}
    assert stored(other)["title"] == "Other"


def test_a_reference_may_be_named_by_its_column():
    tournament = Tournament.objects.create(name="Cup", max_participants=8)
    one = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    one.tournament_id = tournament.pk

    rows.update_at_the_end(one, "tournament_id")

    assert stored(one)["tournament_id"] == tournament.pk


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


def statements_of(write: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        write()
    return sum("graphics_" in one["sql"] or "INTO" in one["sql"] for one in queries)


@dataclass(frozen=True)
class Desk:
    """A graphic, and one who writes."""

    graphic: Graphic
    claim: Claim
    titles: Iterator[str]

    def save(self) -> object:
        return update_graphic(
            graphic_id=self.graphic.pk, claim=self.claim, changes=Changes(title=next(self.titles))
        )

    def lock(self) -> object:
        return locks.acquire_lock(graphic_id=self.graphic.pk, claim=self.claim)

    def release(self) -> object:
        return locks.release_lock(graphic_id=self.graphic.pk, claim=self.claim)


@pytest.fixture(params=["by login", "by window"])
def desk(request) -> Desk:
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    window = "left screen" if request.param == "by window" else None
    claim = Claim(actor=Actor(name="ann", user_id=7, sid="her-login"), session_id=window)
    return Desk(graphic, claim, (f"Title {number}" for number in count()))


def at_once_on_postgresql(*, elsewhere: int) -> int:
    """What is put off: one message there, as many as there are statements on SQLite."""
    return 1 if connection.vendor == "postgresql" else elsewhere


def test_postgresql_gets_a_save_in_one_message(desk):
    # the row with its lock; then graphic, version, audit entry, event, numbers, entries
    assert statements_of(desk.save) == 1 + at_once_on_postgresql(elsewhere=6)


def test_who_holds_the_lock_saves_as_cheaply_as_if_there_were_none(desk):
    desk.lock()

    assert statements_of(desk.save) == 1 + at_once_on_postgresql(elsewhere=6)


def test_once_there_has_been_a_lock_a_save_asks_whether_it_was_lost(desk):
    desk.lock()
    desk.release()

    assert statements_of(desk.save) == 2 + at_once_on_postgresql(elsewhere=6)


@pytest.mark.parametrize("user_id", [7, None])
def test_who_lost_the_lock_to_another_window_may_not_save(user_id):
    """Also a window that belongs to nobody, as a command's would."""
    graphic = create_graphic(actor=SYSTEM, title="One", event_name="Cup", document="{}")
    actor = Actor(name="ann", user_id=user_id, sid="her-login")
    late, other = (Claim(actor=actor, session_id=window) for window in ("left", "right"))
    locks.acquire_lock(graphic_id=graphic.pk, claim=late)
    locks.force_release_lock(graphic_id=graphic.pk, actor=SYSTEM, reason="It was left open.")
    locks.acquire_lock(graphic_id=graphic.pk, claim=other)
    locks.release_lock(graphic_id=graphic.pk, claim=other)
    save = partial(update_graphic, graphic_id=graphic.pk, changes=Changes(title="Two"))

    with pytest.raises(LockLostError):
        save(claim=late)
    save(claim=other)
    save(claim=replace(late, actor=replace(actor, user_id=8)))


def test_postgresql_gets_the_end_of_a_lock_in_one_message(desk):
    desk.lock()

    # the row with its lock; then lease, audit entry, event, numbers, entries
    assert statements_of(desk.release) == 1 + at_once_on_postgresql(elsewhere=5)
    assert desk.graphic.leases.get().end == "released"


def test_postgresql_gets_a_renewal_in_one_message(desk):
    desk.lock()
    before = desk.graphic.leases.get().expires_at

    # the row with its lock; then lease, event, numbers, entries
    assert statements_of(desk.lock) == 1 + at_once_on_postgresql(elsewhere=4)
    assert desk.graphic.leases.get().expires_at > before


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
