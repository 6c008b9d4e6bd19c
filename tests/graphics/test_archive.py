"""Out of the list, back into it, and away for good."""

import pytest

from tests.api.refusals import refusal
from tests.events import logbook
from tests.graphics.leases import moment, told_of
from tests.realtime.wire import overlay
from tests.support.rows import rows, value

GRAPHIC = {
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
}


@pytest.fixture
def graphic(api) -> int:
    return api.new_graphic(title="Board", data_json={"b": 1, "a": [2.0, None]})["id"]


@pytest.fixture
def archived(api, graphic) -> int:
    assert api.post(f"/api/v1/archive/{graphic}").status_code == 200
    return graphic


def in_archive(client, graphic_id: int) -> dict | None:
    answer = client.get("/api/v1/archive", params={"limit": 200}).json()
    return next((row for row in answer["archives"] if row["id"] == graphic_id), None)


def heard(server, graphic_id: int) -> list[str]:
    """What the graphic's overlays were told, by name."""
    return [entry.name for entry in logbook.entries(server, logbook.overlay(graphic_id))]


class TestArchive:
    def test_takes_a_graphic_off_the_list_and_the_air(self, nora, stranger, graphic):
        path = f"/api/v1/graphics/{graphic}"
        assert stranger.get(f"{path}/view").status_code == 200

        answer = nora.client.post(f"/api/v1/archive/{graphic}", json={"reason": "Old sponsor"})

        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"success", "message", "graphic_id", "archived_at", "restored_at"}
        assert (body["success"], body["graphic_id"], body["restored_at"]) == (True, graphic, None)
        refusal(stranger.get(f"{path}/view"), 404, "graphic_not_found")
        refusal(stranger.get(path), 404, "graphic_not_found")
        shown = nora.client.get(path).json()
        assert (shown["archived"], shown["version"]) == (True, 1)
        listed = nora.client.get("/api/v1/graphics", params={"limit": 200}).json()["graphics"]
        assert graphic not in {row["id"] for row in listed}

    def test_keeps_everything_and_who_did_it_when_and_why(self, server, nora, api, graphic):
        before = api.get(f"/api/v1/graphics/{graphic}").json()

        done = nora.client.post(f"/api/v1/archive/{graphic}", json={"reason": "Old sponsor"}).json()

        row = in_archive(nora.client, graphic)
        assert set(row) == GRAPHIC | {"archived_at", "archived_by", "reason"}
        assert (row["archived_by"], row["reason"]) == ("nora", "Old sponsor")
        assert row["archived_at"] == done["archived_at"]
        assert list(row["data_json"].items()) == [("b", 1), ("a", [2.0, None])]
        unchanged = GRAPHIC - {"archived", "updated_at"}
        assert {name: row[name] for name in unchanged} == {name: before[name] for name in unchanged}
        [entry] = rows(
            server,
            "SELECT actor_name, changes FROM audit_auditentry WHERE action = %s AND target_id = %s",
            "graphic.archived",
            graphic,
        )
        assert entry[0] == "nora"
        assert "Old sponsor" in str(entry[1])

    @pytest.mark.parametrize("body", [{}, {"reason": None}, {"reason": ""}])
    def test_needs_no_reason(self, body, nora, graphic):
        assert nora.client.post(f"/api/v1/archive/{graphic}", json=body).status_code == 200
        assert in_archive(nora.client, graphic)["reason"] == ""

    def test_takes_a_reason_of_500_characters_and_no_longer_one(self, nora, graphic):
        path = f"/api/v1/archive/{graphic}"

        too_long = nora.client.post(path, json={"reason": "é" * 501})
        longest = nora.client.post(path, json={"reason": "é" * 500})

        assert "reason" in refusal(too_long, 400, "validation_failed")["errors"]
        assert longest.status_code == 200
        assert in_archive(nora.client, graphic)["reason"] == "é" * 500

    def test_twice_is_a_conflict_for_post_and_none_for_delete(self, server, nora, archived):
        before = logbook.head(server)

        refusal(nora.client.post(f"/api/v1/archive/{archived}"), 409, "already_archived")
        deleted = nora.client.delete(f"/api/v1/graphics/{archived}")

        assert (deleted.status_code, set(deleted.json())) == (200, {"message"})
        assert logbook.head(server) == before

    def test_ends_the_holders_own_lock(self, server, nora, graphic):
        nora.locked(graphic)
        before = logbook.head(server)

        nora.client.delete(f"/api/v1/graphics/{graphic}")

        [told] = told_of(server, graphic, after=before)
        assert (told["action"], told["locked"]) == ("archived", False)
        assert nora.status(graphic)["locked"] is False
        names = [entry.name for entry in logbook.entries(server, after=before)]
        assert names == ["graphic.lock_archived", "graphic.archived"]

    async def test_is_the_last_that_an_overlay_hears(self, server, api, graphic):
        async with overlay(server, graphic) as socket:
            await socket.begin()
            api.delete(f"/api/v1/graphics/{graphic}")
            frames, code = await socket.closed()

        assert [frame["data"]["action"] for frame in frames] == ["archived"]
        assert code == 4404

    def test_leaves_overlays_in_peace_until_the_restore(self, server, api):
        tournament = api.new_tournament()["id"]
        graphic = api.new_graphic(tournament_id=tournament)["id"]
        api.delete(f"/api/v1/graphics/{graphic}")

        api.post("/api/v1/scoreboard/refresh", json={"tournament_id": tournament})
        api.put(f"/api/v1/tournaments/{tournament}", json={"name": "Renamed"})
        while_away = heard(server, graphic)
        api.post(f"/api/v1/archive/{graphic}/restore")

        assert while_away == ["graphic.created", "standings.published", "graphic.archived"]
        restored, standings = logbook.entries(server, logbook.overlay(graphic), after=3)
        assert restored.name == "graphic.restored"
        assert restored.public["tournament"]["name"] == "Renamed"
        assert standings.public["snapshot_id"] is not None


