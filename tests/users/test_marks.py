"""When sessions were seen and keys used: noted in memory, written by one update for all."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM
from graphics.key_uses import KeyUses, Use
from graphics.keys import create_key
from graphics.models import OverlayKey
from tests.realtime.outages import Outage
from tests.realtime.people import sign_in
from tests.realtime.writing import make_graphic
from users.choices import Role
from users.last_seen import LastSeen
from users.models import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seen() -> LastSeen:
    return LastSeen()


def long_ago(sid: str | None) -> None:
    then = timezone.now() - timedelta(days=1)
    Session.objects.filter(sid=sid).update(last_seen_at=then)


@pytest.mark.parametrize("count", [1, 30])
def test_a_flush_costs_the_same_for_any_number_of_sessions(count, seen):
    sids = [sign_in(f"ann-{number}", Role.VIEWER).sid for number in range(count)]
    for sid in sids:
        long_ago(sid)
        seen.note(sid)

    with CaptureQueriesContext(connection) as queries:
        seen.flush()

    assert len([query for query in queries if query["sql"].startswith(("SELECT", "UPDATE"))]) == 2
    moments = Session.objects.values_list("sid", "last_seen_at")
    assert {sid for sid, at in moments if timezone.now() - at < timedelta(minutes=5)} == set(sids)


def test_another_process_may_have_seen_it_later(seen):
    actor = sign_in("ann", Role.VIEWER)
    seen.note(actor.sid)
    later = timezone.now() + timedelta(minutes=1)
    Session.objects.update(last_seen_at=later)

    seen.flush()

    assert Session.objects.get().last_seen_at == later


def test_what_could_not_be_written_is_written_next_time(seen):
    actor, outage = sign_in("ann", Role.VIEWER), Outage()
    long_ago(actor.sid)
    seen.note(actor.sid)

    outage.is_on = True
    with connection.execute_wrapper(outage), pytest.raises(OperationalError):
        seen.flush()
    seen.flush()

    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=5)


def test_an_address_is_that_of_the_latest_use():
    graphic = make_graphic()
    keys = [create_key(actor=SYSTEM, graphic_id=graphic, name="OBS")[0].pk for _ in range(3)]
    now, uses = timezone.now(), KeyUses()
    OverlayKey.objects.filter(pk=keys[1]).update(last_used_at=now, last_used_from="b")
    OverlayKey.objects.filter(pk=keys[2]).update(last_used_at=now, last_used_from="c")
    for key, moment in zip(keys, (now, now - timedelta(1), now + timedelta(1)), strict=True):
        uses.leave(key, Use(moment, "new"))
    uses.leave(2**40, Use(now, "of no key"))

    uses.flush()

    rows = OverlayKey.objects.order_by("pk").values_list("last_used_from", flat=True)
    assert list(rows) == ["new", "b", "new"]
