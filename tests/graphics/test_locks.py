"""Canvas locks over REST: who gets one, who keeps it, and who ends it."""

from datetime import timedelta

import pytest

from gal_dashboard.core.options import declared
from graphics.options import LOCK_TTL
from tests.api.refusals import refusal
from tests.events import logbook
from tests.graphics.editors import Editor
from tests.graphics.leases import moment, told_of
from tests.support.databases import base_environment, run_manage
from tests.support.rows import audited, rows
from tests.users.tokens import claims_of

LEASE = timedelta(minutes=5)
MEMBERS = {
    "id",
    "graphic_id",
    "user_name",
    "session_id",
    "locked",
    "locked_at",
    "expires_at",
    "lock_fence",
    "can_edit",
}


def deeds(server, action: str, graphic_id: int) -> list[str]:
    """Who did it to this graphic."""
    return [name for name, _, target in audited(server, action) if target == graphic_id]


def sid_of(editor: Editor) -> str:
    return claims_of(editor.client.tokens["access_token"])["sid"]


@pytest.fixture
def graphic(api) -> int:
    return api.new_graphic()["id"]


class TestAcquire:
    def test_gives_a_free_lock_for_five_minutes(self, nora, graphic):
        answer = nora.lock(graphic)

        lock = answer.json()
        assert answer.status_code == 200
        assert set(lock) == MEMBERS
        assert (lock["graphic_id"], lock["user_name"]) == (graphic, "nora")
        assert (lock["locked"], lock["can_edit"]) == (True, True)
        assert lock["session_id"] == sid_of(nora)
        assert moment(lock["expires_at"]) - moment(lock["locked_at"]) == LEASE

    def test_takes_the_windows_name_and_ignores_what_old_clients_send(self, nora, graphic):
        body = {"session_id": "tab-1", "graphic_id": 99, "user_name": "somebody"}

        lock = nora.client.post(f"/api/v1/lock/{graphic}", json=body).json()

        assert (lock["session_id"], lock["graphic_id"]) == ("tab-1", graphic)
        assert lock["user_name"] == "nora"

    def test_again_by_the_same_session_is_the_same_lock_extended(self, nora, graphic):
        first = nora.locked(graphic)

        again = nora.locked(graphic)

        assert moment(again["expires_at"]) > moment(first["expires_at"])
        assert again | {"expires_at": None} == first | {"expires_at": None}

    def test_refuses_another_and_says_who_has_it_until_when(self, nora, paul, graphic):
        lock = nora.locked(graphic)

        body = refusal(paul.lock(graphic), 409, "graphic_locked")

        assert body["detail"] == "nora is editing this graphic."
        assert (body["locked"], body["locked_by"], body["can_edit"]) == (True, "nora", False)
        assert body["expires_at"] == lock["expires_at"]
        assert "session_id" not in body

    def test_keeps_two_windows_of_one_login_apart(self, nora, graphic):
        left, right = Editor(nora.client, "left"), Editor(nora.client, "right")
        left.locked(graphic)

        assert refusal(right.lock(graphic), 409)["locked_by"] == "nora"

    def test_goes_by_the_login_where_no_window_is_named(self, nora, nora_elsewhere, graphic):
        lock = Editor(nora.client, "left").locked(graphic)

        refusal(nora_elsewhere.lock(graphic), 409, "graphic_locked")
        assert nora.locked(graphic)["lock_fence"] == lock["lock_fence"]

    def test_knows_the_window_of_the_same_person_in_another_login(
        self, nora, nora_elsewhere, graphic
    ):
        lock = Editor(nora.client, "left").locked(graphic)

        again = Editor(nora_elsewhere.client, "left").locked(graphic)

        assert again["lock_fence"] == lock["lock_fence"]

    def test_refuses_another_person_who_names_the_holders_window(self, nora, paul, graphic):
        Editor(nora.client, "left").locked(graphic)

        refusal(Editor(paul.client, "left").lock(graphic), 409, "graphic_locked")

    def test_gives_each_new_lock_a_higher_fence(self, nora, paul, graphic):
        fences = []
        for editor in (nora, nora, paul, nora):
            fences.append(editor.locked(graphic)["lock_fence"])
            editor.release(graphic)

        assert fences == sorted(set(fences))

    def test_refuses_an_archived_graphic(self, nora, graphic):
        nora.client.delete(f"/api/v1/graphics/{graphic}")

        refusal(nora.lock(graphic), 409, "graphic_archived")

    @pytest.mark.parametrize("name", ["", " ", "x" * 256, "a\x07b", 7, ["left"]])
    def test_refuses_a_name_that_no_window_has(self, name, nora, graphic):
        answer = nora.client.post(f"/api/v1/lock/{graphic}", json={"session_id": name})

        assert "session_id" in refusal(answer, 400, "validation_failed")["errors"]

    def test_tells_staff_and_the_audit_trail(self, server, nora, graphic):
        before = logbook.head(server)

        lock = nora.locked(graphic)

        [told] = told_of(server, graphic, after=before)
        assert told == {
            "action": "acquired",
            "graphic_id": graphic,
            "locked": True,
            "locked_by": "nora",
            "expires_at": lock["expires_at"],
            "lock_fence": lock["lock_fence"],
            "actor": "nora",
        }
        assert deeds(server, "graphic.lock_acquired", graphic) == ["nora"]

    def test_tells_overlays_nothing(self, server, nora, graphic):
        nora.locked(graphic)
        nora.release(graphic)

        assert len(logbook.entries(server, logbook.overlay(graphic))) == 1


