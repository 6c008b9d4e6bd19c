"""Who sees what of a canvas lock: its status, the list of all, and the graphic itself."""

from typing import Any

import pytest

from tests.graphics.editors import Editor


@pytest.fixture
def graphic(api) -> int:
    return api.new_graphic()["id"]


def test_a_free_graphic_may_be_edited_by_who_may_write(nora, viewer, graphic):
    assert nora.status(graphic) == {"locked": False, "lock_info": None, "can_edit": True}
    assert Editor(viewer).status(graphic)["can_edit"] is False


def test_the_status_tells_the_holder_and_others_apart(nora, paul, viewer, graphic):
    lock = nora.locked(graphic)
    others = lock | {"session_id": None, "can_edit": False}

    assert nora.status(graphic) == {"locked": True, "lock_info": lock, "can_edit": True}
    for other in (paul, Editor(viewer), Editor(nora.client, "left")):
        assert other.status(graphic) == {
            "locked": True,
            "lock_info": others,
            "can_edit": False,
        }


def test_the_status_knows_the_window_that_asks(nora, nora_elsewhere, graphic):
    Editor(nora.client, "left").locked(graphic)

    assert Editor(nora_elsewhere.client, "left").status(graphic)["can_edit"] is True
    assert nora_elsewhere.status(graphic)["can_edit"] is False


def test_nobody_may_edit_what_is_archived(nora, graphic):
    nora.client.delete(f"/api/v1/graphics/{graphic}")

    assert nora.status(graphic) == {"locked": False, "lock_info": None, "can_edit": False}


def test_the_status_of_all_lists_the_oldest_first_and_names_no_other_window(nora, paul, viewer):
    graphics = [nora.client.new_graphic()["id"] for _ in range(3)]
    locks = [
        nora.locked(graphics[2]),
        Editor(paul.client, "p").locked(graphics[0]),
        Editor(nora.client, "n").locked(graphics[1]),
    ]

    answer = nora.client.get("/api/v1/lock/status").json()

    ours = [lock for lock in answer["locks"] if lock["graphic_id"] in graphics]
    assert ours == [locks[0], locks[1] | {"session_id": None, "can_edit": False}, locks[2]]
    assert answer["total"] == len(answer["locks"])
    seen = viewer.get("/api/v1/lock/status").json()["locks"]
    assert {lock["session_id"] for lock in seen} == {None}
    assert {lock["can_edit"] for lock in seen} == {False}


def test_the_lock_stands_in_the_graphic_too(nora, paul, graphic):
    lock = nora.locked(graphic)
    others = lock | {"session_id": None, "can_edit": False}

    def seen_by(editor: Editor) -> list[dict[str, Any]]:
        listed = editor.client.get("/api/v1/graphics", params={"limit": 200}).json()["graphics"]
        return [
            editor.client.get(f"/api/v1/graphics/{graphic}").json()["canvas_lock"],
            *[row["canvas_lock"] for row in listed if row["id"] == graphic],
        ]

    assert seen_by(nora) == [lock, lock]
    assert seen_by(paul) == [others, others]
    assert nora.save(graphic, title="Saved").json()["canvas_lock"] == lock
    nora.release(graphic)
    assert seen_by(nora) == [None, None]


def test_the_lock_in_the_answer_to_a_save_is_that_of_the_window_that_saved(
    nora, nora_elsewhere, graphic
):
    Editor(nora.client, "left").locked(graphic)

    saved = Editor(nora_elsewhere.client, "left").save(graphic, title="Saved").json()

    assert saved["canvas_lock"]["session_id"] == "left"
    assert saved["canvas_lock"]["can_edit"] is True
