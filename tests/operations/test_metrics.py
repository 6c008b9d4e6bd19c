"""What ``/metrics`` tells, and whom."""

import json
import re
import secrets
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from gal_dashboard.core import monitoring
from tests.conftest import NewServer
from tests.realtime.wire import overlay, staff
from tests.support.api import Api
from tests.support.databases import ROOT
from tests.support.numbers import read, until
from tests.support.server import RunningServer


# --- Who is told ----------------------------------------------------------------------------------
def test_strangers_are_told_how_to_get_in(stranger: Api):
    answer = stranger.get("/metrics")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    body = answer.json()
    assert body["code"] == "not_authenticated"
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert "GAL_OPERATIONS_MONITORING_TOKEN" in body["detail"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer \u00e9\u00e9"]
)
def test_strangers_are_refused_beside_a_token(stranger: Api, monitoring_token: str, header: str):
    answer = stranger.get("/metrics", headers={"Authorization": header.encode("latin-1")})

    assert answer.status_code == 401
    assert "GAL_OPERATIONS_MONITORING_TOKEN" not in answer.json()["detail"]


def test_monitoring_and_staff_read_them(stranger: Api, viewer: Api, monitoring_token: str):
    headers = {"Authorization": f"Bearer {monitoring_token}"}

    answer = stranger.get("/metrics", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    head = stranger.head("/metrics", headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert read(viewer).names == {*read(viewer).names, "gal_http_requests_total"}


def test_they_are_told_while_every_thread_is_busy(new_server: NewServer):
    server = new_server(environment={"WEB_THREADS": "1"})
    path = server.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with Api(server) as api:
        api.login()
        writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        writer.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=api.new_graphic)
        with Api(server) as monitor:
            monitor.headers["Authorization"] = api.headers["Authorization"]
            waiting.start()
            try:
                numbers = until(monitor, lambda told: told("gal_web_threads_busy") == 1)
            finally:
                writer.execute("ROLLBACK")
                writer.close()
                waiting.join(60)
            assert numbers("gal_web_threads") == 1
            assert numbers("gal_http_requests_in_flight") == 2  # it, and the one that asks
            assert until(monitor, lambda told: told("gal_web_threads_busy") == 0)


# --- Requests -------------------------------------------------------------------------------------
def test_requests_are_counted_by_route_and_status(api: Api):
    ids = [api.new_graphic(title=f"Counted {secrets.token_hex(4)}")["id"] for _ in range(2)]
    before = read(api)

    for graphic_id in ids:
        assert api.get(f"/api/v1/graphics/{graphic_id}").status_code == 200
        assert api.get(f"/api/v1/graphics/{graphic_id}/view").status_code == 200
    assert api.get("/api/v1/graphics/999999").status_code == 404
    assert api.get("/overlay/1").status_code == 200
    assert api.get("/static/core/admin.css").status_code == 200
    assert api.get("/nowhere/at/all").status_code == 404

    after = read(api)

    def more(route: str, status: str) -> float:
        labels = {"method": "GET", "route": route, "status": status}
        name = "gal_http_requests_total"
        return after(name, **labels) - before(name, **labels)

    assert more("/api/v1/graphics/{pk}", "200") == 2
    assert more("/api/v1/graphics/{pk}", "404") == 1
    assert more("/api/v1/graphics/{pk}/view", "200") == 2
    assert more("/overlay/{id}", "200") == 1
    assert more("/static/{path}", "200") == 1
    assert more("(unknown)", "404") == 1
    route = {"route": "/api/v1/graphics/{pk}"}
    times = "gal_http_request_seconds"
    assert after(f"{times}_count", **route) - before(f"{times}_count", **route) == 3
    assert after(f"{times}_bucket", le="+Inf", **route) == after(f"{times}_count", **route)


def test_refusals_are_counted_by_code(api: Api):
    before = read(api)

    assert api.post("/auth/login", content=b"x" * 300_000).status_code == 413
    assert api.get("/double//slash").status_code == 404
    assert api.get("/", headers={"X-Long": "x" * 40_000}).status_code == 431

    after = read(api)
    for code in ("body_too_large", "not_found", "head_too_large"):
        name = "gal_http_refusals_total"
        assert after(name, code=code) - before(name, code=code) == 1


def test_nothing_of_a_stranger_becomes_a_label(api: Api):
    mark = secrets.token_hex(6)

    api.request(f"M{mark}".upper(), "/auth/login")
    api.get(f"/{mark}/{mark}?{mark}={mark}")
    api.get(f"/overlay/{mark}")
    api.get(f"/overlay/k/{mark}")
    api.get(f"/static/{mark}")
    api.get(f"/admin/{mark}/")
    api.post("/auth/login", json={"username": mark, "password": "x"})
    api.get("/auth/verify", headers={"X-Request-ID": mark, "Host": f"{mark}.example"})

    assert mark not in read(api).text.lower()


# --- Sockets, events, locks, logins ---------------------------------------------------------------
async def test_sockets_are_counted_by_kind_and_end(server: RunningServer, api: Api):
    graphic_id = api.new_graphic(title=f"Sockets {secrets.token_hex(4)}")["id"]
    before = read(api)

    def more(told, name: str, **labels: str) -> float:
        return told(name, **labels) - before(name, **labels)

    token = api.tokens["access_token"]
    async with overlay(server, graphic_id) as screen, staff(server, token=token) as dashboard:
        await screen.begin()
        await dashboard.begin()
        during = read(api)
    async with overlay(server, 10**12) as nothing:
        assert (await nothing.closed())[1] == 4404

    assert more(during, "gal_sockets", kind="overlay") == 1
    assert more(during, "gal_sockets", kind="staff") == 1
    closed = "gal_sockets_closed_total"
    after = until(
        api,
        lambda told: (
            more(told, closed, kind="overlay", code="client") == 1
            and more(told, closed, kind="staff", code="client") == 1
            and more(told, closed, kind="overlay", code="4404") == 1
        ),
    )
    assert more(after, "gal_sockets") == 0
    assert more(after, "gal_sockets_opened_total", kind="overlay") == 2


async def test_a_write_is_counted_up_to_the_last_socket_and_its_id_follows_it(
    server: RunningServer, api: Api
):
    graphic_id = api.new_graphic(title=f"Followed {secrets.token_hex(4)}")["id"]
    request_id = f"followed-{secrets.token_hex(4)}"
    before = read(api)

    async with overlay(server, graphic_id) as screen:
        await screen.begin()
        api.put(
            f"/api/v1/graphics/{graphic_id}",
            json={"title": f"Changed {secrets.token_hex(4)}"},
            headers={"X-Request-ID": request_id},
        ).raise_for_status()
        frame = await screen.frame_of_type("graphic_update")

    assert request_id not in json.dumps(frame)
    after = until(
        api,
        lambda told: (
            told("gal_delivery_seconds_count", stream="overlay")
            == before("gal_delivery_seconds_count", stream="overlay") + 1
        ),
    )
    events = "gal_events_total"
    assert after(events, type="graphic_update") - before(events, type="graphic_update") == 1
    lines = await_lines(server.log, request_id, 2)
    assert {line["logger"] for line in lines} >= {
        "gal_dashboard.access",
        "gal_dashboard.realtime.deliveries",
    }
    [handed_out] = [line for line in lines if line.get("stream") == f"overlay.{graphic_id}"]
    assert handed_out["seq"] == frame["seq"]
    assert handed_out["sockets"] == 1


def await_lines(log: Path, request_id: str, count: int) -> list[dict]:
    deadline = time.monotonic() + 60
    while True:
        texts = [line for line in log.read_text().splitlines() if request_id in line]
        if len(texts) >= count:
            return [json.loads(text) for text in texts]
        assert time.monotonic() < deadline, texts
        time.sleep(0.05)


def test_locks_are_counted(server: RunningServer, api: Api):
    graphic_id = api.new_graphic(title=f"Locked {secrets.token_hex(4)}")["id"]
    lock = f"/api/v1/lock/{graphic_id}"
    before = read(api)

    api.post(lock, json={"session_id": "one"}).raise_for_status()
    held = until(api, lambda told: told("gal_locks_held") == before("gal_locks_held") + 1)
    assert api.post(lock, json={"session_id": "two"}).status_code == 409
    api.request("DELETE", lock, json={"session_id": "one"}).raise_for_status()

    after = until(api, lambda told: told("gal_locks_held") == before("gal_locks_held"))
    name = "gal_locks_total"
    assert held(name, what="acquired") - before(name, what="acquired") == 1
    for what in ("acquired", "refused", "released"):
        assert after(name, what=what) - before(name, what=what) == 1, what


def test_logins_are_counted(server: RunningServer, api: Api):
    before = read(api)

    with Api(server) as client:
        client.login()
        for _ in range(5):
            client.post("/auth/login", json={"master_password": "wrong-horse-battery"})
        assert client.post("/auth/login", json={"master_password": "x"}).status_code == 429

    after = read(api)
    name = "gal_logins_total"
    told = {
        result: after(name, result=result) - before(name, result=result)
        for result in ("accepted", "refused", "throttled", "busy", "closed")
    }
    assert told == {"accepted": 1, "refused": 5, "throttled": 1, "busy": 0, "closed": 0}


def test_the_process_and_its_connections_are_told(api: Api):
    numbers = read(api)

    assert numbers("gal_database_connections") >= 2  # a thread of Django's, the hub's
    assert numbers("gal_process_resident_bytes") > 10_000_000
    assert numbers("gal_process_open_descriptors") > 5
    assert numbers("gal_hub_database_up") == 1
    assert numbers("gal_bus_up") == 1
    assert numbers("gal_rates_shared") == 1  # there is nobody to share them with
    assert numbers("gal_sockets_dropped_total", reason="backlog") == 0
    assert "gal_sockets_dropped_total" in numbers.names  # from the beginning


# --- Files that rely on the names -----------------------------------------------------------------
def told_names() -> set[str]:
    """The names that a query may use; a histogram has three."""
    names = set()
    for family in monitoring.REGISTRY.collect():
        if family.type == "counter":
            names.add(f"{family.name}_total")
        elif family.type == "histogram":
            names |= {f"{family.name}_{part}" for part in ("bucket", "count", "sum")}
        else:
            names.add(family.name)
    return names


def test_the_dashboard_asks_for_what_there_is_and_for_all_of_it():
    text = (ROOT / "deploy" / "grafana" / "dashboard.json").read_text()
    queries = [
        target["expr"]
        for panel in json.loads(text)["panels"]
        for target in panel.get("targets", ())
    ]

    asked = {name for query in queries for name in re.findall(r"\bgal_[a-z_]+", query)}

    assert asked <= told_names()
    families = {family.name for family in monitoring.REGISTRY.collect()}
    assert [name for name in families if not any(one.startswith(name) for one in asked)] == []


def test_the_documentation_lists_every_number():
    text = (ROOT / "docs" / "monitoring.md").read_text()
    listed = set(re.findall(r"^\| `(gal_[a-z_]+)`", text, re.MULTILINE))

    assert listed == {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in monitoring.REGISTRY.collect()
    }