class TestRefresh:
    def test_extends_the_lock_and_keeps_the_fence(self, server, nora, graphic):
        lock = nora.locked(graphic)
        before = logbook.head(server)

        answer = nora.refresh(graphic)

        renewed = answer.json()
        assert answer.status_code == 200
        assert moment(renewed["expires_at"]) > moment(lock["expires_at"])
        assert renewed | {"expires_at": None} == lock | {"expires_at": None}
        [told] = told_of(server, graphic, after=before)
        assert (told["action"], told["expires_at"]) == ("renewed", renewed["expires_at"])
        assert deeds(server, "graphic.lock_acquired", graphic) == ["nora"]
        assert rows(
            server,
            "SELECT count(*) FROM audit_auditentry WHERE target_id = %s AND target_type = %s "
            "AND action LIKE %s",
            graphic,
            "graphic",
            "graphic.lock%",
        ) == [(1,)]

    def test_is_404_without_a_lock_and_for_anothers(self, nora, paul, graphic):
        refusal(nora.refresh(graphic), 404, "lock_not_held")
        lock = nora.locked(graphic)

        refusal(paul.refresh(graphic), 404, "lock_not_held")
        refusal(Editor(nora.client, "left").refresh(graphic), 404, "lock_not_held")

        assert nora.status(graphic)["lock_info"]["expires_at"] == lock["expires_at"]

    def test_is_404_after_the_release(self, nora, graphic):
        nora.locked(graphic)
        nora.release(graphic)

        refusal(nora.refresh(graphic), 404, "lock_not_held")


