"""Published standings for everybody: /players/ranked and /scoreboard."""

from email.utils import parsedate_to_datetime

import pytest

from tests.events import logbook
from tests.support.rows import audited, rows
from tests.tournaments.deeds import enter, new_lobby, path_of

NAMES = [f"Player {number}" for number in range(1, 9)]
SNAPSHOT = [
    "id",
    "tournament_id",
    "tournament_name",
    "source",
    "source_timestamp",
    "round_names",
    "extras",
    "created_at",
    "updated_at",
]
ENTRY = [
    "id",
    "snapshot_id",
    "player_name",
    "player_id",
    "discord_id",
    "riot_id",
    "standing_rank",
    "total_points",
    "round_scores",
    "extras",
]
PLAYER = [
    "player_name",
    "total_points",
    "standing_rank",
    "player_id",
    "discord_id",
    "riot_id",
    "round_scores",
]


@pytest.fixture
def cup(api) -> dict:
    """Two games played; ``table`` is the standing after them."""
    tournament = new_lobby(api)
    enter(api, tournament, "1.1", NAMES)
    table = enter(api, tournament, "1.2", [NAMES[7], *NAMES[:7]])
    return tournament | {"table": table}


def ranked(client, **query) -> dict:
    answer = client.get("/api/v1/players/ranked", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ranked_players_are_those_of_the_standings(cup, stranger):
    answer = ranked(stranger, tournament_id=cup["id"])

    table = cup["table"]
    assert set(answer) == {
        "players",
        "total",
        "snapshot_id",
        "snapshot_created_at",
        "tournament_id",
        "tournament_name",
    }
    assert (answer["total"], answer["snapshot_id"]) == (8, table["snapshot_id"])
    assert (answer["tournament_id"], answer["tournament_name"]) == (cup["id"], cup["name"])
    assert answer["snapshot_created_at"].endswith("Z")
    assert [list(player) for player in answer["players"]] == [PLAYER] * 8
    assert [
        (
            player["player_name"],
            player["standing_rank"],
            player["total_points"],
            player["player_id"],
        )
        for player in answer["players"]
    ] == [
        (row["player_name"], row["rank"], row["total_points"], row["participant_id"])
        for row in table["standings"]
    ]
    assert answer["players"][0]["round_scores"] == table["standings"][0]["round_scores"]


def test_ranked_players_come_in_any_order_and_number(cup, stranger):
    def names(**query) -> list[str]:
        found = ranked(stranger, tournament_id=cup["id"], **query)
        assert found["total"] == len(found["players"])
        return [player["player_name"] for player in found["players"]]

    by_rank = [row["player_name"] for row in cup["table"]["standings"]]
    assert names() == names(sort_by="standing_rank") == names(sort_order="asc") == by_rank
    assert names(sort_by="standing_rank", sort_order="desc") == by_rank[::-1]
    assert names(sort_by="player_name") == sorted(NAMES)
    assert names(sort_by="player_name", sort_order="desc") == sorted(NAMES, reverse=True)
    points = {row["player_name"]: row["total_points"] for row in cup["table"]["standings"]}
    assert [points[name] for name in names(sort_by="total_points")] == sorted(
        points.values(), reverse=True
    )
    assert [points[name] for name in names(sort_by="total_points", sort_order="asc")] == sorted(
        points.values()
    )
    assert names(limit=3) == by_rank[:3]
    assert names(limit=0) == by_rank


def test_a_new_result_ranks_anew_at_once(cup, api, stranger):
    query = {"tournament_id": cup["id"], "sort_by": "total_points"}
    before = [ranked(stranger, **query) for _ in range(2)]

    enter(api, cup, "1.3", NAMES[::-1])

    after = ranked(stranger, **query)
    assert before[0] == before[1]
    assert after["snapshot_id"] > before[0]["snapshot_id"]
    assert all("round_3" in player["round_scores"] for player in after["players"])
    assert not any("round_3" in player["round_scores"] for player in before[1]["players"])


def test_fifty_are_shown_unless_all_are_asked_for(api, stranger):
    cup = new_lobby(api, players=56)
    enter(api, cup, "1.1", cup["names"][:8])

    assert ranked(stranger, tournament_id=cup["id"])["total"] == 50
    assert ranked(stranger, tournament_id=cup["id"], limit=0)["total"] == 56
    assert ranked(stranger, tournament_id=cup["id"], limit=55)["total"] == 55


@pytest.mark.parametrize(
    ("query", "faulty"),
    [
        ({"tournament_id": "0"}, "tournament_id"),
        ({"tournament_id": "x"}, "tournament_id"),
        ({"tournament_id": str(2**63)}, "tournament_id"),
        ({"sort_by": "riot_id"}, "sort_by"),
        ({"sort_order": "up"}, "sort_order"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": "10" * 20}, "limit"),
    ],
)
def test_what_cannot_be_ranked_is_refused(query, faulty, stranger):
    answer = stranger.get("/api/v1/players/ranked", params=query)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [faulty])


def test_without_a_tournament_the_newest_standings_of_all_are_shown(api, stranger):
    tournaments = [new_lobby(api) for _ in range(2)]
    for tournament in (*tournaments, tournaments[0]):
        enter(api, tournament, "1.1", NAMES if tournament is tournaments[1] else NAMES[::-1])
        api.post("/api/v1/scoreboard/refresh", json={"tournament_id": tournament["id"]})

        assert ranked(stranger)["tournament_id"] == tournament["id"]
        assert stranger.get("/api/v1/scoreboard/latest").json()["tournament_id"] == tournament["id"]


def test_before_anything_was_published_nobody_is_ranked(api, stranger):
    tournament = api.new_tournament()["id"]

    answer = ranked(stranger, tournament_id=tournament)
    latest = stranger.get("/api/v1/scoreboard/latest", params={"tournament_id": tournament})

    message = answer.pop("message")
    assert answer == {"players": [], "total": 0, "snapshot_id": None}
    assert message
    assert (latest.status_code, latest.json()["code"]) == (404, "nothing_published")


def test_a_snapshot_has_its_entries(cup, stranger):
    table = cup["table"]

    snapshot = stranger.get(f"/api/v1/scoreboard/{table['snapshot_id']}").json()

    assert list(snapshot) == [*SNAPSHOT, "entries"]
    assert (snapshot["tournament_id"], snapshot["tournament_name"]) == (cup["id"], cup["name"])
    assert (snapshot["source"], snapshot["round_names"]) == ("results", ["round_1", "round_2"])
    assert snapshot["extras"] == {
        name: table[name]
        for name in (
            *("after", "complete", "stage", "label", "cut", "games_left", "chain", "lobbies"),
            "stages",
        )
    }
    assert [list(entry) for entry in snapshot["entries"]] == [ENTRY] * 8
    assert [
        (entry["player_name"], entry["standing_rank"], entry["total_points"], entry["round_scores"])
        for entry in snapshot["entries"]
    ] == [
        (row["player_name"], row["rank"], row["total_points"], row["round_scores"])
        for row in table["standings"]
    ]
    assert [entry["extras"] for entry in snapshot["entries"]] == [
        {
            name: value
            for name, value in row.items()
            if name not in {"rank", "player_name", "total_points", "round_scores"}
        }
        for row in table["standings"]
    ]
    assert {"participant_id", "tied", "status", "explanation"} <= snapshot["entries"][0][
        "extras"
    ].keys()


def test_the_latest_snapshot_is_that_of_the_newest_result(cup, api, stranger):
    query = {"tournament_id": cup["id"]}
    first = stranger.get("/api/v1/scoreboard/latest", params=query).json()

    table = enter(api, cup, "1.3", NAMES)

    second = stranger.get("/api/v1/scoreboard/latest", params=query).json()
    assert first["id"] == cup["table"]["snapshot_id"]
    assert second["id"] == table["snapshot_id"]
    assert stranger.get(f"/api/v1/scoreboard/{first['id']}").json() == first


def test_snapshots_are_listed_without_entries(cup, stranger):
    query = {"tournament_id": cup["id"]}

    listed = stranger.get("/api/v1/scoreboard/snapshots", params=query).json()
    page = stranger.get("/api/v1/scoreboard/snapshots", params=query | {"skip": 1, "limit": 1})

    assert [list(snapshot) for snapshot in listed] == [[*SNAPSHOT, "entry_count"]] * 2
    assert [snapshot["entry_count"] for snapshot in listed] == [8, 8]
    assert listed[0]["id"] == cup["table"]["snapshot_id"] > listed[1]["id"]
    assert page.json() == listed[1:]


def test_who_has_the_newest_list_gets_304(cup, stranger):
    path = f"/api/v1/scoreboard/snapshots?tournament_id={cup['id']}"
    full = stranger.get(path)

    same = stranger.get(path, headers={"If-None-Match": full.headers["ETag"]})
    other = stranger.get(f"{path}&limit=1", headers={"If-None-Match": '"0"'})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert parsedate_to_datetime(full.headers["Last-Modified"])


@pytest.mark.parametrize("latest", [True, False], ids=["latest", "by id"])
def test_who_has_the_newest_snapshot_gets_304(latest, cup, stranger):
    number = cup["table"]["snapshot_id"]
    path = f"latest?tournament_id={cup['id']}" if latest else str(number)
    path = f"/api/v1/scoreboard/{path}"

    full = stranger.get(path)
    by_tag = stranger.get(path, headers={"If-None-Match": full.headers["ETag"]})
    other_tag = stranger.get(path, headers={"If-None-Match": '"0"'})

    modified = parsedate_to_datetime(full.headers["Last-Modified"])
    assert full.headers["ETag"] == f'"{number}"'
    assert full.json()["updated_at"].startswith(modified.strftime("%Y-%m-%dT%H:%M:%S"))
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert other_tag.status_code == 200
    earlier = {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert stranger.get(path, headers=earlier).status_code == 200


def test_a_snapshot_is_not_modified_since_it_was_made(cup, stranger):
    path = f"/api/v1/scoreboard/{cup['table']['snapshot_id']}"
    made = stranger.get(path).headers["Last-Modified"]

    assert stranger.get(path, headers={"If-Modified-Since": made}).status_code == 304


def test_two_results_within_one_second_are_two_for_who_asks_by_time(cup, api, stranger, server):
    path = f"/api/v1/scoreboard/latest?tournament_id={cup['id']}"
    newest = cup["table"]["snapshot_id"]
    for number, moment in ((newest - 1, "20:00:00.2"), (newest, "20:00:00.8")):
        rows(
            server,
            "UPDATE tournaments_scoreboardsnapshot SET updated_at = %s WHERE id = %s",
            f"2026-05-01 {moment}",
            number,
        )
    headers = {"If-Modified-Since": "Fri, 01 May 2026 20:00:00 GMT"}

    assert stranger.get(path, headers=headers).json()["id"] == newest


def test_a_refresh_publishes_what_the_results_say_now(cup, api, server):
    rows(
        server,
        "UPDATE tournaments_participant SET name = %s WHERE tournament_id = %s AND name = %s",
        "Renamed",
        cup["id"],
        NAMES[0],
    )
    before = logbook.head(server)

    answer = api.post("/api/v1/scoreboard/refresh", json={"tournament_id": cup["id"]})

    snapshot = answer.json()
    [told] = logbook.entries(server, after=before)
    assert (answer.status_code, snapshot["source"]) == (200, "refresh")
    assert list(snapshot) == [*SNAPSHOT, "entries"]
    assert snapshot["id"] > cup["table"]["snapshot_id"]
    assert "Renamed" in {entry["player_name"] for entry in snapshot["entries"]}
    assert (told.name, told.payload["snapshot_id"]) == ("standings.published", snapshot["id"])
    assert audited(server, "standings.republished")[-1][1:] == ("tournament", cup["id"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"tournament_id": None}, 400),
        ({"tournament_id": "1"}, 400),
        ({"tournament_id": 0}, 400),
        ({"tournament_id": 2**40}, 404),
    ],
)
def test_what_cannot_be_refreshed_is_refused(body, status, api, viewer):
    assert api.post("/api/v1/scoreboard/refresh", json=body).status_code == status
    assert viewer.post("/api/v1/scoreboard/refresh", json=body).status_code == 403


