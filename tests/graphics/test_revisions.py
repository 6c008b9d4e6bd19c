"""What a graphic was at each version, and bringing it back."""

import pytest

from tests.api.refusals import refusal
from tests.events import logbook
from tests.graphics.leases import moment
from tests.support.rows import audited

SUMMARY = {
    "version",
    "title",
    "event_name",
    "tournament_id",
    "restored_from",
    "author",
    "created_at",
}
FIRST = {"z": 1, "a": [2.50, None, "é"], "elements": []}
SECOND = {"elements": [], "background": None}


@pytest.fixture
def graphic(api, nora) -> int:
    """Made by the dashboard, changed twice by Nora: title at version 2, document at version 3."""
    graphic_id = api.new_graphic(title="One", event_name="Cup", data_json=FIRST)["id"]
    nora.save(graphic_id, title="Two")
    nora.save(graphic_id, data_json=SECOND, event_name="Cup 2")
    return graphic_id


def revisions(client, graphic_id: int, **query) -> dict:
    answer = client.get(f"/api/v1/graphics/{graphic_id}/revisions", params=query)
    assert answer.status_code == 200
    return answer.json()


def revision(client, graphic_id: int, version: int) -> dict:
    answer = client.get(f"/api/v1/graphics/{graphic_id}/revisions/{version}")
    assert answer.status_code == 200
    return answer.json()


class TestList:
    def test_has_every_version_newest_first_with_author_and_time(self, viewer, graphic):
        answer = revisions(viewer, graphic)

        rows = answer["revisions"]
        assert answer["total"] == 3
        assert all(set(row) == SUMMARY for row in rows)
        assert [
            (row["version"], row["title"], row["event_name"], row["author"]) for row in rows
        ] == [
            (3, "Two", "Cup 2", "nora"),
            (2, "Two", "Cup", "nora"),
            (1, "One", "Cup", "dashboard_user"),
        ]
        times = [moment(row["created_at"]) for row in rows]
        assert times == sorted(times, reverse=True)
        assert {row["restored_from"] for row in rows} == {None}

    def test_comes_in_pages(self, viewer, graphic):
        page = revisions(viewer, graphic, skip=1, limit=1)

        assert ([row["version"] for row in page["revisions"]], page["total"]) == ([2], 3)

    @pytest.mark.parametrize("query", ["limit=0", "limit=1001", "skip=-1"])
    def test_refuses_pages_that_are_none(self, query, viewer, graphic):
        answer = viewer.get(f"/api/v1/graphics/{graphic}/revisions?{query}")

        refusal(answer, 400, "validation_failed")

    def test_grows_only_with_a_real_change(self, nora, graphic):
        nora.save(graphic)
        nora.save(graphic, title="Two", data_json=SECOND, tournament_id=0)
        nora.client.delete(f"/api/v1/graphics/{graphic}")
        nora.client.post(f"/api/v1/archive/{graphic}/restore")

        assert revisions(nora.client, graphic)["total"] == 3

    def test_of_an_archived_graphic_is_still_there(self, viewer, api, graphic):
        api.delete(f"/api/v1/graphics/{graphic}")

        assert revisions(viewer, graphic)["total"] == 3
        assert revision(viewer, graphic, 1)["title"] == "One"

    @pytest.mark.parametrize("path", ["", "/1"])
    def test_of_what_is_not_there_is_404(self, path, viewer):
        answer = viewer.get(f"/api/v1/graphics/4000000000/revisions{path}")

        refusal(answer, 404, "graphic_not_found")


class TestOne:
    def test_has_the_document_as_it_went_in(self, viewer, graphic):
        first = revision(viewer, graphic, 1)

        assert set(first) == SUMMARY | {"data_json"}
        assert list(first["data_json"].items()) == list(FIRST.items())
        assert revision(viewer, graphic, 2)["data_json"] == FIRST
        assert revision(viewer, graphic, 3)["data_json"] == SECOND

    @pytest.mark.parametrize("version", [4, 2**31, 2**63 - 1])
    def test_that_was_never_saved_is_404(self, version, viewer, graphic):
        answer = viewer.get(f"/api/v1/graphics/{graphic}/revisions/{version}")

        assert refusal(answer, 404, "revision_not_found")["version"] == version

    @pytest.mark.parametrize("version", ["0", "01", "-1", "x", "٣"])
    def test_has_one_address(self, version, viewer, graphic):
        refusal(viewer.get(f"/api/v1/graphics/{graphic}/revisions/{version}"), 404, "not_found")


