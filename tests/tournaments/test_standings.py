"""GET /tournaments/{id}/standings: now, and after any game."""

import pytest

from tests.support.rows import rows
from tests.tournaments.deeds import enter, new_lobby, path_of

NAMES = [f"Player {number}" for number in range(1, 9)]
MEMBERS = [
    "tournament_id",
    "snapshot_id",
    "after",
    "complete",
    "stage",
    "label",
    "cut",
    "games_left",
    "chain",
    "round_names",
    "lobbies",
    "stages",
    "standings",
]
ROW = [
    "rank",
    "tied",
    "participant_id",
    "player_name",
    "total_points",
    "event_points",
    "round_scores",
    "rank_change",
    "status",
    "explanation",
    "points_to_cut",
    "max_points",
    "clinched",
    "eliminated",
    "needed_place",
]


@pytest.fixture
def cup(api) -> dict:
    return new_lobby(api)


def standings(api, cup: dict, after: str | None = None) -> dict:
    answer = api.get(f"{path_of(cup)}/standings", params={"after": after} if after else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ranks(table: dict) -> dict[str, int]:
    return {row["player_name"]: row["rank"] for row in table["standings"]}


def test_before_the_first_game_all_share_the_first_rank(cup, api):
    table = standings(api, cup)

    assert list(table) == MEMBERS
    assert [list(row) for row in table["standings"]] == [ROW] * 8
    assert (table["tournament_id"], table["snapshot_id"], table["after"]) == (cup["id"], None, None)
    assert (table["stage"], table["cut"], table["lobbies"]) == (None, None, [])
    assert {(row["rank"], row["tied"], row["total_points"]) for row in table["standings"]} == {
        (1, True, 0)
    }
    assert [row["player_name"] for row in table["standings"]] == sorted(NAMES)


def test_a_tournament_without_players_has_empty_standings(api):
    assert standings(api, api.new_tournament())["standings"] == []


def test_the_standings_say_what_ordered_them(cup, api):
    table = enter(api, cup, "1.1", NAMES)

    assert list(table) == MEMBERS
    assert table["chain"] == api.get(path_of(cup)).json()["tie_chain"]
    assert table["stage"] == {"number": 1, "name": "Day 1", "kind": "points", "threshold": None}
    assert table["round_names"] == ["round_1"]
    assert [(lobby["game"], lobby["lobby"]) for lobby in table["lobbies"]] == [("1.1", 1)]
    assert isinstance(table["snapshot_id"], int)


def test_ranks_move_and_say_by_how_much(cup, api):
    first = enter(api, cup, "1.1", NAMES)
    second = enter(api, cup, "1.2", [NAMES[7], *NAMES[:7]])

    moves = {row["player_name"]: row["rank_change"] for row in second["standings"]}
    assert {row["rank_change"] for row in first["standings"]} == {None}
    assert moves == {name: ranks(first)[name] - ranks(second)[name] for name in NAMES}
    assert moves[NAMES[7]] > 0


def test_after_a_game_the_standings_are_those_of_that_moment(cup, api):
    tables = {}
    for number, order in enumerate((NAMES, NAMES[::-1], [*NAMES[4:], *NAMES[:4]]), start=1):
        tables[f"1.{number}"] = enter(api, cup, f"1.{number}", order)

    for ref, then in tables.items():
        now = standings(api, cup, ref)
        assert (now.pop("snapshot_id"), now["after"]) == (None, ref)
        del then["snapshot_id"]
        assert now == then
    assert standings(api, cup, "9.9") == tables["1.3"] | {"snapshot_id": None}
    assert standings(api, cup, "1.3")["round_names"] == ["round_1", "round_2", "round_3"]


@pytest.mark.parametrize(
    "after", ["1", "1.", ".1", "x", "0.1", "1.0", "01.1", "1.1.1", "-1.1", " 1.1", "1.1\n"]
)
def test_after_what_is_no_game_is_refused(after, cup, api):
    answer = api.get(f"{path_of(cup)}/standings", params={"after": after})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


def test_a_shared_rank_stays_shared_until_staff_decide(cup, api, server):
    # two players who mirror each other in everything but the newest game, which is hidden here
    rows(
        server,
        "UPDATE tournaments_tournament SET tie_chain = %s WHERE id = %s",
        '["points", "manual_rank"]',
        cup["id"],
    )
    enter(api, cup, "1.1", NAMES)
    table = enter(api, cup, "1.2", [NAMES[1], NAMES[0], *NAMES[2:]])
    rows(
        server,
        "UPDATE tournaments_participant SET manual_rank = 1 WHERE tournament_id = %s AND name = %s",
        cup["id"],
        NAMES[1],
    )
    decided = standings(api, cup, "1.2")

    shared = [(row["player_name"], row["rank"], row["tied"]) for row in table["standings"][:3]]
    assert shared == [(NAMES[0], 1, True), (NAMES[1], 1, True), (NAMES[2], 3, False)]
    assert [(row["player_name"], row["rank"], row["tied"]) for row in decided["standings"][:2]] == [
        (NAMES[1], 1, False),
        (NAMES[0], 2, False),
    ]


def test_a_published_standing_still_explains_itself_after_the_rules_changed(cup, api, server):
    published = enter(api, cup, "1.1", NAMES)
    rows(
        server,
        "UPDATE tournaments_tournament SET tie_chain = %s WHERE id = %s",
        '["points"]',
        cup["id"],
    )

    assert standings(api, cup) == published
    assert standings(api, cup, "1.1")["chain"] == ["points"]
    kept = api.get(f"/api/v1/scoreboard/{published['snapshot_id']}").json()
    assert kept["extras"]["chain"] == published["chain"]


def test_unknown_tournaments_have_no_standings(api):
    for query in ({}, {"after": "1.1"}):
        answer = api.get(f"/api/v1/tournaments/{2**40}/standings", params=query)
        assert answer.status_code == 404


def test_rows_say_why_they_stand_there_and_what_may_still_happen(cup, api, server):
    """Four go on after game 2; the games of a day are not known beyond that."""
    cuts = '[{"day": 1, "game": 2, "to": 4}]'
    stage = "UPDATE tournaments_stage SET cuts = %s WHERE tournament_id = %s"
    rows(server, stage, cuts, cup["id"])

    first = enter(api, cup, "1.1", NAMES)
    second = enter(api, cup, "1.2", NAMES)
    third = enter(api, cup, "1.3", NAMES[:4])

    assert (first["cut"], first["games_left"]) == (4, 1)
    shown = [
        (row["points_to_cut"], row["max_points"], row["clinched"], row["eliminated"])
        for row in first["standings"]
    ]
    assert shown[0] == (4, 16, False, False)
    assert shown[7] == (-4, 9, False, False)
    assert [row["needed_place"] for row in first["standings"]] == [4, 3, 2, 1, *[None] * 4]
    assert first["standings"][0]["explanation"] == "ahead on points, 8 to 7"
    assert first["standings"][7]["explanation"] is None
    assert second["games_left"] == 0
    assert [row["clinched"] for row in second["standings"]] == [True] * 4 + [False] * 4
    assert [row["eliminated"] for row in second["standings"]] == [False] * 4 + [True] * 4
    assert (third["cut"], third["games_left"]) == (None, None)
    assert third["standings"][3]["explanation"] == "went further than the next"
    assert {row["max_points"] for row in third["standings"]} == {None}
    rows(server, "UPDATE tournaments_stage SET games_a_day = 4 WHERE tournament_id = %s", cup["id"])
    known = standings(api, cup, after="1.3")
    assert known["games_left"] == 1
    assert [row["max_points"] for row in known["standings"]] == [32, 29, 26, 23, *[None] * 4]
    assert standings(api, cup, after="1.1") == first | {"snapshot_id": None}


def test_a_correction_that_is_taken_back_gives_the_identical_standings(cup, api):
    enter(api, cup, "1.1", NAMES)
    before = enter(api, cup, "1.2", NAMES[::-1])

    between = enter(api, cup, "1.1", NAMES[4:] + NAMES[:4])
    after = enter(api, cup, "1.1", NAMES)

    assert between["standings"] != before["standings"]
    assert after | {"snapshot_id": None} == before | {"snapshot_id": None}
