"""POST /graphics and GET /graphics/{id}: what goes in comes out."""

import json

import pytest

from tests.graphics.deeds import PATH, archive, path_of
from tests.support.rows import audited, value

MEMBERS = [
    "id",
    "title",
    "event_name",
    "data_json",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "archived",
    "version",
    "tournament_id",
    "canvas_lock",
]
DOCUMENT = (
    '{"z": 1, "a": {"y": [1.0, 1, -0.5, 1e22, 0.1, 9007199254740991], "b": null}, '
    '"": true, "ünïcode 🎲": "\\u2028 \\\\ \\" /", "participants": [], "rounds": []}'
)


def post(client, body: dict | str):
    content = body if isinstance(body, str) else json.dumps(body)
    return client.post(PATH, content=content, headers={"Content-Type": "application/json"})


def test_a_new_graphic_has_every_member_and_is_at_version_one(api):
    answer = post(api, {"title": "Board", "event_name": "Cup"})

    graphic = answer.json()
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert list(graphic) == MEMBERS
    assert (graphic["title"], graphic["event_name"]) == ("Board", "Cup")
    assert (graphic["data_json"], graphic["tournament_id"]) == ({}, None)
    assert (graphic["archived"], graphic["version"], graphic["canvas_lock"]) == (False, 1, None)
    assert graphic["created_by"] == graphic["updated_by"] == "dashboard_user"
    assert graphic["created_at"].endswith("Z")
    assert graphic["updated_at"].endswith("Z")


def test_reading_gives_what_creating_answered(api):
    created = post(api, {"title": "Board", "event_name": "Cup", "data_json": {"b": 1}})

    answer = api.get(path_of(created.json()))

    assert answer.json() == created.json()
    assert answer.headers["ETag"] == '"1"'


def test_a_reader_that_has_the_newest_gets_it_again(api):
    graphic = api.new_graphic()

    answer = api.get(path_of(graphic), headers={"If-None-Match": '"1"'})

    assert answer.status_code == 200


@pytest.mark.parametrize("as_text", [False, True], ids=["object", "text"])
def test_a_document_comes_out_as_it_went_in(as_text, api):
    data = json.dumps(DOCUMENT) if as_text else DOCUMENT
    body = f'{{"title": "a", "event_name": "b", "data_json": {data}}}'

    created = post(api, body)

    shown = api.get(path_of(created.json())).text
    expected = json.loads(DOCUMENT)
    for text in (created.text, shown):
        document = json.loads(text)["data_json"]
        # dumps tells 1 from 1.0 and shows the order of keys, == does not
        assert json.dumps(document) == json.dumps(expected)


@pytest.mark.parametrize("data", ["absent", "null", "{}", '"{}"'])
def test_no_document_is_an_empty_one(data, api):
    member = "" if data == "absent" else f', "data_json": {data}'

    answer = post(api, f'{{"title": "a", "event_name": "b"{member}}}')

    assert answer.json()["data_json"] == {}


@pytest.mark.parametrize(
    "data",
    [
        [],
        "[]",
        "null",
        "",
        "text",
        '{"a":',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e400}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        '{"a": 9007199254740992}',
        '{"a": ' * 33 + "1" + "}" * 33,
        1,
        True,
    ],
    ids=repr,
)
def test_what_is_no_document_is_refused(data, api, server):
    before = value(server, "SELECT count(*) FROM graphics_graphic")

    answer = post(api, {"title": "a", "event_name": "b", "data_json": data})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["data_json"]
    assert value(server, "SELECT count(*) FROM graphics_graphic") == before


def test_a_document_as_text_is_nested_as_deep_as_one_alone(api):
    deepest = '{"a": ' * 32 + "1" + "}" * 32

    answer = post(api, {"title": "a", "event_name": "b", "data_json": deepest})

    assert answer.json()["data_json"] == json.loads(deepest)


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"title": None}, ["title"]),
        ({"title": ""}, ["title"]),
        ({"title": "  "}, ["title"]),
        ({"title": "x" * 256}, ["title"]),
        ({"title": 5}, ["title"]),
        ({"title": ["x"]}, ["title"]),
        ({"title": "left\u202eright"}, ["title"]),
        ({"event_name": None}, ["event_name"]),
        ({"event_name": "x" * 256}, ["event_name"]),
        ({"title": "", "event_name": ""}, ["title", "event_name"]),
        ({"tournament_id": 999_999_999}, ["tournament_id"]),
        ({"tournament_id": -1}, ["tournament_id"]),
        ({"tournament_id": 2**53 - 1}, ["tournament_id"]),
        ({"tournament_id": "1"}, ["tournament_id"]),
        ({"tournament_id": 1.0}, ["tournament_id"]),
        ({"tournament_id": True}, ["tournament_id"]),
    ],
    ids=repr,
)
def test_fields_that_break_a_rule_are_named(fields, faulty, api):
    body = {"title": "a", "event_name": "b", **fields}

    answer = post(api, body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_failed"
    assert list(answer.json()["errors"]) == faulty


def test_names_may_have_255_characters_of_any_script(api):
    name = "名" * 255

    answer = post(api, {"title": name, "event_name": name})

    assert answer.status_code == 201
    assert answer.json()["title"] == name


def test_titles_need_not_differ(api):
    first, second = (api.new_graphic(title="Twin", event_name="Cup") for _ in range(2))

    assert first["id"] != second["id"]


def test_members_that_nobody_knows_are_ignored(api):
    body = {"title": "a", "event_name": "b", "version": 9, "archived": True, "x": []}

    graphic = post(api, body).json()

    assert (graphic["version"], graphic["archived"]) == (1, False)


@pytest.mark.parametrize("tournament_id", [None, 0])
def test_null_and_zero_tie_a_new_graphic_to_nothing(tournament_id, api):
    graphic = api.new_graphic(tournament_id=tournament_id)

    assert graphic["tournament_id"] is None


def test_a_large_document_is_kept_whole(api):
    picture = "data:image/png;base64," + "A" * (2 * 1024 * 1024)
    document = {"background": {"imageUrl": picture, "width": 1920, "height": 1080}}

    graphic = api.new_graphic(data_json=document)

    assert api.get(path_of(graphic)).json()["data_json"] == document


def test_creating_leaves_a_record(api, server):
    graphic = api.new_graphic()

    assert audited(server, "graphic.created")[-1] == ("dashboard_user", "graphic", graphic["id"])


def test_a_viewer_reads_but_creates_nothing(viewer, api):
    graphic = api.new_graphic()

    assert viewer.get(path_of(graphic)).json() == graphic
    assert post(viewer, {"title": "a", "event_name": "b"}).status_code == 403


def test_a_stranger_learns_nothing_but_whether_it_is_on_air(api, stranger, server):
    live, archived = api.new_graphic(), api.new_graphic()
    archive(server, archived)

    expected = {path_of(live): 401, path_of(archived): 404, f"{PATH}/{2**40}": 404}
    for path, status in expected.items():
        for method in ("GET", "HEAD"):
            assert stranger.request(method, path).status_code == status, path
    assert api.get(path_of(archived)).json()["archived"] is True