class TestRestore:
    def test_brings_a_graphic_back_as_it_was(self, nora, stranger, archived):
        answer = nora.client.post(f"/api/v1/archive/{archived}/restore")

        body = answer.json()
        assert answer.status_code == 200
        assert set(body) == {"success", "message", "graphic_id", "archived_at", "restored_at"}
        assert (body["success"], body["graphic_id"]) == (True, archived)
        assert moment(body["restored_at"])
        shown = stranger.get(f"/api/v1/graphics/{archived}/view").json()
        assert (shown["title"], shown["version"]) == ("Board", 1)
        assert in_archive(nora.client, archived) is None

    def test_of_a_live_one_is_a_conflict(self, server, nora, graphic):
        before = logbook.head(server)

        refusal(nora.client.post(f"/api/v1/archive/{graphic}/restore"), 409, "not_archived")

        assert logbook.head(server) == before

    def test_is_the_next_number_of_the_overlays(self, server, api, archived):
        api.post(f"/api/v1/archive/{archived}/restore")

        assert heard(server, archived)[:3] == [
            "graphic.created",
            "graphic.archived",
            "graphic.restored",
        ]

    def test_forgets_why_it_was_away(self, api, archived):
        api.post(f"/api/v1/archive/{archived}/restore")
        api.post(f"/api/v1/archive/{archived}", json={})

        assert in_archive(api, archived)["reason"] == ""

    def test_unties_what_was_tied_to_a_tournament_that_is_gone(self, api):
        tournament = api.new_tournament()["id"]
        graphic = api.new_graphic(tournament_id=tournament)["id"]
        api.delete(f"/api/v1/graphics/{graphic}")
        api.delete(f"/api/v1/tournaments/{tournament}")

        answer = api.post(f"/api/v1/archive/{graphic}/restore")

        assert answer.status_code == 200
        assert api.get(f"/api/v1/graphics/{graphic}").json()["tournament_id"] is None


class TestList:
    def test_holds_archived_ones_only_newest_change_first_by_pages(self, api, nora):
        graphics = [api.new_graphic(title=f"No. {number}")["id"] for number in range(4)]
        for graphic in (*graphics[1:], graphics[0]):
            api.delete(f"/api/v1/graphics/{graphic}")
        api.post(f"/api/v1/archive/{graphics[2]}/restore")

        first = api.get("/api/v1/archive", params={"limit": 2}).json()
        second = api.get("/api/v1/archive", params={"skip": 2, "limit": 1}).json()

        assert set(first) == {"archives", "total", "can_delete"}
        ids = [row["id"] for page in (first, second) for row in page["archives"]]
        assert ids == [graphics[0], graphics[3], graphics[1]]
        assert first["total"] == second["total"] >= 3
        assert first["can_delete"] is True
        assert nora.client.get("/api/v1/archive").json()["can_delete"] is False

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "skip=-1", "limit=x"])
    def test_refuses_pages_that_are_none(self, query, api):
        refusal(api.get(f"/api/v1/archive?{query}"), 400, "validation_failed")

    def test_is_for_every_role(self, readers):
        for client in readers:
            answer = client.get("/api/v1/archive")
            assert (answer.status_code, answer.json()["can_delete"]) == (200, False)

    def test_of_graphics_shows_archived_ones_when_asked(self, api, archived):
        query = {"include_archived": "true", "limit": 200}

        listed = api.get("/api/v1/graphics", params=query).json()["graphics"]

        assert [row["archived"] for row in listed if row["id"] == archived] == [True]