def test_unknown_snapshots_are_not_there(stranger):
    for number in (2**40, 0, "x"):
        assert stranger.get(f"/api/v1/scoreboard/{number}").status_code == 404
    answer = stranger.get(f"/api/v1/scoreboard/{2**40}")
    assert answer.json()["code"] == "snapshot_not_found"


def test_standings_over_64_kib_are_named_and_not_told(api, server, stranger):
    cup = new_lobby(api, players=2)
    rows(
        server,
        "UPDATE tournaments_tournament SET max_participants = 400 WHERE id = %s",
        cup["id"],
    )
    rows(
        server,
        "INSERT INTO tournaments_participant (tournament_id, name, aliases, riot_id) "
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 398) "
        "SELECT %s, 'A rather long name of somebody, number ' || n, '[]', '' FROM counted",
        cup["id"],
    )
    graphic = api.new_graphic(tournament_id=cup["id"])

    table = enter(api, cup, "1.1", cup["names"])

    told = logbook.entries(server, logbook.overlay(graphic["id"]))[-1]
    assert (told.name, told.public["standings"]) == ("standings.published", None)
    assert told.public["snapshot_id"] == told.payload["snapshot_id"] == table["snapshot_id"]
    fetched = stranger.get(f"/api/v1/scoreboard/{table['snapshot_id']}").json()
    assert len(fetched["entries"]) == len(table["standings"]) == 400
    assert path_of(cup).endswith(str(fetched["tournament_id"]))