class TestRelease:
    def test_frees_the_lock_once_and_may_be_said_again(self, server, nora, graphic):
        lock = nora.locked(graphic)
        before = logbook.head(server)

        answers = [nora.release(graphic) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [200] * 3
        assert [answer.json()["released"] for answer in answers] == [True, False, False]
        assert all(set(answer.json()) == {"message", "released"} for answer in answers)
        [told] = told_of(server, graphic, after=before)
        assert told == {
            "action": "released",
            "graphic_id": graphic,
            "locked": False,
            "locked_by": None,
            "expires_at": None,
            "lock_fence": lock["lock_fence"],
            "actor": "nora",
        }
        assert deeds(server, "graphic.lock_released", graphic) == ["nora"]

    def test_by_a_stranger_frees_nothing(self, server, nora, paul, graphic):
        nora.locked(graphic)
        before = logbook.head(server)

        answers = [
            paul.release(graphic),
            Editor(paul.client, sid_of(nora)).release(graphic),
            Editor(nora.client, "left").release(graphic),
            paul.release(graphic, force="false"),
        ]

        assert [(answer.status_code, answer.json()["released"]) for answer in answers] == [
            (200, False)
        ] * 4
        assert logbook.head(server) == before
        assert nora.status(graphic)["lock_info"]["can_edit"]

    @pytest.mark.parametrize("place", ["body", "query"])
    def test_takes_the_windows_name_from_body_or_query(self, place, nora, graphic):
        Editor(nora.client, "left").locked(graphic)
        options = {"json" if place == "body" else "params": {"session_id": "left"}}

        answer = nora.client.request("DELETE", f"/api/v1/lock/{graphic}", **options)

        assert answer.json()["released"] is True

    def test_by_force_is_for_administrators_who_give_a_reason(self, server, api, nora, graphic):
        lock = nora.locked(graphic)
        before = logbook.head(server)

        answer = Editor(api).release(graphic, force="true", reason="Show starts")

        assert (answer.status_code, answer.json()["released"]) == (200, True)
        [told] = told_of(server, graphic, after=before)
        assert told == {
            "action": "forced",
            "graphic_id": graphic,
            "locked": False,
            "locked_by": None,
            "expires_at": None,
            "lock_fence": lock["lock_fence"],
            "actor": "dashboard_user",
            "reason": "Show starts",
        }
        [(actor, changes)] = rows(
            server,
            "SELECT actor_name, changes FROM audit_auditentry WHERE action = %s AND target_id = %s",
            "graphic.lock_forced",
            graphic,
        )
        assert actor == "dashboard_user"
        assert "nora" in str(changes)
        assert "Show starts" in str(changes)

    def test_by_force_takes_the_reason_from_the_body_too(self, server, api, nora, graphic):
        nora.locked(graphic)
        before = logbook.head(server)

        api.request("DELETE", f"/api/v1/lock/{graphic}?force=true", json={"reason": "Late"})

        assert told_of(server, graphic, after=before)[0]["reason"] == "Late"

    def test_by_force_of_no_lock_frees_nothing(self, api, graphic):
        answer = Editor(api).release(graphic, force="true")

        assert (answer.status_code, answer.json()["released"]) == (200, False)

    def test_by_force_is_refused_to_a_producer_before_anything_is_looked_for(self, nora, paul):
        locked = nora.client.new_graphic()["id"]
        nora.locked(locked)

        refusal(paul.release(locked, force="true"), 403, "permission_denied")
        refusal(nora.release(locked, force="1"), 403, "permission_denied")
        refusal(paul.release(2**63 - 1, force="true"), 403, "permission_denied")
        assert nora.status(locked)["locked"]

    def test_by_force_refuses_a_reason_that_nobody_can_read(self, api, nora, graphic):
        nora.locked(graphic)

        for reason in ("x" * 501, "a\x00b"):
            answer = Editor(api).release(graphic, force="true", reason=reason)
            assert "reason" in refusal(answer, 400, "validation_failed")["errors"]

        assert nora.status(graphic)["locked"]


CALLS = [
    ("POST", ""),
    ("POST", "/refresh"),
    ("DELETE", ""),
    ("DELETE", "?force=true"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_who_may_not_change_graphics_may_not_lock_them(method, path, readers, graphic):
    for client in readers:
        answer = client.request(method, f"/api/v1/lock/{graphic}{path}")
        refusal(answer, 403, "permission_denied")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("POST", "/refresh"), ("DELETE", ""), ("GET", "/status")],
)
@pytest.mark.parametrize("graphic_id", ["4000000000", "0", "01", "-1", "abc"])
def test_a_lock_of_no_graphic_is_404(method, path, graphic_id, nora):
    refusal(nora.client.request(method, f"/api/v1/lock/{graphic_id}{path}"), 404)


def test_cleaning_up_is_for_administrators(api, nora, viewer):
    refusal(nora.client.post("/api/v1/maintenance/cleanup-locks"), 403, "permission_denied")
    refusal(viewer.post("/api/v1/maintenance/cleanup-locks"), 403, "permission_denied")

    answer = api.post("/api/v1/maintenance/cleanup-locks")

    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "cleaned_count"}
    assert isinstance(answer.json()["cleaned_count"], int)


@pytest.mark.parametrize("seconds", ["1", "3601", "0", "-5", "5m", "", "2.5", "٣"])
def test_a_lease_has_a_length_that_people_can_work_with(seconds):
    option = declared()[LOCK_TTL]

    with pytest.raises(ValueError, match="must be a whole number from 2 to 3600"):
        option.parse(seconds)


def test_a_server_with_another_length_says_so_and_does_not_start():
    environment = base_environment() | {"GAL_GRAPHICS_LOCK_TTL_SECONDS": "1"}

    with pytest.raises(AssertionError, match="GAL_GRAPHICS_LOCK_TTL_SECONDS must be a whole"):
        run_manage(environment, "check")
