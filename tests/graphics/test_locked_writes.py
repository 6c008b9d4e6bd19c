"""What a lock keeps from others: every way to change a graphic, and what they hear."""

from typing import Any

import httpx
import pytest

from tests.api.refusals import refusal
from tests.events import logbook
from tests.graphics.editors import Editor
from tests.support.rows import rows

# Ways to change graphic N, and the status that a lock of somebody else gives them.
WRITES = {
    "put": ("PUT", "/graphics/{}", 423),
    "patch": ("PATCH", "/graphics/{}", 423),
    "restore a revision": ("POST", "/graphics/{}/revisions/1/restore", 423),
    "lock": ("POST", "/lock/{}", 409),
    "delete": ("DELETE", "/graphics/{}", 409),
    "archive": ("POST", "/archive/{}", 409),
    "delete for good": ("DELETE", "/graphics/{}/permanent", 409),
    "delete from the archive": ("DELETE", "/archive/{}/permanent", 409),
}
FOR_ADMINISTRATORS = {"delete for good", "delete from the archive"}
SAVES = ["put", "patch", "restore a revision"]


def write(
    client: httpx.Client, way: str, graphic_id: int, *, headers: Any = None, **body: Any
) -> httpx.Response:
    method, path, _ = WRITES[way]
    if method in {"PUT", "PATCH"}:
        body = {"title": "Changed"} | body
    return client.request(method, f"/api/v1{path.format(graphic_id)}", json=body, headers=headers)


@pytest.fixture
def graphic(api) -> int:
    """At version 2, so that there is a revision to restore."""
    graphic_id = api.new_graphic()["id"]
    assert api.put(f"/api/v1/graphics/{graphic_id}", json={"title": "Second"}).status_code == 200
    return graphic_id


@pytest.fixture
def picture(server, graphic):
    """Everything about the graphic that a refused write must leave as it is."""

    def look() -> tuple[Any, ...]:
        return (
            rows(server, "SELECT * FROM graphics_graphic WHERE id = %s", graphic),
            rows(server, "SELECT * FROM graphics_canvaslease WHERE graphic_id = %s", graphic),
            rows(
                server,
                "SELECT version FROM graphics_graphicrevision WHERE graphic_id = %s",
                graphic,
            ),
            logbook.head(server, logbook.overlay(graphic)),
            logbook.head(server),
            rows(
                server,
                "SELECT count(*) FROM audit_auditentry WHERE target_id = %s AND target_type = %s",
                graphic,
                "graphic",
            ),
        )

    return look


@pytest.mark.parametrize("way", WRITES)
def test_a_lock_of_another_keeps_everybody_out(way, nora, api, graphic, picture):
    lock = nora.locked(graphic)
    before = picture()

    for body in ({}, {"session_id": "another window"}):
        told = refusal(write(api, way, graphic, **body), WRITES[way][2], "graphic_locked")
        assert told["detail"] == "nora is editing this graphic."
        assert (told["locked"], told["locked_by"], told["can_edit"]) == (True, "nora", False)
        assert told["expires_at"] == lock["expires_at"]
    assert picture() == before


@pytest.mark.parametrize("way", WRITES)
def test_a_fence_makes_nobody_a_holder(way, nora, api, graphic, picture):
    fence = nora.locked(graphic)["lock_fence"]
    before = picture()

    in_body = write(api, way, graphic, lock_fence=fence)
    in_head = write(api, way, graphic, headers={"X-Lock-Fence": str(fence)})

    for answer in (in_body, in_head):
        refusal(answer, WRITES[way][2], "graphic_locked")
    assert picture() == before


@pytest.mark.parametrize("way", WRITES)
def test_the_window_of_another_person_opens_nothing(way, nora, api, graphic, picture):
    Editor(nora.client, "left").locked(graphic)
    before = picture()

    refusal(write(api, way, graphic, session_id="left"), WRITES[way][2], "graphic_locked")

    assert picture() == before


@pytest.mark.parametrize("way", WRITES)
def test_the_holder_may_do_it(way, api, graphic):
    window = Editor(api, "mine")
    window.locked(graphic)

    assert write(api, way, graphic, session_id="mine").status_code == (
        # of a live one the archive knows nothing
        409 if way == "delete from the archive" else 200
    )


@pytest.mark.parametrize("way", WRITES)
def test_where_nobody_holds_a_lock_everybody_may(way, api, graphic):
    expected = 409 if way == "delete from the archive" else 200

    assert write(api, way, graphic, session_id="any").status_code == expected


