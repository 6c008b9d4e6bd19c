"""Keys of overlays: made once, shown once, good for one graphic, and revoked."""

import hashlib
import re
import time

import pytest

from graphics.keys import MOST_LIVE
from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.databases import base_environment
from tests.support.rows import connect, execute, rows, value
from tests.support.server import RunningServer

KEY = re.compile(r"ovk_[A-Za-z0-9_-]{43}\Z")
PATIENCE = 30


def keys_of(graphic: int) -> str:
    return f"/api/v1/graphics/{graphic}/keys"


def new_key(api: Api, graphic: int, name: str = "OBS") -> dict:
    answer = api.post(keys_of(graphic), json={"name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


def view_of(key: str) -> str:
    return f"/api/v1/graphics/k/{key}/view"


def test_a_key_is_shown_once_and_kept_as_a_digest(api, server):
    graphic = api.new_graphic()["id"]

    made = new_key(api, graphic, "Studio 2")

    assert KEY.match(made["key"])
    assert made["overlay"] == f"/overlay/k/{made['key']}"
    assert made["hint"] == made["key"][-4:]
    [listed] = api.get(keys_of(graphic)).json()["keys"]
    assert listed == {name: made[name] for name in made if name not in {"key", "overlay"}}
    assert (listed["name"], listed["created_by"]) == ("Studio 2", "dashboard_user")
    assert (listed["revoked_at"], listed["last_used_at"], listed["last_used_from"]) == (
        None, None, "",
    )  # fmt: skip
    [row] = rows(server, "SELECT * FROM graphics_overlaykey WHERE id = %s", made["id"])
    assert hashlib.sha256(made["key"].encode()).hexdigest() in row
    assert made["key"] not in str(row)


def test_a_key_opens_its_graphic_and_no_other_address(api, stranger):
    graphic, other = api.new_graphic(title="Mine")["id"], api.new_graphic(title="Other")["id"]
    key = new_key(api, graphic)["key"]

    assert (
        stranger.get(view_of(key)).json() == stranger.get(f"/api/v1/graphics/{graphic}/view").json()
    )
    for address in (f"/api/v1/graphics/{key}", f"/api/v1/graphics/{other}/view/{key}"):
        refusal(stranger.get(address), 404, "not_found")
    as_token = {"Authorization": f"Bearer {key}"}
    refusal(stranger.get("/api/v1/graphics", headers=as_token), 401)


def test_two_keys_of_a_graphic_live_and_end_by_themselves(api, stranger):
    graphic = api.new_graphic()["id"]
    first, second = new_key(api, graphic, "First"), new_key(api, graphic, "Second")
    assert first["key"] != second["key"]

    answer = api.delete(f"{keys_of(graphic)}/{first['id']}")

    assert answer.json() == {"message": "The key was revoked."}
    refusal(stranger.get(view_of(first["key"])), 404, "graphic_not_found")
    assert stranger.get(view_of(second["key"])).status_code == 200
    page = api.get(keys_of(graphic)).json()
    assert page["total"] == 2
    assert [key["name"] for key in page["keys"]] == ["Second", "First"]
    assert page["keys"][1]["revoked_by"] == "dashboard_user"
    assert page["keys"][1]["revoked_at"] is not None


def test_a_revoked_key_opens_nothing_from_the_moment_of_the_answer(api, stranger):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)
    for _ in range(3):  # from ready bytes, too
        assert stranger.get(view_of(made["key"])).status_code == 200

    api.delete(f"{keys_of(graphic)}/{made['id']}")

    refusal(stranger.get(view_of(made["key"])), 404, "graphic_not_found")
    assert stranger.get(f"/api/v1/graphics/{graphic}/view").status_code == 200


def test_revoking_twice_is_no_error_and_one_deed(api, server):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)
    count = "SELECT count(*) FROM audit_auditentry WHERE action = 'graphic.key_revoked'"
    before = value(server, count)

    said = [api.delete(f"{keys_of(graphic)}/{made['id']}").json() for _ in range(2)]

    assert [answer["message"] for answer in said] == [
        "The key was revoked.", "The key was revoked already.",
    ]  # fmt: skip
    assert value(server, count) == before + 1


