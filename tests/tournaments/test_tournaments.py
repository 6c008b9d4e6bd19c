"""/tournaments: make, read, change, delete, and who takes part."""

import uuid

import pytest

from tests.events import logbook
from tests.support.rows import audited, value
from tests.tournaments.deeds import enter, new_lobby, path_of

PATH = "/api/v1/tournaments"
MEMBERS = [
    "id",
    "name",
    "description",
    "status",
    "max_participants",
    "current_participants",
    "team_size",
    "start_date",
    "end_date",
    "points_table",
    "tie_chain",
    "source",
    "created_at",
    "updated_at",
]


@pytest.fixture
def mark() -> str:
    """A word that no other test uses."""
    return uuid.uuid4().hex


def ids(api, **query) -> list[int]:
    answer = api.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [tournament["id"] for tournament in answer.json()["tournaments"]]


def test_a_new_tournament_has_every_member(api):
    answer = api.post(PATH, json={"name": "Cup", "max_participants": 32})

    tournament = answer.json()
    assert answer.status_code == 201
    assert list(tournament) == MEMBERS
    assert (tournament["status"], tournament["description"]) == ("draft", "")
    assert (tournament["max_participants"], tournament["current_participants"]) == (32, 0)
    assert (tournament["start_date"], tournament["end_date"]) == (None, None)
    assert tournament["points_table"]["1"] == 8
    assert tournament["tie_chain"][:2] == ["points", "top4_plus_wins"]
    assert api.get(path_of(tournament)).json() == tournament


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-05-01", "2026-05-01T00:00:00Z"),
        ("2026-05-01T18:30:00Z", "2026-05-01T18:30:00Z"),
        ("2026-05-01T18:30:00+02:00", "2026-05-01T16:30:00Z"),
        ("2026-05-01T18:30:00", "2026-05-01T18:30:00Z"),
        (None, None),
    ],
)
def test_dates_are_shown_in_utc(sent, shown, api):
    tournament = api.new_tournament(start_date=sent)

    assert tournament["start_date"] == shown


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 7}, "name"),
        ({"max_participants": None}, "max_participants"),
        ({"max_participants": 1}, "max_participants"),
        ({"max_participants": 4097}, "max_participants"),
        ({"max_participants": "8"}, "max_participants"),
        ({"max_participants": 2**40}, "max_participants"),
        ({"status": "live"}, "status"),
        ({"status": None}, "status"),
        ({"description": "x" * 5001}, "description"),
        ({"start_date": "soon"}, "start_date"),
        ({"start_date": 5}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, "start_date"),
        ({"start_date": "\uff12026-05-01"}, "start_date"),
        ({"start_date": ["2026-05-01"]}, "start_date"),
        ({"start_date": "2026-05-02", "end_date": "2026-05-01"}, "body"),
    ],
    ids=repr,
)
def test_fields_that_break_a_rule_are_named(fields, faulty, api, server):
    before = value(server, "SELECT count(*) FROM tournaments_tournament")

    answer = api.post(PATH, json={"name": "Cup", "max_participants": 8, **fields})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [faulty]
    assert value(server, "SELECT count(*) FROM tournaments_tournament") == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_changes_what_is_named(method, api, server):
    tournament = api.new_tournament(description="old", start_date="2026-05-01")
    fields = {"status": "registration_open", "description": None, "start_date": None}

    answer = api.request(method, path_of(tournament), json=fields)

    changed = answer.json()
    assert answer.status_code == 200
    assert changed == tournament | {
        "status": "registration_open",
        "description": "",
        "start_date": None,
        "updated_at": changed["updated_at"],
    }
    assert audited(server, "tournament.updated")[-1][1:] == ("tournament", tournament["id"])


def test_a_change_of_nothing_tells_nobody(api, server):
    tournament = api.new_tournament()
    before = logbook.head(server)

    for fields in ({}, {"name": tournament["name"], "max_participants": 8}, {"points_table": {}}):
        assert api.put(path_of(tournament), json=fields).json() == tournament
    assert logbook.head(server) == before


def test_an_end_before_the_start_is_refused_whichever_comes_last(api):
    tournament = api.new_tournament(start_date="2026-05-02")

    answer = api.put(path_of(tournament), json={"end_date": "2026-05-01"})

    assert answer.status_code == 400
    assert "end lies before the start" in answer.json()["detail"]


