"""GET /graphics: filters, orders and pages."""

import uuid

import pytest

from tests.graphics.deeds import PATH, archive, path_of
from tests.support.rows import rows


@pytest.fixture
def event(api) -> str:
    """An event name that no other test uses."""
    return f"Event {uuid.uuid4()}"


def ids(client, **query) -> list[int]:
    answer = client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [graphic["id"] for graphic in answer.json()["graphics"]]


def test_the_newest_change_comes_first_with_its_document(event, api):
    first, second, third = (
        api.new_graphic(event_name=event, data_json={"n": number}) for number in range(3)
    )
    changed = api.put(path_of(first), json={"title": "changed"}).json()

    listed = api.get(PATH, params={"event_name": event}).json()

    assert listed == {"graphics": [changed, third, second], "total": 3}


def test_changes_of_one_moment_still_have_one_order(event, api, server):
    graphics = [api.new_graphic(event_name=event)["id"] for _ in range(5)]
    rows(
        server,
        "UPDATE graphics_graphic SET updated_at = '2026-01-01 00:00:00', title = 'same' "
        "WHERE event_name = %s",
        event,
    )

    for ordering in ("-updated_at", "-title", "-version"):
        assert ids(api, event_name=event, ordering=ordering) == graphics[::-1]
    for ordering in ("updated_at", "title", "event_name"):
        assert ids(api, event_name=event, ordering=ordering) == graphics
    pages = [ids(api, event_name=event, skip=skip, limit=2) for skip in (0, 2, 4, 6)]
    assert pages == [graphics[:2:-1], graphics[2:0:-1], graphics[:1], []]


@pytest.mark.parametrize("name", ["title", "created_at", "version", "id", "event_name"])
def test_an_ordering_may_be_turned_round(name, event, api):
    for title in ("b", "a", "c"):
        graphic = api.new_graphic(title=title, event_name=event)
        for _ in range(ord(title) - ord("a")):
            api.put(path_of(graphic), json={"title": f"{title}!"})
            api.put(path_of(graphic), json={"title": title})

    up = api.get(PATH, params={"event_name": event, "ordering": name}).json()["graphics"]
    down = ids(api, event_name=event, ordering=f"-{name}")

    values = [graphic[name] for graphic in up]
    assert values == sorted(values)
    assert down == [graphic["id"] for graphic in up][::-1]


def test_a_search_looks_into_title_and_event_name(event, api):
    mark = uuid.uuid4().hex
    by_title = api.new_graphic(title=f"The {mark.upper()} board", event_name=event)["id"]
    by_event = api.new_graphic(title="x", event_name=f"{event} {mark}")["id"]
    api.new_graphic(title="y", event_name=event)

    assert ids(api, search=mark) == [by_event, by_title]
    assert ids(api, search=mark, event_name=event) == [by_title]


def test_a_search_takes_no_character_for_a_joker(event, api):
    api.new_graphic(title="plain", event_name=event)
    percent = api.new_graphic(title="100% _done_", event_name=event)["id"]

    assert ids(api, event_name=event, search="%") == [percent]
    assert ids(api, event_name=event, search="_done_") == [percent]
    assert ids(api, event_name=event, search="'; --") == []


def test_graphics_of_a_tournament_are_found(api):
    tournament = api.new_tournament()["id"]
    tied = api.new_graphic(tournament_id=tournament)["id"]

    assert ids(api, tournament_id=tournament) == [tied]
    assert ids(api, tournament_id=2**50) == []


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", "٣", "1e3", str(2**63)])
def test_a_tournament_that_is_no_number_is_refused(number, api):
    answer = api.get(PATH, params={"tournament_id": number})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["tournament_id"])


def test_archived_graphics_are_shown_only_when_asked_for(event, api, server):
    live, archived = (api.new_graphic(event_name=event) for _ in range(2))
    archive(server, archived)

    for query in ({}, {"include_archived": "false"}, {"include_archived": "0"}):
        assert ids(api, event_name=event, **query) == [live["id"]]
    for flag in ("true", "True", "1"):
        assert set(ids(api, event_name=event, include_archived=flag)) == {
            live["id"],
            archived["id"],
        }


def test_fields_narrow_what_is_listed(event, api):
    graphic = api.new_graphic(event_name=event, data_json={"n": 1})

    def listed(fields: str) -> dict:
        query = {"event_name": event, "fields": fields}
        return api.get(PATH, params=query).json()["graphics"][0]

    assert listed("version,id") == {"id": graphic["id"], "version": 1}
    assert listed(" title , data_json") == {"title": graphic["title"], "data_json": {"n": 1}}
    assert listed("canvas_lock") == {"canvas_lock": None}
    assert listed("") == graphic


@pytest.mark.parametrize(
    ("query", "faulty"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"skip": "-1"}, "skip"),
        ({"ordering": "document"}, "ordering"),
        ({"ordering": "-"}, "ordering"),
        ({"ordering": "tournament__name"}, "ordering"),
        ({"fields": "id,document"}, "fields"),
        ({"search": "x" * 256}, "search"),
    ],
)
def test_what_a_list_cannot_do_is_refused(query, faulty, api):
    answer = api.get(PATH, params=query)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [faulty])


def test_a_page_ends_before_its_documents_fill_the_memory(event, api, server):
    for _ in range(4):
        api.new_graphic(event_name=event)
    # the half of what a page may hold, and some: in bytes, of characters of two bytes
    large = '{"a":"' + "é" * (16 * 1024 * 1024) + '"}'
    rows(server, "UPDATE graphics_graphic SET document = %s WHERE event_name = %s", large, event)

    whole = api.get(PATH, params={"event_name": event}).json()
    narrow = api.get(PATH, params={"event_name": event, "fields": "id"}).json()

    assert (len(whole["graphics"]), whole["total"]) == (1, 4)
    assert (len(narrow["graphics"]), narrow["total"]) == (4, 4)
    rows(server, "UPDATE graphics_graphic SET document = '{}' WHERE event_name = %s", event)
    assert len(api.get(PATH, params={"event_name": event}).json()["graphics"]) == 4
