"""What a save tells the crew, and what it tells everybody."""

import json

from tests.events import logbook
from tests.graphics.deeds import path_of

LIMIT = 64 * 1024


def told(server, graphic: dict) -> list[logbook.Entry]:
    return logbook.entries(server, logbook.overlay(graphic["id"]))


def document_of(size: int) -> dict:
    """A document whose JSON has so many bytes, most of them in characters of two."""
    empty = len('{"a":""}')
    text = "é" * ((size - empty) // 2) + "x" * ((size - empty) % 2)
    document = {"a": text}
    assert len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()) == size
    return document


def test_an_overlay_is_told_the_public_members(api, server):
    graphic = api.new_graphic(title="Board", event_name="Secret Cup", data_json={"b": 1.0, "a": 2})
    api.put(path_of(graphic), json={"title": "New"})

    created, updated = told(server, graphic)

    assert (created.type, created.name, created.seq) == ("graphic_update", "graphic.created", 1)
    assert (updated.type, updated.name, updated.seq) == ("graphic_update", "graphic.updated", 2)
    assert created.public["action"] == "created"
    assert updated.public == {
        "action": "updated",
        "graphic_id": graphic["id"],
        "version": 2,
        "graphic": {
            "id": graphic["id"],
            "title": "New",
            "data_json": {"b": 1.0, "a": 2},
            "version": 2,
            "tournament_id": None,
        },
    }
    assert list(updated.public["graphic"]["data_json"]) == ["b", "a"]


def test_the_crew_is_told_all_and_who_did_it(api, server):
    graphic = api.new_graphic(title="Board", event_name="Secret Cup")

    newest = logbook.entries(server)[-1]

    shown = api.get(path_of(graphic)).json()
    del shown["canvas_lock"]
    assert newest.name == "graphic.created"
    assert newest.payload["actor"] == "dashboard_user"
    assert newest.payload["graphic"] == shown


def test_a_document_of_64_kib_is_in_the_frame_and_a_larger_one_is_not(api, server):
    graphic = api.new_graphic(data_json=document_of(LIMIT))
    api.put(path_of(graphic), json={"data_json": document_of(LIMIT + 1)})
    api.put(path_of(graphic), json={"data_json": document_of(LIMIT)})

    within, beyond, again = told(server, graphic)

    assert (
        within.public["graphic"]["data_json"]
        == document_of(LIMIT)
        == again.public["graphic"]["data_json"]
    )
    for payload in (beyond.public, beyond.payload):
        assert (payload["version"], payload["graphic"]["data_json"]) == (2, None)
        assert payload["graphic"]["version"] == 2


def test_a_graphic_tells_no_overlay_but_its_own(api, server):
    first, second = api.new_graphic(), api.new_graphic()

    api.put(path_of(first), json={"title": "New"})

    assert (len(told(server, first)), len(told(server, second))) == (2, 1)