@pytest.mark.parametrize("way", WRITES)
def test_who_may_only_read_hears_403_whoever_holds_it(way, nora, readers, graphic, picture):
    nora.locked(graphic)
    before = picture()

    for client in readers:
        refusal(write(client, way, graphic), 403, "permission_denied")

    assert picture() == before


@pytest.mark.parametrize("way", WRITES)
def test_a_producer_may_do_all_but_delete_for_good(way, nora, graphic):
    answer = write(nora.client, way, graphic)

    if way in FOR_ADMINISTRATORS:
        refusal(answer, 403, "permission_denied")
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("way", WRITES)
def test_what_is_not_there_is_404_whatever_is_sent(way, api):
    refusal(write(api, way, 2**63 - 1, session_id="x" * 999), 404, "graphic_not_found")


@pytest.mark.parametrize("way", [*SAVES, "lock"])
def test_an_archived_graphic_is_left_as_it_is(way, nora, graphic, picture):
    nora.client.delete(f"/api/v1/graphics/{graphic}")
    before = picture()

    refusal(write(nora.client, way, graphic), 409, "graphic_archived")
    refusal(nora.refresh(graphic), 404, "lock_not_held")

    assert picture() == before


class TestOrderOfRefusals:
    """A lock is told first, then a conflict, then an old version, then a broken rule."""

    @pytest.mark.parametrize("way", ["put", "patch"])
    def test_of_a_save(self, way, nora, paul, graphic):
        lost = nora.locked(graphic)["lock_fence"] - 1
        everything_wrong = {
            "headers": {"If-Match": '"1"'},
            "lock_fence": lost,
            "title": "",
            "tournament_id": 2**50,
        }

        refusal(write(paul.client, way, graphic, **everything_wrong), 423, "graphic_locked")
        nora.release(graphic)
        told = refusal(write(paul.client, way, graphic, **everything_wrong), 409, "lock_lost")
        assert told["current_version"] == 2
        del everything_wrong["lock_fence"]
        told = refusal(write(paul.client, way, graphic, **everything_wrong), 412, "stale_version")
        assert told["current_version"] == 2
        del everything_wrong["headers"]
        told = refusal(write(paul.client, way, graphic, **everything_wrong), 400)
        assert set(told["errors"]) == {"title"}
        told = refusal(write(paul.client, way, graphic, tournament_id=2**50), 400)
        assert set(told["errors"]) == {"tournament_id"}

    @pytest.mark.parametrize("bad", ["title", "tournament_id", "data_json"])
    def test_of_a_save_is_so_for_every_rule(self, bad, nora, paul, graphic):
        nora.locked(graphic)
        wrong = {"title": "x" * 256, "tournament_id": 2**50, "data_json": "[]"}[bad]

        refusal(write(paul.client, "put", graphic, **{bad: wrong}), 423, "graphic_locked")
        nora.release(graphic)
        nora.client.delete(f"/api/v1/graphics/{graphic}")
        refusal(write(paul.client, "put", graphic, **{bad: wrong}), 409, "graphic_archived")

    def test_of_a_restored_revision(self, nora, paul, graphic):
        lost = nora.locked(graphic)["lock_fence"] - 1
        stale = {"If-Match": '"1"'}

        def restore(version: int, **options: Any) -> httpx.Response:
            path = f"/api/v1/graphics/{graphic}/revisions/{version}/restore"
            return paul.client.post(path, **options)

        refusal(restore(99), 404, "revision_not_found")
        refusal(restore(1, json={"lock_fence": lost}, headers=stale), 423, "graphic_locked")
        nora.release(graphic)
        refusal(restore(1, json={"lock_fence": lost}, headers=stale), 409, "lock_lost")
        refusal(restore(1, headers=stale), 412, "stale_version")

    def test_of_an_archive(self, nora, paul, graphic):
        nora.locked(graphic)
        too_long = {"reason": "x" * 501}

        refusal(write(paul.client, "archive", graphic, **too_long), 409, "graphic_locked")
        nora.release(graphic)
        nora.client.delete(f"/api/v1/graphics/{graphic}")
        refusal(write(paul.client, "archive", graphic, **too_long), 409, "already_archived")
        paul.client.post(f"/api/v1/archive/{graphic}/restore")
        refusal(write(paul.client, "archive", graphic, **too_long), 400, "validation_failed")

    @pytest.mark.parametrize("fence", ["abc", "-1", "1.5", "", "٣", "9" * 17])
    def test_a_fence_that_is_no_number_is_a_form_that_is_broken(self, fence, nora, paul, graphic):
        nora.locked(graphic)

        answer = write(paul.client, "put", graphic, headers={"X-Lock-Fence": fence.encode()})

        assert "X-Lock-Fence" in refusal(answer, 400, "validation_failed")["errors"]

    @pytest.mark.parametrize("fence", ["7", 7.0, -1, 2**53, True, [7]])
    def test_a_fence_in_the_body_is_a_whole_number(self, fence, paul, graphic):
        answer = write(paul.client, "put", graphic, lock_fence=fence)

        assert refusal(answer, 400)["code"] in {"validation_failed", "malformed_json"}

    def test_a_fence_in_the_query_is_a_parameter_that_nobody_asked_for(self, paul, graphic):
        answer = paul.client.put(f"/api/v1/graphics/{graphic}?lock_fence=7", json={"title": "x"})

        assert answer.status_code == 200


