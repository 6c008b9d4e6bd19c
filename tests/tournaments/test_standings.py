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
    "chain",
    "round_names",
    "lobbies",
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