def test_a_key_is_revoked_at_its_own_graphic_only(api, stranger):
    graphic, other = api.new_graphic()["id"], api.new_graphic()["id"]
    made = new_key(api, graphic)

    refusal(api.delete(f"{keys_of(other)}/{made['id']}"), 404, "key_not_found")
    refusal(api.delete(f"{keys_of(graphic)}/{2**63 - 1}"), 404, "key_not_found")

    assert stranger.get(view_of(made["key"])).status_code == 200


@pytest.mark.parametrize(
    "key",
    [
        "ovk_", f"ovk_{'a' * 43}", f"ovk_{'a' * 42}", f"ovk_{'a' * 44}", "ovk_%00", "%20",
        f"OVK_{'a' * 43}", "1", "a" * 5000, "ovk_%F0%9F%8F%86", "ovp_", "ovp_1.1:1:1",
        "ovp_1.1:1xyz12:abcdefghijklmnopqrstuvwxyz012345678901234567", "%25", "ovk_%0a",
    ],
)  # fmt: skip
def test_what_is_no_key_opens_nothing(key, stranger):
    refusal(stranger.get(view_of(key)), 404)


def test_an_archived_graphic_is_not_seen_by_its_key_until_it_is_restored(api, stranger):
    graphic = api.new_graphic()["id"]
    key = new_key(api, graphic)["key"]

    api.post(f"/api/v1/archive/{graphic}")
    refusal(stranger.get(view_of(key)), 404, "graphic_not_found")

    api.post(f"/api/v1/archive/{graphic}/restore")
    assert stranger.get(view_of(key)).status_code == 200


def test_a_deleted_graphic_takes_its_keys_along(api, stranger, server):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)

    api.delete(f"/api/v1/graphics/{graphic}/permanent")

    refusal(stranger.get(view_of(made["key"])), 404, "graphic_not_found")
    count = "SELECT count(*) FROM graphics_overlaykey WHERE id = %s"
    assert value(server, count, made["id"]) == 0


def test_who_may_only_read_sees_keys_and_makes_none(readers, api):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)

    for reader in readers:
        [listed] = reader.get(keys_of(graphic)).json()["keys"]
        assert (listed["name"], listed["last_used_from"]) == ("OBS", None)
        refusal(reader.post(keys_of(graphic), json={"name": "Mine"}), 403)
        refusal(reader.delete(f"{keys_of(graphic)}/{made['id']}"), 403)


def test_a_producer_makes_and_revokes_keys_though_somebody_edits(producers):
    nora, paul = producers["nora"], producers["paul"]
    graphic = nora.new_graphic()["id"]
    nora.post(f"/api/v1/lock/{graphic}")

    made = new_key(paul, graphic)

    assert paul.delete(f"{keys_of(graphic)}/{made['id']}").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "n" * 101}, {"name": 1}, {"name": "a\x1b"}]
)
def test_a_key_needs_a_name(body, api):
    graphic = api.new_graphic()["id"]

    assert "name" in refusal(api.post(keys_of(graphic), json=body), 400)["errors"]


def test_a_graphic_has_so_many_live_keys_and_no_more(api, server):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)
    with connect(server) as connection:
        for number in range(MOST_LIVE - 1):
            execute(
                connection,
                "INSERT INTO graphics_overlaykey (graphic_id, name, digest, hint, created_at, "
                "created_by, revoked_by, last_used_from) VALUES "
                "(%s, 'many', %s, 'aaaa', CURRENT_TIMESTAMP, 'test', '', '')",
                (graphic, f"{graphic}-{number}"),
            )

    refusal(api.post(keys_of(graphic), json={"name": "One more"}), 409, "too_many_overlay_keys")
    api.delete(f"{keys_of(graphic)}/{made['id']}")

    assert api.post(keys_of(graphic), json={"name": "In its place"}).status_code == 201


