"""What was refused stands in the trail, and those who are refused cannot fill it."""

import pytest

from gal_dashboard.audit import refusals
from gal_dashboard.audit.refusals import Meter
from tests.audit.deeds import deeds_of, new_request_id
from tests.conftest import ENGINES
from tests.support.api import Api
from tests.support.server import RunningServer
from tests.users.staff import PASSWORD, make_account

MUCH = 3 * refusals.OF_ONE_SESSION


@pytest.fixture(scope="module", params=ENGINES)
def server(request, databases, tmp_path_factory):
    """Of these tests alone: what others are refused counts for the bounds of all."""
    running = RunningServer(
        database_url=databases[request.param].new(),
        log=tmp_path_factory.mktemp("refusals") / f"{request.param}.log",
    ).start()
    yield running
    running.close()


@pytest.fixture
def reader(server):
    """A Viewer with a session of its own."""
    with Api(server) as client:
        yield client.login_as_viewer()


def test_a_request_beyond_ones_rights_is_written_down(reader, server):
    request_id = new_request_id()

    answer = reader.delete("/api/v1/graphics/77", headers={"X-Request-ID": request_id})

    assert answer.status_code == 403
    [deed] = deeds_of(server, request_id)
    assert (deed.action, deed.actor) == ("access.denied", "dashboard_viewer")
    assert deed.label == "DELETE /api/v1/graphics/77"
    assert deed.address == reader.headers["X-Forwarded-For"]
    assert deed.sid == reader.get("/auth/verify").json()["session_id"]


def test_equal_refusals_are_one_deed(reader, server):
    request_id = new_request_id()

    for _ in range(MUCH):
        reader.delete("/api/v1/graphics/78", headers={"X-Request-ID": request_id})

    # a minute may have ended in between
    assert 1 <= len(deeds_of(server, request_id)) <= 2


def test_a_deed_says_what_was_left_out_of_the_same_session(reader, server):
    with Api(server) as other:
        other.login_as_viewer()
        for _ in range(MUCH):
            other.delete("/api/v1/graphics/79")
        mine, theirs = new_request_id(), new_request_id()
        reader.delete("/api/v1/graphics/80", headers={"X-Request-ID": mine})
        other.delete("/api/v1/graphics/80", headers={"X-Request-ID": theirs})

    [own], [others] = deeds_of(server, mine), deeds_of(server, theirs)
    assert "left_out" not in own.changes
    _, count = others.changes["left_out"]
    assert MUCH - 2 <= count < MUCH  # a minute may have ended in between


def test_one_session_cannot_fill_the_trail(reader, server):
    request_id = new_request_id()

    for number in range(1, MUCH + 1):
        answer = reader.delete(f"/api/v1/graphics/{number}", headers={"X-Request-ID": request_id})
        assert answer.status_code == 403

    # a minute may have ended in between
    assert len(deeds_of(server, request_id)) <= 2 * refusals.OF_ONE_SESSION


def test_a_stranger_leaves_nothing_by_asking(stranger, server):
    request_id = new_request_id()

    assert stranger.get("/api/v1/audit", headers={"X-Request-ID": request_id}).status_code == 401

    assert deeds_of(server, request_id) == []


def test_a_failed_login_names_the_account_if_there_is_one(stranger, server):
    make_account(server, "paula", "Producer")
    known, unknown, league = (new_request_id() for _ in range(3))
    for request_id, body in (
        (known, {"username": "paula", "password": f"{PASSWORD}?"}),
        (unknown, {"username": PASSWORD, "password": "paula"}),
        (league, {"master_password": f"{PASSWORD}?"}),
    ):
        answer = stranger.post("/auth/login", json=body, headers={"X-Request-ID": request_id})
        assert answer.status_code == 401

    found = [deeds_of(server, request_id) for request_id in (known, unknown, league)]
    deeds = [deed for [deed] in found]
    assert {deed.action for deed in deeds} == {"session.refused"}
    assert {deed.actor for deed in deeds} == {"anonymous"}
    assert [deed.target_type for deed in deeds] == ["user", "", ""]
    assert [deed.label for deed in deeds] == [
        "paula",
        "an account that does not exist",
        "the league's password",
    ]
    assert {deed.address for deed in deeds} == {stranger.headers["X-Forwarded-For"]}


def test_attempts_that_are_throttled_are_no_deeds(stranger, server):
    request_id = new_request_id()
    statuses = [
        stranger.post(
            "/auth/login",
            json={"master_password": "wrong"},
            headers={"X-Request-ID": request_id},
        ).status_code
        for _ in range(12)
    ]

    assert 429 in statuses
    assert len(deeds_of(server, request_id)) == statuses.count(401)


def test_a_meter_counts_for_each_source_what_it_leaves_out():
    meter = Meter(of_each=2, of_all=4)

    assert [meter.admit("ann", deed) for deed in ("a", "a", "b", "c", "d")] == [
        (0, 0), None, (1, 0), None, None,
    ]  # fmt: skip
    assert [meter.admit("bob", deed) for deed in ("a", "b")] == [(0, 0), (0, 0)]
    assert meter.admit("cleo", "a") is None  # no more in all


def test_a_meter_begins_anew_each_minute(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(refusals.time, "monotonic", lambda: now)
    meter = Meter(of_each=1)
    for source in ("ann", "bob"):
        assert [meter.admit(source, "a"), meter.admit(source, "a")] == [(0, 0), None]
    meter.admit("ann", "b")

    now += refusals.WINDOW_SECONDS

    assert meter.admit("bob", "a") == (1, 0)
    assert meter.admit("ann", "a") == (2, 0)


def test_what_a_meter_forgets_of_many_sources_is_told_all_the_same(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(refusals.time, "monotonic", lambda: now)
    meter = Meter(of_each=1, of_all=3)
    for number in range(3):
        meter.admit(f"guest-{number}", "a")
    for number in range(3, 10):
        assert meter.admit(f"guest-{number}", "a") is None

    now += refusals.WINDOW_SECONDS

    assert [meter.admit(source, "a") for source in ("new", "guest-9")] == [(0, 4), (1, 0)]
