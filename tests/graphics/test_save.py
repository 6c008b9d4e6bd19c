"""PUT and PATCH /graphics/{id}: what changes, what stays, and who is told."""

import pytest

from tests.events import logbook
from tests.graphics.deeds import PATH, archive, path_of
from tests.support.rows import audited, rows, value

DOCUMENT = {"elements": [], "note": 1}


@pytest.fixture(params=["PUT", "PATCH"])
def save(request, api):
    """Saves fields of a graphic; both methods do the same."""

    def send(graphic: dict, fields: dict, **headers: str):
        return api.request(request.param, path_of(graphic), json=fields, headers=headers)

    return send


def test_a_save_changes_what_is_named_and_nothing_else(save, api):
    graphic = api.new_graphic(data_json=DOCUMENT)

    answer = save(graphic, {"title": "New"})

    saved = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert saved == graphic | {"title": "New", "version": 2, "updated_at": saved["updated_at"]}
    assert saved["updated_at"] > graphic["updated_at"]
    assert api.get(path_of(graphic)).json() == saved


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "New"},
        {"event_name": "Other Cup"},
        {"data_json": {"note": 1, "elements": []}},  # the order of keys is part of a document
        {"data_json": '{"elements": [], "note": 1.0}'},
        {"title": "New", "event_name": "Other Cup", "data_json": {}},
    ],
    ids=repr,
)
def test_each_real_change_is_one_version(fields, save, api):
    graphic = api.new_graphic(data_json=DOCUMENT)

    assert save(graphic, fields).json()["version"] == 2


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": None, "event_name": None, "data_json": None, "tournament_id": None},
        {"title": "Board", "event_name": "Cup", "data_json": DOCUMENT},
        {"data_json": ' {"elements" : [ ] , "note" : 1 } '},
        {"title": " Board "},
        {"tournament_id": 0},
        {"session_id": "abc", "lock_fence": None, "user_name": "ann"},
    ],
    ids=repr,
)
def test_a_save_that_changes_nothing_is_no_version_and_tells_nobody(fields, save, api, server):
    graphic = api.new_graphic(title="Board", event_name="Cup", data_json=DOCUMENT)
    before = logbook.head(server), len(audited(server, "graphic.updated"))

    answer = save(graphic, fields)

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json() == graphic
    assert (logbook.head(server), len(audited(server, "graphic.updated"))) == before


def test_an_empty_body_changes_nothing(api):
    graphic = api.new_graphic()

    for content in (b"", b"  "):
        answer = api.put(
            path_of(graphic), content=content, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()) == (200, graphic)


def test_who_saved_is_known(api, server):
    graphic = api.new_graphic()

    api.put(path_of(graphic), json={"title": "New"})

    assert audited(server, "graphic.updated")[-1] == ("dashboard_user", "graphic", graphic["id"])
    [(author, sid, version)] = rows(
        server,
        "SELECT author, session_sid, version FROM graphics_graphicrevision "
        "WHERE graphic_id = %s ORDER BY version DESC LIMIT 1",
        graphic["id"],
    )
    assert (author, version) == ("dashboard_user", 2)
    assert sid == api.get("/auth/verify").json()["session_id"]


def test_every_version_is_kept(api, server):
    graphic = api.new_graphic()
    for number in range(3):
        api.put(path_of(graphic), json={"data_json": {"n": number}})

    kept = rows(
        server,
        "SELECT version, document FROM graphics_graphicrevision "
        "WHERE graphic_id = %s ORDER BY version",
        graphic["id"],
    )

    assert kept == [(1, "{}"), (2, '{"n":0}'), (3, '{"n":1}'), (4, '{"n":2}')]


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "x" * 256}, ["title"]),
        ({"title": 5, "event_name": []}, ["title", "event_name"]),
        ({"data_json": []}, ["data_json"]),
        ({"data_json": "[]"}, ["data_json"]),
        ({"tournament_id": 999_999_999}, ["tournament_id"]),
        ({"tournament_id": -1}, ["tournament_id"]),
        ({"tournament_id": "0"}, ["tournament_id"]),
    ],
    ids=repr,
)
def test_a_save_that_breaks_a_rule_stores_nothing(fields, faulty, save, api, server):
    graphic = api.new_graphic()

    answer = save(graphic, {"event_name": "Other Cup", **fields})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == faulty
    assert api.get(path_of(graphic)).json() == graphic


def test_an_archived_graphic_is_not_changed(save, api, server):
    graphic = api.new_graphic()
    archive(server, graphic)

    answer = save(graphic, {"title": "New"})

    assert (answer.status_code, answer.json()["code"]) == (409, "graphic_archived")
    assert value(server, "SELECT version FROM graphics_graphic WHERE id = %s", graphic["id"]) == 1


def test_refusals_come_in_one_order(api, viewer, stranger, server):
    live, archived = api.new_graphic(), api.new_graphic()
    archive(server, archived)
    stale, unknown = {"If-Match": '"9"'}, f"{PATH}/{2**40}"
    broken, invalid, untied = "[", {"title": ""}, {"tournament_id": 999_999_999}
    json_type = {"Content-Type": "application/json"}

    def put(client, path, body=None, **headers):
        if isinstance(body, str):
            return client.put(path, content=body, headers=json_type | headers).status_code
        return client.put(path, json=body, headers=headers).status_code

    assert put(stranger, unknown, broken) == 401
    assert put(viewer, unknown, broken) == 403
    assert put(api, unknown, broken) == 404
    assert put(api, path_of(archived), broken, **stale) == 400
    assert put(api, path_of(archived), [], **stale) == 400
    assert put(api, path_of(archived), invalid, **stale) == 409
    assert put(api, path_of(archived), untied, **stale) == 409
    assert put(api, path_of(live), invalid, **stale) == 412
    assert put(api, path_of(live), untied, **stale) == 412
    assert put(api, path_of(live), invalid) == 400
    assert put(api, path_of(live), untied) == 400


def test_a_viewer_changes_nothing(viewer, api):
    graphic = api.new_graphic()

    for method in ("PUT", "PATCH"):
        assert viewer.request(method, path_of(graphic), json={"title": "x"}).status_code == 403
    assert api.get(path_of(graphic)).json() == graphic