class TestFences:
    def test_that_of_the_holder_is_accepted_in_body_and_head(self, nora, graphic):
        fence = nora.locked(graphic)["lock_fence"]

        in_body = write(nora.client, "put", graphic, lock_fence=fence, title="a")
        in_head = write(nora.client, "put", graphic, headers={"X-Lock-Fence": str(fence)})

        assert [answer.status_code for answer in (in_body, in_head)] == [200, 200]

    def test_the_body_goes_before_the_head_and_null_says_nothing(self, nora, graphic):
        fence = nora.locked(graphic)["lock_fence"]
        old = {"X-Lock-Fence": str(fence - 1)}

        named = write(nora.client, "put", graphic, headers=old, lock_fence=fence)
        null = write(nora.client, "put", graphic, headers=old, lock_fence=None)

        assert named.status_code == 200
        refusal(null, 409, "lock_lost")

    @pytest.mark.parametrize("way", SAVES)
    def test_one_that_is_not_the_newest_has_lost(self, way, nora, paul, graphic, picture):
        fence = nora.locked(graphic)["lock_fence"]
        nora.release(graphic)
        paul.locked(graphic)
        paul.release(graphic)
        before = picture()

        told = refusal(write(nora.client, way, graphic, lock_fence=fence), 409, "lock_lost")

        assert told["current_version"] == 2
        assert picture() == before

    @pytest.mark.parametrize("way", SAVES)
    def test_one_that_nobody_was_given_yet_has_lost_too(self, way, nora, graphic):
        fence = nora.locked(graphic)["lock_fence"]

        refusal(write(nora.client, way, graphic, lock_fence=fence + 1), 409, "lock_lost")

    def test_without_one_who_released_the_lock_may_save(self, nora, paul, graphic):
        nora.locked(graphic)
        nora.release(graphic)
        paul.locked(graphic)
        paul.release(graphic)

        assert write(nora.client, "put", graphic).status_code == 200

    def test_of_a_broken_lock_is_good_until_another_has_one(self, api, nora, paul, graphic):
        fence = nora.locked(graphic)["lock_fence"]
        Editor(api).release(graphic, force="true")
        still = write(nora.client, "put", graphic, lock_fence=fence)
        paul.locked(graphic)
        paul.release(graphic)

        assert still.status_code == 200
        refusal(write(nora.client, "put", graphic, lock_fence=fence), 409, "lock_lost")
        refusal(write(nora.client, "put", graphic), 409, "lock_lost")

    def test_who_locks_again_has_lost_nothing(self, api, nora, paul, graphic):
        nora.locked(graphic)
        Editor(api).release(graphic, force="true")
        paul.locked(graphic)
        paul.release(graphic)
        fence = nora.locked(graphic)["lock_fence"]

        assert write(nora.client, "put", graphic, lock_fence=fence).status_code == 200
        nora.release(graphic)
        assert write(nora.client, "put", graphic).status_code == 200

    def test_another_window_of_the_same_person_has_lost_nothing(self, api, nora, paul, graphic):
        Editor(nora.client, "left").locked(graphic)
        Editor(api).release(graphic, force="true")
        paul.locked(graphic)
        paul.release(graphic)

        refusal(write(nora.client, "put", graphic, session_id="left"), 409, "lock_lost")
        assert write(nora.client, "put", graphic, session_id="right").status_code == 200

    def test_rises_through_archive_and_restore(self, nora, graphic):
        fence = nora.locked(graphic)["lock_fence"]
        nora.client.delete(f"/api/v1/graphics/{graphic}")
        nora.client.post(f"/api/v1/archive/{graphic}/restore")

        assert nora.locked(graphic)["lock_fence"] > fence