def test_what_happens_to_a_tournament_is_told_to_the_crew(api, server):
    before = logbook.head(server)
    tournament = api.new_tournament()
    api.put(path_of(tournament), json={"name": "Renamed"})
    api.delete(path_of(tournament))

    told = logbook.entries(server, after=before)

    assert [(entry.type, entry.payload["action"]) for entry in told] == [
        ("tournament_update", "created"),
        ("tournament_update", "updated"),
        ("tournament_update", "deleted"),
    ]
    assert told[1].payload["tournament"]["name"] == "Renamed"
    assert {entry.payload["actor"] for entry in told} == {"dashboard_user"}


def test_a_deleted_tournament_is_gone_with_its_results(api):
    tournament = new_lobby(api)
    snapshot = enter(api, tournament, "1.1", tournament["names"])["snapshot_id"]

    answer = api.delete(path_of(tournament))

    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    for path in (path_of(tournament), f"{path_of(tournament)}/standings"):
        gone = api.get(path)
        assert (gone.status_code, gone.json()["code"]) == (404, "tournament_not_found")
    assert api.get(f"/api/v1/scoreboard/{snapshot}").status_code == 404
    assert api.delete(path_of(tournament)).status_code == 404


def test_the_newest_tournament_comes_first_and_pages_are_counted(mark, api):
    made = [api.new_tournament(name=f"{mark} {number}")["id"] for number in range(5)]

    first = api.get(PATH, params={"search": mark, "limit": 2}).json()
    second = api.get(PATH, params={"search": mark, "limit": 2, "skip": 2}).json()

    assert [row["id"] for row in first["tournaments"]] == made[:2:-1]
    assert [row["id"] for row in second["tournaments"]] == made[2:0:-1]
    assert [(page["total"], page["page"], page["per_page"]) for page in (first, second)] == [
        (5, 1, 2),
        (5, 2, 2),
    ]
    assert ids(api, search=mark, skip=5) == []
    assert set(first) == {"tournaments", "total", "page", "per_page"}


def test_a_list_may_be_of_one_status_or_of_a_word(mark, api):
    draft = api.new_tournament(name=mark)["id"]
    running = api.new_tournament(description=f"the {mark} one", status="in_progress")["id"]

    assert ids(api, search=mark) == [running, draft]
    assert ids(api, search=mark, status="draft") == [draft]
    assert ids(api, search=mark, status="in_progress") == [running]
    answer = api.get(PATH, params={"status": "live"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["status"])


def test_a_tournament_has_never_fewer_places_than_players(api):
    tournament = new_lobby(api, players=4)

    answer = api.put(path_of(tournament), json={"max_participants": 3})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_few_places")
    assert answer.json()["current_participants"] == 4
    assert api.put(path_of(tournament), json={"max_participants": 4}).status_code == 200


def test_statistics_count_places_games_and_results(api):
    tournament = new_lobby(api)
    api.put(path_of(tournament), json={"max_participants": 12})
    empty = api.get(f"{path_of(tournament)}/statistics").json()
    names = tournament["names"]
    enter(api, tournament, "1.1", names)
    enter(api, tournament, "1.2", names[:7], absent=names[7:])

    played = api.get(f"{path_of(tournament)}/statistics").json()

    assert empty == {
        "tournament_id": tournament["id"],
        "name": tournament["name"],
        "status": "draft",
        "max_participants": 12,
        "current_participants": 8,
        "participation_rate": 66.67,
        "checked_in": 0,
        "waiting": 0,
        "withdrawn": 0,
        "games_played": 0,
        "results": 0,
        "absences": 0,
    }
    assert played == empty | {"games_played": 2, "results": 15, "absences": 1}


def test_a_viewer_reads_and_changes_nothing(viewer, api):
    tournament = api.new_tournament()

    for path in ("", "/statistics", "/standings", "/participants"):
        assert viewer.get(f"{path_of(tournament)}{path}").status_code == 200
    for method, path in (("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/participants")):
        answer = viewer.request(method, f"{path_of(tournament)}{path}", json={})
        assert answer.status_code == 403
