"""The block around every write: one transaction with its events, or nothing at all."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from gal_dashboard.audit import trail
from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import rows
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events import log, streams
from gal_dashboard.events.models import Event, Stream, StreamEntry
from gal_dashboard.events.recording import (
    NewEvent,
    NotRecordingError,
    emit,
    emit_internal,
    is_recording,
    recording,
    stream_advanced,
)
from tournaments.models import Tournament

# on_commit must really run, and a transaction of the test would hide who opens one
pytestmark = pytest.mark.django_db(transaction=True)


def event(name: str = "thing.happened", *, is_public: bool = True) -> NewEvent:
    data = {"name": name}
    return NewEvent(
        type="thing", name=name, payload=data, public_payload=data if is_public else None
    )


def names(stream: str) -> list[tuple[int, str]]:
    entries = StreamEntry.objects.filter(stream=stream).order_by("seq")
    return list(entries.values_list("seq", "event__name"))


def deeds() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def write(*events: NewEvent) -> None:
    with recording():
        Tournament.objects.create(name="Cup", max_participants=8)
        for one in events:
            emit(one)


def record_and_fail(action: str) -> None:
    with recording():
        trail.record(action, actor=SYSTEM)
        raise ZeroDivisionError


def write_much_and_fail() -> None:
    with recording():
        trail.record("inner.lost", actor=SYSTEM)
        rows.run_put_off()
        raise ZeroDivisionError


def write_what_cannot_be_stored() -> None:
    with recording():
        Tournament.objects.create(name="Cup", max_participants=8)
        rows.insert_at_the_end(StreamEntry(stream_id="staff", seq=None, event_id=1))
        emit(event())


def write_and_fail(overlays: list[int] | None = None) -> None:
    with recording():
        Tournament.objects.create(name="Cup", max_participants=8)
        emit(event("lost.one"), overlays=overlays or [])
        raise ZeroDivisionError


@pytest.fixture
def announced():
    """What listeners were told, in order."""
    told: list[dict[str, int]] = []

    def listen(heads, **_):
        told.append(heads)

    stream_advanced.connect(listen)
    yield told
    stream_advanced.disconnect(listen)


def test_emit_is_refused_outside_of_a_recording():
    with pytest.raises(NotRecordingError, match=r"thing\.happened"), transaction.atomic():
        emit(event())

    assert not Event.objects.exists()


def test_an_event_gets_the_next_number_of_each_of_its_streams(announced):
    for _ in range(2):
        with recording():
            emit(event(), overlays=[7, 3, 7])
    with recording():
        emit(event("secret.happened", is_public=False), overlays=[7])

    assert names(streams.overlay(7)) == [(1, "thing.happened"), (2, "thing.happened")]
    assert names(streams.overlay(3)) == [(1, "thing.happened"), (2, "thing.happened")]
    assert names(streams.STAFF)[-1] == (3, "secret.happened")
    assert announced == [
        {"overlay.3": 1, "overlay.7": 1, "staff": 1},
        {"overlay.3": 2, "overlay.7": 2, "staff": 2},
        {"staff": 3},
    ]


def test_events_of_one_transaction_keep_their_order():
    with recording():
        for name in ("first.one", "second.one", "third.one"):
            emit(event(name), overlays=[5])

    expected = [(1, "first.one"), (2, "second.one"), (3, "third.one")]
    assert names("overlay.5") == names("staff") == expected


def test_a_failure_leaves_no_change_no_event_and_no_number(announced):
    with recording():
        emit(event())

    with pytest.raises(ZeroDivisionError):
        write_and_fail(overlays=[1])

    assert not Tournament.objects.exists()
    assert (log.head("staff"), log.head("overlay.1")) == (1, 0)
    assert list(Stream.objects.values_list("name", flat=True)) == ["staff"]
    assert announced == [{"staff": 1}]
    assert not is_recording()


def test_an_event_that_is_no_json_leaves_nothing():
    unspeakable = NewEvent(type="thing", name="thing.happened", payload={"what": object()})

    with pytest.raises(TypeError):
        write(unspeakable)

    assert not Tournament.objects.exists()
    assert log.head("staff") == 0


def test_inner_blocks_join_the_outermost(announced):
    with recording():
        emit(event("outer.one"))
        with recording():
            emit(event("inner.one"))
        assert not Event.objects.exists()
        emit(event("outer.two"))

    assert names("staff") == [(1, "outer.one"), (2, "inner.one"), (3, "outer.two")]
    assert announced == [{"staff": 3}]


def test_an_inner_block_that_fails_takes_back_only_what_it_did():
    with recording():
        emit(event("outer.one"))
        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        emit(event("outer.two"))

    assert not Tournament.objects.exists()
    assert names("staff") == [(1, "outer.one"), (2, "outer.two")]


def test_what_is_put_off_is_there_with_the_events_and_in_its_order():
    with recording():
        trail.record("thing.begun", actor=SYSTEM)
        assert not AuditEntry.objects.exists()
        emit(event())
        trail.record("thing.done", actor=SYSTEM)

    assert deeds() == ["thing.begun", "thing.done"]
    assert names("staff") == [(1, "thing.happened")]


def test_what_is_put_off_needs_no_event():
    with recording():
        trail.record("thing.done", actor=SYSTEM)

    assert deeds() == ["thing.done"]


def test_what_an_inner_block_that_fails_has_put_off_is_gone_with_it():
    with recording():
        trail.record("outer.begun", actor=SYSTEM)
        with pytest.raises(ZeroDivisionError):
            record_and_fail("inner.lost")
        with recording():
            trail.record("inner.kept", actor=SYSTEM)

    assert deeds() == ["outer.begun", "inner.kept"]


def test_a_block_that_fails_leaves_nothing_of_what_it_put_off():
    with pytest.raises(ZeroDivisionError):
        record_and_fail("thing.done")
    with recording():
        emit(event())

    assert deeds() == []


def test_what_is_registered_for_the_commit_may_record():
    with recording():
        transaction.on_commit(lambda: trail.record("thing.followed", actor=SYSTEM))
        trail.record("thing.done", actor=SYSTEM)

    assert deeds() == ["thing.done", "thing.followed"]


@pytest.mark.parametrize(
    ("count", "length"), [(rows.MOST_PUT_OFF, 10), (1, rows.LONGEST_PUT_OFF + 1)]
)
def test_much_is_not_put_off(count, length):
    text = "x" * length
    with recording():
        for _ in range(count):
            rows.insert_at_the_end(Event(type="t", name="n", payload=text, created_at=now()))
        assert Event.objects.count() == count

    assert Event.objects.count() == count


def test_what_an_outer_block_has_put_off_outlives_an_inner_one_that_had_it_written():
    with recording():
        trail.record("outer.begun", actor=SYSTEM)
        with pytest.raises(ZeroDivisionError):
            write_much_and_fail()

    assert deeds() == ["outer.begun"]


def test_what_is_put_off_and_cannot_be_stored_leaves_nothing(announced):
    with pytest.raises(IntegrityError):
        write_what_cannot_be_stored()

    assert not Tournament.objects.exists()
    assert names("staff") == []
    assert announced == []


def test_a_recording_inside_of_a_foreign_transaction_is_refused():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), recording():
        pass

    assert not is_recording()


def test_a_listener_that_fails_harms_neither_the_write_nor_other_listeners(announced):
    def fail(**_):
        raise ZeroDivisionError

    stream_advanced.connect(fail)
    try:
        with recording():
            emit(event())
    finally:
        stream_advanced.disconnect(fail)

    assert names("staff") == [(1, "thing.happened")]
    assert announced == [{"staff": 1}]


def test_reading_the_log_gives_entries_in_order_and_says_where_it_begins():
    for number in range(1, 6):
        with recording():
            emit(event(f"thing.{number}"))
    StreamEntry.objects.filter(seq__lte=2).delete()

    assert log.floor("staff") == 3
    assert log.floor("overlay.1") == 0
    assert [entry.seq for entry in log.entries("staff", after=3, limit=10)] == [4, 5]
    assert [entry.seq for entry in log.entries("staff", after=0, limit=2)] == [3, 4]
    assert log.heads(["staff", "overlay.1"]) == {"staff": 5}


def test_what_processes_tell_each_other_is_on_no_stream_of_clients(announced):
    orders = streams.internal("orders")

    with recording():
        emit_internal(orders, name="overlay.reload_ordered", payload={"reason": "new fonts"})

    assert names(orders) == [(1, "overlay.reload_ordered")]
    assert not Stream.objects.filter(name=streams.STAFF).exists()
    assert announced == [{orders: 1}]


def test_emit_internal_refuses_streams_of_clients():
    with recording(), pytest.raises(ValueError, match="staff"):
        emit_internal(streams.STAFF, name="overlay.reload_ordered", payload={})


def test_emit_internal_refuses_to_speak_outside_of_recording():
    with pytest.raises(NotRecordingError):
        emit_internal(streams.internal("orders"), name="overlay.reload_ordered", payload={})