@pytest.mark.parametrize("way", ["graphics", "archive"])
class TestDeletionForGood:
    def test_removes_the_graphic_with_all_that_is_its_own(self, way, server, api, stranger):
        tournament = api.new_tournament()["id"]
        graphic = api.new_graphic(title="Board", tournament_id=tournament)["id"]
        api.put(f"/api/v1/graphics/{graphic}", json={"title": "Board 2"})
        api.post(f"/api/v1/lock/{graphic}")
        api.delete(f"/api/v1/graphics/{graphic}")

        answer = api.delete(f"/api/v1/{way}/{graphic}/permanent")

        assert (answer.status_code, set(answer.json())) == (200, {"message"})
        for path in (f"/graphics/{graphic}", f"/graphics/{graphic}/revisions"):
            refusal(api.get(f"/api/v1{path}"), 404, "graphic_not_found")
        refusal(api.post(f"/api/v1/archive/{graphic}/restore"), 404, "graphic_not_found")
        refusal(api.delete(f"/api/v1/{way}/{graphic}/permanent"), 404, "graphic_not_found")
        refusal(stranger.get(f"/api/v1/graphics/{graphic}/view"), 404)
        for statement in (
            "SELECT count(*) FROM graphics_graphicrevision WHERE graphic_id = %s",
            "SELECT count(*) FROM graphics_canvaslease WHERE graphic_id = %s",
            "SELECT count(*) FROM graphics_graphictournament WHERE graphic_id = %s",
        ):
            assert value(server, statement, graphic) == 0
        assert heard(server, graphic)[-1] == "graphic.deleted"

    def test_leaves_its_story_in_the_audit_trail(self, way, server, api, archived):
        api.delete(f"/api/v1/{way}/{archived}/permanent")

        found = rows(
            server,
            "SELECT action, actor_name FROM audit_auditentry "
            "WHERE target_type = %s AND target_id = %s ORDER BY id",
            "graphic",
            archived,
        )
        assert [action for action, _ in found] == [
            "graphic.created",
            "graphic.archived",
            "graphic.deleted",
        ]

    def test_is_for_administrators(self, way, server, nora, readers, archived):
        before = logbook.head(server)

        for client in (nora.client, *readers):
            answer = client.delete(f"/api/v1/{way}/{archived}/permanent")
            refusal(answer, 403, "permission_denied")
            unknown = client.delete(f"/api/v1/{way}/{2**63 - 1}/permanent")
            refusal(unknown, 403, "permission_denied")

        assert logbook.head(server) == before

    def test_of_what_is_not_there_is_404(self, way, api):
        answer = api.delete(f"/api/v1/{way}/{2**63 - 1}/permanent")

        refusal(answer, 404, "graphic_not_found")


def test_a_live_graphic_is_deleted_for_good_by_its_own_address_only(server, api, graphic):
    before = logbook.head(server)
    refusal(api.delete(f"/api/v1/archive/{graphic}/permanent"), 409, "not_archived")
    assert logbook.head(server) == before

    api.post(f"/api/v1/lock/{graphic}")
    answer = api.delete(f"/api/v1/graphics/{graphic}/permanent")

    assert answer.status_code == 200
    assert [entry.name for entry in logbook.entries(server, after=before + 1)] == [
        "graphic.lock_deleted",
        "graphic.deleted",
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/archive/{}"),
        ("POST", "/archive/{}/restore"),
        ("DELETE", "/graphics/{}"),
    ],
)
class TestWhoMay:
    def test_producers(self, method, path, nora, api, graphic):
        if path.endswith("restore"):
            api.delete(f"/api/v1/graphics/{graphic}")

        answer = nora.client.request(method, f"/api/v1{path.format(graphic)}")

        assert answer.status_code == 200

    def test_nobody_who_only_reads(self, method, path, server, readers, graphic):
        before = logbook.head(server)

        for client in readers:
            answer = client.request(method, f"/api/v1{path.format(graphic)}")
            refusal(answer, 403, "permission_denied")

        assert logbook.head(server) == before

    def test_what_is_not_there_is_404(self, method, path, nora):
        answer = nora.client.request(method, f"/api/v1{path.format(4000000000)}")

        refusal(answer, 404, "graphic_not_found")


def test_fields_narrow_what_is_listed_of_the_archive(api):
    graphic = api.new_graphic(data_json={"n": 1})["id"]
    api.post(f"/api/v1/archive/{graphic}", json={"reason": "after the show"})

    def listed(fields: str) -> dict:
        answer = api.get("/api/v1/archive", params={"fields": fields, "limit": 1})
        return answer.json()["archives"][0]

    assert listed("reason,id") == {"id": graphic, "reason": "after the show"}
    assert listed("data_json") == {"data_json": {"n": 1}}
    assert set(listed("")) >= {"title", "data_json", "canvas_lock", "archived_at"}
    refused = api.get("/api/v1/archive", params={"fields": "id,document"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["fields"])
