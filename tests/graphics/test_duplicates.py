"""Copies of graphics, and the names of the events that have graphics."""

import pytest

from tests.api.refusals import refusal
from tests.events import logbook
from tests.support.api import Api
from tests.support.rows import audited
from tests.support.threads import at_once

DOCUMENT = {"z": [1, 2.50, None], "a": {"é": True}, "elements": []}


@pytest.fixture
def graphic(api) -> int:
    return api.new_graphic(title="Board", event_name="Cup 1", data_json=DOCUMENT)["id"]


def copy(client, graphic_id: int, **options):
    return client.post(f"/api/v1/graphics/{graphic_id}/duplicate", **options)


def test_a_copy_is_a_live_graphic_of_its_own_at_version_1(server, nora, api, graphic):
    api.put(f"/api/v1/graphics/{graphic}", json={"event_name": "Cup 2"})
    nora.locked(graphic)

    answer = copy(nora.client, graphic)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert made["id"] != graphic
    assert (made["title"], made["event_name"]) == ("Board (Copy)", "Cup 2")
    assert (made["version"], made["archived"], made["canvas_lock"]) == (1, False, None)
    assert (made["created_by"], made["updated_by"]) == ("nora", "nora")
    assert list(made["data_json"].items()) == list(DOCUMENT.items())
    revisions = api.get(f"/api/v1/graphics/{made['id']}/revisions").json()
    assert [row["version"] for row in revisions["revisions"]] == [1]
    assert [entry.name for entry in logbook.entries(server, logbook.overlay(made["id"]))] == [
        "graphic.created"
    ]
    assert ("nora", "graphic", made["id"]) in audited(server, "graphic.created")


@pytest.mark.parametrize("place", ["json", "params"])
def test_a_copy_is_named_in_body_or_query(place, nora, graphic):
    names = {"new_title": "Mine", "new_event_name": "Cup 3"}

    made = copy(nora.client, graphic, **{place: names}).json()

    assert (made["title"], made["event_name"]) == ("Mine", "Cup 3")


def test_the_body_goes_before_the_query(nora, graphic):
    made = copy(nora.client, graphic, params={"new_title": "query"}, json={"new_title": "body"})

    assert made.json()["title"] == "body"


@pytest.mark.parametrize("length", [247, 248, 249, 255])
def test_the_title_of_a_copy_stays_within_255(length, api):
    title = "é" * length

    made = copy(api, api.new_graphic(title=title)["id"]).json()

    assert made["title"] == title[:248] + " (Copy)"


def test_a_copy_of_an_archived_graphic_is_live(api, graphic):
    api.delete(f"/api/v1/graphics/{graphic}")

    made = copy(api, graphic).json()

    assert made["archived"] is False
    assert api.get(f"/api/v1/graphics/{made['id']}/view").status_code == 200


def test_a_copy_shows_the_same_tournament(server, api):
    tournament = api.new_tournament()["id"]
    graphic = api.new_graphic(tournament_id=tournament)["id"]

    made = copy(api, graphic).json()

    assert made["tournament_id"] == tournament
    api.post("/api/v1/scoreboard/refresh", json={"tournament_id": tournament})
    assert logbook.entries(server, logbook.overlay(made["id"]))[-1].name == "standings.published"


@pytest.mark.parametrize(
    "names", [{"new_title": ""}, {"new_title": "x" * 256}, {"new_event_name": 7}]
)
def test_a_copy_with_a_name_that_is_none_is_refused(names, server, nora, graphic):
    before = logbook.head(server)

    answer = copy(nora.client, graphic, json=names)

    assert set(refusal(answer, 400, "validation_failed")["errors"]) == set(names)
    assert logbook.head(server) == before


def test_who_only_reads_copies_nothing(readers, graphic):
    for client in readers:
        refusal(copy(client, graphic), 403, "permission_denied")


def test_what_is_not_there_has_no_copy(nora):
    refusal(copy(nora.client, 4000000000, json={"new_title": ""}), 404, "graphic_not_found")


def test_copies_and_saves_of_a_tied_graphic_do_not_wait_for_each_other_for_ever(server, api):
    tournament = api.new_tournament()["id"]
    graphic = api.new_graphic(tournament_id=tournament)["id"]
    clients = [Api(server, headers=dict(api.headers)) for _ in range(6)]

    def write(number: int, client: Api) -> list[int]:
        if number % 2:
            return [copy(client, graphic).status_code for _ in range(8)]
        path = f"/api/v1/graphics/{graphic}"
        return [
            client.put(
                path, json={"tournament_id": tournament, "title": f"{number}.{turn}"}
            ).status_code
            for turn in range(8)
        ]

    statuses = at_once(
        [
            lambda number=number, client=client: write(number, client)
            for number, client in enumerate(clients)
        ]
    )

    assert statuses == [[200] * 8, [201] * 8] * 3
    for client in clients:
        client.close()


def test_event_names_are_listed_once_sorted_archived_ones_too(api, readers):
    names = ["names: b", "names: a", "names: é", "names: B", "names: a"]
    graphics = [api.new_graphic(event_name=name)["id"] for name in names]
    api.delete(f"/api/v1/graphics/{graphics[0]}")

    for client in (api, *readers):
        listed = client.get("/api/v1/events").json()

        assert listed == sorted(set(listed))
        ours = [name for name in listed if name.startswith("names: ")]
        assert ours == ["names: B", "names: a", "names: b", "names: é"]
