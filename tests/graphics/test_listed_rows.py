"""A list shows what is, though it reads again only what has changed."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from gal_dashboard.core.kept import Kept
from graphics import listed_rows
from tests.graphics.deeds import PATH, path_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KIB = 1024


@pytest.fixture
def event() -> str:
    return f"Event {uuid.uuid4()}"


def listed(client, event: str, **query) -> list[dict]:
    answer = client.get(PATH, params={"event_name": event, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["graphics"]


def test_every_change_is_listed_at_once(api, viewer, event):
    graphic = api.new_graphic(event_name=event, data_json={"n": 0})
    other = api.new_graphic(event_name=event, data_json={"other": "ü \U0001f3c6"})
    path, lock = path_of(graphic), f"/api/v1/lock/{graphic['id']}"
    changes = [
        lambda: api.put(path, json={"data_json": {"n": 1}}),
        lambda: api.put(path, json={"title": "Named anew"}),
        lambda: api.post(lock, json={"session_id": "a window"}),
        lambda: api.put(path, json={"data_json": {"n": 2}, "session_id": "a window"}),
        lambda: api.delete(lock, params={"session_id": "a window"}),
        lambda: api.post(f"/api/v1/archive/{graphic['id']}"),
        lambda: api.post(f"/api/v1/archive/{graphic['id']}/restore"),
    ]
    for change in changes:
        listed(api, event)
        assert change().status_code == 200
        for client in (api, viewer):
            for _ in range(2):
                found = {row["id"]: row for row in listed(client, event, include_archived="true")}
                assert found == {
                    pk: client.get(path_of({"id": pk})).json()
                    for pk in (graphic["id"], other["id"])
                }


def test_nobody_learns_the_session_of_another_from_a_list(api, viewer, event):
    graphic = api.new_graphic(event_name=event)
    api.post(f"/api/v1/lock/{graphic['id']}", json={"session_id": "a window"})

    own = listed(api, event)[0]["canvas_lock"]
    foreign = listed(viewer, event)[0]["canvas_lock"]

    assert (own["session_id"], own["can_edit"]) == ("a window", True)
    assert (foreign["session_id"], foreign["can_edit"]) == (None, False)


def test_lists_beside_saves_never_show_an_older_version_than_was_answered(api, event):
    graphic = api.new_graphic(event_name=event, data_json={"n": 0})
    answered, ended = [graphic["version"]], threading.Event()

    def look() -> int:
        looks = 0
        while not ended.is_set():
            least = answered[-1]
            row = listed(api, event)[0]
            assert row["version"] >= least
            assert row["data_json"] == {"n": row["version"] - graphic["version"]}
            looks += 1
        return looks

    with ThreadPoolExecutor(3) as threads:
        lookers = [threads.submit(look) for _ in range(3)]
        try:
            for number in range(1, 40):
                saved = api.put(path_of(graphic), json={"data_json": {"n": number}})
                answered.append(saved.json()["version"])
        finally:
            ended.set()
        assert all(looker.result() for looker in lookers)


def test_what_is_kept_is_bounded_and_the_oldest_goes_first():
    kept: Kept[int, bytes] = Kept(most=1000 * KIB, largest=300 * KIB)
    for number in range(100):
        kept.keep(number, b"x" * 200 * KIB, 200 * KIB)
        kept.get(0)  # wanted again and again

    assert [number for number in range(100) if kept.get(number)] == [0, 96, 97, 98, 99]


def test_what_is_too_large_is_not_kept():
    kept: Kept[int, bytes] = Kept(most=1000 * KIB, largest=300 * KIB)
    kept.keep(1, b"", 300 * KIB + 1)
    assert kept.get(1) is None


def test_the_same_version_written_at_another_moment_is_another_row():
    row = {"pk": -1, "version": 1, "updated_at": NOW, "archived": False}
    listed_rows.keep(row, b"{}")
    for other in ({"version": 2}, {"updated_at": NOW.replace(year=2027)}, {"archived": True}):
        assert listed_rows.known(row | other) is None
    assert listed_rows.known(row) == b"{}"


def test_what_is_kept_under_a_key_is_the_last_and_counted_once():
    kept: Kept[int, str] = Kept(most=100, largest=50)
    kept.keep(1, "first", 40)
    kept.keep(1, "second", 30)
    assert (kept.get(1), kept.size) == ("second", 30)
    kept.keep(1, "too large", 51)
    assert (kept.get(1), kept.size, len(kept)) == (None, 0, 0)
    kept.keep(2, "other", 30)
    kept.drop(2)
    kept.drop(2)
    assert (kept.size, len(kept)) == (0, 0)