class TestRestore:
    def test_makes_a_new_version_of_an_old_one(self, server, nora, graphic):
        before = logbook.head(server)

        answer = nora.restore(graphic, 1)

        restored = answer.json()
        assert answer.status_code == 200
        assert answer.headers["ETag"] == '"4"'
        assert (restored["version"], restored["title"], restored["event_name"]) == (4, "One", "Cup")
        assert list(restored["data_json"].items()) == list(FIRST.items())
        assert restored["updated_by"] == "nora"
        newest = revisions(nora.client, graphic)["revisions"][0]
        assert (newest["version"], newest["restored_from"], newest["author"]) == (4, 1, "nora")
        [told] = logbook.entries(server, after=before)
        assert (told.name, told.payload["version"]) == ("graphic.updated", 4)
        assert told.public["graphic"]["data_json"] == FIRST
        assert ("nora", "graphic", graphic) in audited(server, "graphic.revision_restored")

    def test_of_what_is_shown_already_makes_none_and_tells_nobody(self, server, nora, graphic):
        before = logbook.head(server)

        answer = nora.restore(graphic, 3)

        assert (answer.status_code, answer.json()["version"]) == (200, 3)
        assert logbook.head(server) == before
        assert revisions(nora.client, graphic)["total"] == 3

    def test_may_be_undone_by_another(self, nora, graphic):
        nora.restore(graphic, 1)

        back = nora.restore(graphic, 3).json()

        assert (back["version"], back["title"], back["data_json"]) == (5, "Two", SECOND)

    def test_brings_the_tie_to_its_tournament_back(self, server, api):
        tournament = api.new_tournament()["id"]
        graphic = api.new_graphic(tournament_id=tournament)["id"]
        api.put(f"/api/v1/graphics/{graphic}", json={"tournament_id": 0})
        before = logbook.head(server, logbook.overlay(graphic))

        restored = api.post(f"/api/v1/graphics/{graphic}/revisions/1/restore").json()

        assert restored["tournament_id"] == tournament
        told = logbook.entries(server, logbook.overlay(graphic), after=before)
        assert [entry.name for entry in told] == ["graphic.updated", "standings.published"]
        api.post("/api/v1/scoreboard/refresh", json={"tournament_id": tournament})
        assert logbook.head(server, logbook.overlay(graphic)) == before + 3

    def test_leaves_out_a_tournament_that_is_gone(self, api):
        tournament = api.new_tournament()["id"]
        graphic = api.new_graphic(title="One", tournament_id=tournament)["id"]
        api.put(f"/api/v1/graphics/{graphic}", json={"title": "Two"})
        api.delete(f"/api/v1/tournaments/{tournament}")

        answer = api.post(f"/api/v1/graphics/{graphic}/revisions/1/restore")

        assert answer.status_code == 200
        assert (answer.json()["title"], answer.json()["tournament_id"]) == ("One", None)

    @pytest.mark.parametrize("if_match", ['"3"', 'W/"3"', '"1", "3"', "*"])
    def test_heeds_if_match(self, if_match, nora, graphic):
        path = f"/api/v1/graphics/{graphic}/revisions/1/restore"

        stale = nora.client.post(path, headers={"If-Match": '"2"'})
        fresh = nora.client.post(path, headers={"If-Match": if_match})

        assert refusal(stale, 412, "stale_version")["current_version"] == 3
        assert fresh.json()["version"] == 4

    def test_of_a_version_that_never_was_is_404(self, server, nora, graphic):
        before = logbook.head(server)

        for version in (4, 2**31, 2**63 - 1):
            answer = nora.client.post(f"/api/v1/graphics/{graphic}/revisions/{version}/restore")
            refusal(answer, 404, "revision_not_found")

        refusal(nora.restore(4000000000, 1), 404, "graphic_not_found")
        assert logbook.head(server) == before

    def test_is_not_for_who_only_reads(self, server, readers, graphic):
        before = logbook.head(server)

        for client in readers:
            answer = client.post(f"/api/v1/graphics/{graphic}/revisions/1/restore")
            refusal(answer, 403, "permission_denied")

        assert logbook.head(server) == before
