"""Configuration as dashboards and bots use it."""

import json
from datetime import datetime

import pytest

from tests.configuration.conftest import LEASE
from tests.support import rows
from tests.support.api import Api

URL = "/api/v1/configuration"


@pytest.fixture(autouse=True)
def _lease_at_its_default(api: Api):
    """Other tests of this server may have set it, in either place."""
    for _ in range(2):
        api.delete(f"{URL}/{LEASE}")
    yield
    for _ in range(2):
        api.delete(f"{URL}/{LEASE}")


def test_key_of_the_program_says_all_that_a_form_needs(api: Api):
    answer = api.get(f"{URL}/{LEASE}")

    assert answer.status_code == 200
    assert answer.json() | {"updated_by": None} == {
        "key": LEASE,
        "value": 300,
        "description": "How long a canvas lock holds after it was taken or refreshed, in seconds.",
        "category": "graphics",
        "type": "integer",
        "source": "default",
        "environment": None,
        "is_registered": True,
        "is_secret": False,
        "problem": None,
        "created_at": None,
        "updated_at": None,
        "updated_by": None,
        "title": "Life of a canvas lock",
        "default": 300,
        "variable": "GAL_GRAPHICS_LOCK_TTL_SECONDS",
        "minimum": 2,
        "maximum": 3600,
        "choices": [],
        "pattern": None,
        "needs_restart": False,
    }


def test_value_holds_from_the_answer_on(api: Api):
    answer = api.put(f"{URL}/{LEASE}", json={"value": 77, "description": "for the final"})
    graphic = api.new_graphic()
    lock = api.post(f"/api/v1/lock/{graphic['id']}").json()

    assert answer.status_code == 200
    assert (answer.json()["value"], answer.json()["source"]) == (77, "all")
    assert answer.json()["description"] == "for the final"
    assert answer.json()["updated_by"] == "dashboard_user"
    assert seconds_between(lock["locked_at"], lock["expires_at"]) == 77


def seconds_between(first: str, second: str) -> int:
    return round((datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds())


def test_row_of_this_environment_speaks_before_the_row_of_all(api: Api):
    api.put(f"{URL}/{LEASE}", json={"value": 60})
    own = api.put(f"{URL}/{LEASE}?environment=current", json={"value": 61}).json()
    again = api.put(f"{URL}/{LEASE}", json={"value": 62}).json()
    first = api.delete(f"{URL}/{LEASE}")
    then = api.get(f"{URL}/{LEASE}").json()

    assert (own["value"], own["source"], own["environment"]) == (61, "environment", "local")
    assert (again["value"], again["source"]) == (62, "environment")
    assert first.status_code == 200
    assert (then["value"], then["source"], then["environment"]) == (60, "all", "all")


def test_removed_override_gives_way_to_the_default(api: Api):
    api.put(f"{URL}/{LEASE}", json={"value": 60})

    first, second = api.delete(f"{URL}/{LEASE}"), api.delete(f"{URL}/{LEASE}")

    assert first.json() == {"message": f"{LEASE} was removed."}
    assert second.json() == {"message": f"{LEASE} had no stored value."}
    assert api.get(f"{URL}/{LEASE}").json()["value"] == 300


@pytest.mark.parametrize("value", [1, 3601, "60", 60.5, True, None, [], {}])
def test_value_out_of_bounds_is_refused_with_the_bounds(api: Api, value):
    answer = api.put(f"{URL}/{LEASE}", json={"value": value})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"value": ["Must be a whole number from 2 to 3600."]}
    assert api.get(f"{URL}/{LEASE}").json()["source"] == "default"


def test_put_needs_a_value_and_a_key_that_exists(api: Api):
    without = api.put(f"{URL}/{LEASE}", json={"description": "x"})
    unknown = api.put(f"{URL}/nobody.knows", json={"value": 1})

    assert (without.status_code, list(without.json()["errors"])) == (400, ["value"])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "configuration_not_found")


@pytest.mark.parametrize("value", [{"a": [1, None]}, [], "text", 0, False, None, 1.5])
def test_bot_keeps_any_json_of_its_own(api: Api, new_key: str, value):
    made = api.post(
        f"{URL}/{new_key}?description=mine&category=bots",
        content=json.dumps(value),
        headers={"Content-Type": "application/json"},
    )
    found = api.get(f"{URL}/{new_key}").json()

    assert made.status_code == 201
    assert (found["value"], found["description"], found["category"]) == (value, "mine", "bots")
    assert found["is_registered"] is False
    assert type(found["value"]) is type(value)


def test_bot_changes_and_removes_its_key(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}", json=1)

    twice = api.post(f"{URL}/{new_key}", json=2)
    changed = api.put(f"{URL}/{new_key}", json={"value": {"b": 2}})
    gone = api.delete(f"{URL}/{new_key}")

    assert (twice.status_code, twice.json()["code"]) == (409, "configuration_exists")
    assert changed.json()["value"] == {"b": 2}
    assert gone.status_code == 200
    assert api.get(f"{URL}/{new_key}").status_code == 404
    assert api.delete(f"{URL}/{new_key}").status_code == 404


def test_key_of_the_program_is_not_made_again(api: Api):
    answer = api.post(f"{URL}/{LEASE}", json=60)

    assert (answer.status_code, answer.json()["code"]) == (409, "configuration_exists")


