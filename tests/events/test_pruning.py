"""Forgetting: what is dropped, what stays, and that no stream gets a hole."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gal_dashboard.events import pruning
from gal_dashboard.events.models import Event, Stream, StreamEntry
from gal_dashboard.events.recording import NewEvent, emit, recording
from tests.events import logbook
from tests.support.rows import rows, value

OLD = timezone.now() - timedelta(hours=24) - timedelta(minutes=1)

pruned = pytest.mark.django_db(transaction=True)


def write(count: int, *, overlays: tuple[int, ...] = ()) -> None:
    for _ in range(count):
        with recording():
            emit(
                NewEvent(type="thing", name="thing.happened", payload={}, public_payload={}),
                overlays=overlays,
            )


def make_old(*seqs: int) -> None:
    entries = StreamEntry.objects.filter(stream="staff", seq__in=seqs)
    Event.objects.filter(pk__in=entries.values("event")).update(created_at=OLD)


def numbers(stream: str) -> list[int]:
    rows = StreamEntry.objects.filter(stream=stream).order_by("seq")
    return list(rows.values_list("seq", flat=True))


@pruned
def test_what_is_old_and_not_among_the_newest_goes():
    write(10)
    make_old(*range(1, 9))

    done = pruning.prune(kept_newest=4, batch=2)

    assert numbers("staff") == [7, 8, 9, 10]
    assert (done.entries, done.events, Event.objects.count()) == (6, 6, 4)
    assert Stream.objects.get().head == 10


@pruned
def test_what_is_young_stays_however_much_there_is():
    write(10)
    make_old(1, 2)

    pruning.prune(kept_newest=4)

    assert numbers("staff") == list(range(3, 11))


@pruned
def test_old_entries_behind_a_young_one_stay_so_that_there_is_no_hole():
    write(10)
    make_old(1, 2, 4, 5, 6)

    pruning.prune(kept_newest=2)

    assert numbers("staff") == list(range(3, 11))


@pruned
def test_an_event_stays_as_long_as_one_stream_needs_it():
    write(3, overlays=(1,))
    write(5)
    make_old(*range(1, 9))

    done = pruning.prune(kept_newest=3)

    assert numbers("staff") == [6, 7, 8]
    assert numbers("overlay.1") == [1, 2, 3]
    assert (done.entries, done.events, Event.objects.count()) == (5, 2, 6)


@pruned
def test_numbers_go_on_where_they_were():
    write(6)
    make_old(*range(1, 7))

    pruning.prune(kept_newest=1)
    write(1)

    assert numbers("staff") == [6, 7]


@pruned
def test_pruning_twice_drops_nothing_more():
    write(6)
    make_old(*range(1, 7))
    pruning.prune(kept_newest=2)

    assert pruning.prune(kept_newest=2) == pruning.Pruned(0, 0)


EVENTS = """
INSERT INTO events_event (type, name, payload, request_id, created_at)
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < %s)
SELECT 'thing', %s, '{}', '', %s FROM counted
"""
ENTRIES = """
INSERT INTO events_streamentry (stream_id, seq, event_id)
SELECT %s, row_number() OVER (ORDER BY id), id FROM events_event WHERE name = %s
"""


def flood(server, stream: str, name: str, count: int) -> None:
    """So many old events of this name on a stream that has no other."""
    moment = OLD.strftime("%Y-%m-%d %H:%M:%S")
    rows(server, "INSERT INTO events_stream (name, head) VALUES (%s, %s)", stream, count)
    rows(server, EVENTS, count, name, moment)
    rows(server, ENTRIES, stream, name)


def test_the_command_keeps_the_newest_ten_thousand_of_a_stream(server):
    stream, name, count = "overlay.9000001", "flood.came", 10_000 + 1100
    flood(server, stream, name, count)

    said = server.manage("prune_events").stdout

    kept = rows(
        server,
        "SELECT min(seq), max(seq), count(*) FROM events_streamentry WHERE stream_id = %s",
        stream,
    )
    assert said == "Dropped 1100 entries and 1100 events.\n"
    assert kept == [(1101, count, 10_000)]
    assert value(server, "SELECT count(*) FROM events_event WHERE name = %s", name) == 10_000
    rows(server, "DELETE FROM events_streamentry WHERE stream_id = %s", stream)
    rows(server, "DELETE FROM events_event WHERE name = %s", name)
    rows(server, "DELETE FROM events_stream WHERE name = %s", stream)


def test_a_new_epoch_is_another_one(server):
    before = logbook.epoch(server)

    said = server.manage("new_epoch").stdout

    after = logbook.epoch(server)
    assert after != before
    assert after in said