def test_a_key_is_in_no_stored_answer(api, server):
    graphic = api.new_graphic()["id"]
    again = {"Idempotency-Key": f"key-of-{graphic}"}

    made = [
        api.post(keys_of(graphic), json={"name": "Twice"}, headers=again).json() for _ in range(2)
    ]

    assert made[0]["key"] != made[1]["key"]
    count = "SELECT count(*) FROM api_idempotentrequest WHERE key = %s"
    assert value(server, count, again["Idempotency-Key"]) == 0


def test_the_page_of_a_key_tells_nobody_where_it_was_opened(stranger, api):
    made = new_key(api, api.new_graphic()["id"])

    page = stranger.get(made["overlay"])

    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert made["key"] not in page.text
    assert page.text == stranger.get("/overlay/1").text


def test_the_last_use_is_written_in_batches_with_its_address(api, stranger):
    graphic = api.new_graphic()["id"]
    made = new_key(api, graphic)
    for _ in range(50):
        stranger.get(view_of(made["key"]))

    deadline = time.monotonic() + PATIENCE
    while True:
        [key] = api.get(keys_of(graphic)).json()["keys"]
        if key["last_used_at"] is not None:
            break
        assert time.monotonic() < deadline
        time.sleep(0.5)

    assert key["last_used_from"] == stranger.headers["X-Forwarded-For"]


def test_no_log_line_has_a_key(api, stranger, server):
    graphic = api.new_graphic()["id"]
    text = new_key(api, graphic)["key"]
    mark = f"graphic-{graphic}-of-the-log"
    headers = {"X-Request-ID": mark}

    for address in (
        view_of(text), f"{view_of(text)}?by=django", f"{view_of(text)}/more", f"/overlay/{text}",
        f"/nowhere/{text}", f"/nowhere/k/{text[4:]}", f"/api/v1/graphics/k/{text[4:30]}/view",
    ):  # fmt: skip
        stranger.get(address, headers=headers)
    stranger.post(view_of(text), headers=headers)

    deadline = time.monotonic() + PATIENCE
    while mark not in server.log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    log = server.log.read_text(encoding="utf-8")
    assert text not in log
    assert text[4:30] not in log
    assert "GET /api/v1/graphics/k/[key]/view 404" in log


@pytest.fixture(scope="module")
def by_key_only(databases, tmp_path_factory):
    """A server where no overlay is open by its number."""
    running = RunningServer(
        database_url=databases["sqlite"].new(),
        log=tmp_path_factory.mktemp("logs") / "by-key.log",
        environment={"OVERLAY_PUBLIC_IDS": "off"},
    ).start()
    yield running
    running.close()


def test_where_only_keys_open_overlays_a_number_is_as_unknown(by_key_only):
    with Api(by_key_only) as crew, Api(by_key_only) as stranger:
        graphic = crew.login().new_graphic()["id"]
        key = new_key(crew, graphic)["key"]

        for _ in range(2):  # the key's answer must not open the number
            assert stranger.get(view_of(key)).json()["id"] == graphic
            for query in ("", "?by=django"):
                address = f"/api/v1/graphics/{graphic}/view{query}"
                refusal(stranger.get(address), 404, "graphic_not_found")
        unknown = stranger.get(f"/api/v1/graphics/{graphic + 1000}/view").json()
        known = stranger.get(f"/api/v1/graphics/{graphic}/view").json()
        assert {**unknown, "request_id": ""} == {**known, "request_id": ""}
        refusal(stranger.get(f"/api/v1/graphics/{graphic}"), 404, "graphic_not_found")
        assert crew.get(f"/api/v1/graphics/{graphic}").status_code == 200
        assert stranger.get(f"/overlay/{graphic}").status_code == 200


def test_numbers_are_public_unless_somebody_says_otherwise():
    assert "OVERLAY_PUBLIC_IDS" not in base_environment()