def test_category_of_the_program_takes_no_keys_of_bots(api: Api, new_key: str):
    answer = api.post(f"{URL}/{new_key}?category=graphics", json=1)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["category"])
    assert api.get(f"{URL}/{new_key}").status_code == 404


@pytest.mark.parametrize("key", ["bulk-update", "a b", ".hidden", "a/b", "x" * 121, "ä"])
def test_what_is_no_name_of_a_key_is_no_address(api: Api, key: str):
    assert api.delete(f"{URL}/{key}").status_code in {404, 405}


def test_list_is_by_name_and_by_category(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}?category=list-test", json=1)

    everything = api.get(f"{URL}?limit=1000").json()
    mine = api.get(f"{URL}?category=list-test").json()
    array = api.get(f"{URL}/category/list-test").json()
    second = api.get(f"{URL}?limit=1&skip=1").json()

    keys = [one["key"] for one in everything["configurations"]]
    assert keys == sorted(keys)
    assert everything["total"] == len(keys)
    assert {LEASE, new_key} <= set(keys)
    assert (mine["total"], mine["configurations"]) == (1, array)
    assert [one["key"] for one in array] == [new_key]
    assert [one["key"] for one in second["configurations"]] == keys[1:2]


def test_bulk_update_reports_each_key(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}", json=1)

    answer = api.post(
        f"{URL}/bulk-update", json={LEASE: 90, new_key: [2], "nobody.knows": 1, "": 2}
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "success": False,
        "message": "2 keys were stored, 2 were not.",
        "data": {
            "updated": [LEASE, new_key],
            "errors": [
                {"key": "nobody.knows", "error": "There is no key of this name."},
                {"key": "", "error": "There is no key of this name."},
            ],
            "total_updated": 2,
            "total_errors": 2,
        },
    }
    assert api.get(f"{URL}/{LEASE}").json()["value"] == 90


def test_atomic_bulk_update_is_all_or_nothing(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}", json=1)

    refused = api.post(f"{URL}/bulk-update?atomic=true", json={new_key: 2, LEASE: 1})
    kept = api.get(f"{URL}/{new_key}").json()["value"]
    done = api.post(f"{URL}/bulk-update?atomic=true", json={new_key: 2, LEASE: 91})

    assert refused.status_code == 400
    assert refused.json()["errors"] == {LEASE: ["Must be a whole number from 2 to 3600."]}
    assert kept == 1
    assert (done.status_code, done.json()["success"]) == (200, True)
    assert api.get(f"{URL}/{LEASE}").json()["value"] == 91


def test_history_tells_who_changed_what_and_takes_it_back(api: Api):
    api.put(f"{URL}/{LEASE}", json={"value": 60})
    api.put(f"{URL}/{LEASE}", json={"value": 70})
    api.put(f"{URL}/{LEASE}", json={"value": 70})

    newest, first = api.get(f"{URL}/{LEASE}/history?limit=2").json()["history"]
    back = api.post(f"{URL}/{LEASE}/rollback", json={"change_id": newest["id"]})
    now = api.post(f"{URL}/{LEASE}/rollback", json={"change_id": first["id"]}).json()[
        "configuration"
    ]

    assert (newest["action"], newest["before"], newest["after"]) == ("updated", 60, 70)
    assert (first["action"], first["before"], first["after"]) == ("created", None, 60)
    assert (newest["author"], newest["environment"]) == ("dashboard_user", "all")
    assert (back.status_code, back.json()["configuration"]["value"]) == (200, 60)
    assert (now["value"], now["source"]) == (300, "default")


def test_rollback_of_what_is_not_there(api: Api, new_key: str):
    answer = api.post(f"{URL}/{new_key}/rollback", json={"change_id": 1})
    history = api.get(f"{URL}/{new_key}/history")

    assert (answer.status_code, answer.json()["code"]) == (404, "configuration_change_not_found")
    assert (history.status_code, history.json()["code"]) == (404, "configuration_not_found")


def test_key_that_is_gone_keeps_its_history_and_comes_back(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}?category=bots&description=mine", json={"a": 1})
    api.delete(f"{URL}/{new_key}")

    [gone, made] = api.get(f"{URL}/{new_key}/history").json()["history"]
    back = api.post(f"{URL}/{new_key}/rollback", json={"change_id": gone["id"]}).json()[
        "configuration"
    ]

    assert (gone["action"], made["action"]) == ("deleted", "created")
    assert (back["value"], back["category"], back["description"]) == ({"a": 1}, "bots", "mine")


def test_every_change_is_audited(api: Api, new_key: str):
    api.post(f"{URL}/{new_key}", json=1)
    api.put(f"{URL}/{new_key}", json={"value": 2})
    api.delete(f"{URL}/{new_key}")

    deeds = rows.rows(
        api.server,
        "SELECT action, actor_name FROM audit_auditentry WHERE target_label = %s ORDER BY id",
        new_key,
    )
    assert deeds == [
        (f"configuration.{action}", "dashboard_user")
        for action in ("created", "updated", "deleted")
    ]


def test_viewer_reads_and_does_not_write(viewer: Api):
    assert viewer.get(f"{URL}/{LEASE}").status_code == 200
    for method, path in [("PUT", LEASE), ("POST", "x.y"), ("DELETE", LEASE)]:
        answer = viewer.request(method, f"{URL}/{path}", json={"value": 1})
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
