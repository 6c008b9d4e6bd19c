"""GET /api/v1/audit: for Administrators, by person, action, object and time."""

import itertools
import time
from datetime import UTC, datetime

import pytest

from tests.api.refusals import refusal
from tests.support.api import Api
from tests.users.staff import PASSWORD, make_account

AUDIT = "/api/v1/audit"
MEMBERS = {
    "id", "at", "action", "actor", "actor_id", "session_id", "address", "request_id",
    "target_type", "target_id", "target_label", "changes",
}  # fmt: skip


def found(api: Api, **query: object) -> list[dict]:
    answer = api.get(AUDIT, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def test_an_entry_says_who_what_when_and_from_where(api):
    graphic = api.new_graphic(title="Audited")
    api.put(f"/api/v1/graphics/{graphic['id']}", json={"title": "Audited twice"})

    newest, oldest = found(api, target_type="graphic", target_id=graphic["id"])

    assert set(newest) == MEMBERS
    assert newest["id"] > oldest["id"]
    assert newest["at"].endswith("Z")
    assert (oldest["action"], newest["action"]) == ("graphic.created", "graphic.updated")
    assert newest["changes"] == {"title": ["Audited", "Audited twice"]}
    assert newest["target_label"] == "Audited twice (Cup)"
    assert newest["session_id"] == api.get("/auth/verify").json()["session_id"]
    assert newest["address"] == api.headers["X-Forwarded-For"]


def test_the_trail_is_filtered_by_all_that_is_named(api, server):
    make_account(server, "petra", "Producer")
    with Api(server) as petra:
        graphic = petra.login_as("petra", PASSWORD).new_graphic()["id"]
    mine = {"target_id": graphic, "target_type": "graphic"}

    assert len(found(api, actor="petra", action="graphic.created", **mine)) == 1
    assert len(found(api, actor="petra", action="graphic", **mine)) == 1
    for other in (
        {"actor": "dashboard_user"},
        {"actor": "petr"},
        {"action": "graphic.updated"},
        {"action": "graph"},
        {"target_type": "tournament"},
        {"target_id": graphic + 1},
    ):
        assert found(api, **{"actor": "petra", "action": "graphic.created", **mine, **other}) == []


def test_the_trail_is_filtered_by_time(api):
    first = api.new_graphic()["id"]
    time.sleep(0.01)
    between = datetime.now(UTC).isoformat()
    second = api.new_graphic()["id"]
    ids = (first, second)

    since = [entry["target_id"] for entry in found(api, since=between, target_type="graphic")]
    until = [entry["target_id"] for entry in found(api, until=between, target_type="graphic")]

    assert [since.count(graphic) for graphic in ids] == [0, 1]
    assert [until.count(graphic) for graphic in ids] == [1, 0]
    assert found(api, since="2000-01-01", until="2000-01-02") == []


def test_the_trail_comes_in_pages_of_a_total_order(api):
    graphic = api.new_graphic()["id"]
    for number in range(4):
        api.put(f"/api/v1/graphics/{graphic}", json={"title": f"Page {number}"})
    mine = {"target_id": graphic, "target_type": "graphic"}

    pages = [api.get(AUDIT, params={**mine, "skip": skip, "limit": 2}).json() for skip in (0, 2, 4)]

    assert [page["total"] for page in pages] == [5] * 3
    ids = [entry["id"] for page in pages for entry in page["entries"]]
    assert len(ids) == 5
    assert all(earlier > later for earlier, later in itertools.pairwise(ids))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"), ("until", "2026-13-01"), ("since", "1"), ("until", "\0"),
        ("target_id", "0"), ("target_id", "x"), ("actor", "a" * 151), ("actor", "\0"),
        ("action", "a" * 61), ("target_type", "t" * 41), ("limit", "0"), ("limit", "1001"),
        ("skip", "-1"), ("since", "0001-01-01T00:00:00+23:59"),
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_named(name, value, api):
    assert name in refusal(api.get(AUDIT, params={name: value}), 400)["errors"]


@pytest.mark.parametrize("role", ["Producer", "Scorer", "Viewer"])
def test_only_administrators_read_the_trail(role, server):
    make_account(server, f"no-{role.lower()}", role)
    with Api(server) as client:
        answer = client.login_as(f"no-{role.lower()}", PASSWORD).get(AUDIT)

    refusal(answer, 403, "permission_denied")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_writes_the_trail_over_the_api(method, api):
    refusal(api.request(method, AUDIT, json={}), 405, "method_not_allowed")
    refusal(api.request(method, f"{AUDIT}/1", json={}), 404, "not_found")
