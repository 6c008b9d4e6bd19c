"""Stages on air: as real events went, and while they are played."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests.e2e.bound_pictures import SHOWN, drawn, element
from tests.e2e.picture import await_state
from tests.e2e.test_overlay_page import NO_WEBSOCKETS
from tests.support.api import Api
from tests.support.rows import rows, value
from tests.support.server import RunningServer
from tests.tournaments.deeds import enter, new_lobby, path_of
from tests.tournaments.event_files import CUP

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.parametrize("server", ["sqlite"], indirect=True),
]

WITHIN_MS = 60_000
IS_SHOWN = f"(expected) => JSON.stringify(({SHOWN})()) === JSON.stringify(expected)"
ELEMENTS = [
    element("groups", "players", stage=1),
    element("group points", "scores", stage=1),
    element("finals", "players", stage=2),
    element("final points", "scores", stage=2),
    element("below", "players", rows="5-6"),
    element("newest", "scores", roundId="last", rows="1-4"),
    element("statuses", "statuses", rows="1-5"),
    element("stage", "text", bind="standings.stage"),
    element("first", "text", bind="standings.leader", stage=1),
    element("status", "text", bind="tournament.status"),
]


@pytest.fixture(scope="module")
def cup(server: RunningServer, _administrator: Api, tmp_path_factory: Any) -> dict[str, Any]:
    """128 players on three days: the standings now, and as each of the first two days ended."""
    event = json.loads(CUP.read_text(encoding="utf-8"))
    event["name"] = f"Cup {uuid.uuid4()}"
    path: Path = tmp_path_factory.mktemp("event") / "cup.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    server.manage("import_event", str(path))
    query = {"search": event["name"]}
    [found] = _administrator.get("/api/v1/tournaments", params=query).json()["tournaments"]
    address = f"{path_of(found)}/standings"
    now = _administrator.get(address)
    ends = {day: _administrator.get(address, params={"after": f"{day}.6"}).json() for day in (1, 2)}
    return {"now": now.json(), "bytes": len(now.content), 1: ends[1], 2: ends[2]}


def test_128_players_on_three_days_stay_well_below_64_kib(
    server: RunningServer, cup: dict[str, Any]
):
    assert len(cup["now"]["standings"]) == 128
    assert cup["bytes"] < 60_000


@pytest.mark.parametrize(("stage", "players"), [(1, 128), (2, 64)])
def test_a_stage_that_is_over_shows_how_it_ended(
    stage: int, players: int, server: RunningServer, cup: dict[str, Any], page: Page
):
    page.goto(f"{server.http_url}/overlay/nobody")
    shown = drawn(
        page,
        element("names", "players", stage=stage),
        element("ranks", "placements", stage=stage),
        element("points", "scores", stage=stage),
        element("last", "scores", stage=stage, roundId="last"),
        element("third", "scores", stage=stage, game=3),
        element("moving", "scores", stage=stage, game=2, games=4),
        element("heading", "text", stage=stage, game=2, games=4, content="G"),
        element("name", "text", stage=stage, bind="standings.stage"),
        element("leader", "text", stage=stage, bind="standings.leader"),
        standings=cup["now"],
    )

    table = cup[stage]["standings"][:players]
    rounds = cup[stage]["round_names"][-6:]

    def points_of(round_name: str) -> list[str]:
        return [str(row["round_scores"].get(round_name, "")) for row in table]

    assert shown["names"] == [row["player_name"] for row in table]
    assert shown["ranks"] == [str(row["rank"]) for row in table]
    assert shown["points"] == [str(row["total_points"]) for row in table]
    assert shown["last"] == points_of(rounds[5])
    assert shown["third"] == points_of(rounds[2])
    assert shown["moving"] == points_of(rounds[3])
    assert shown["heading"] == ["G4"]
    assert shown["name"] == [f"Day {stage}"]
    assert shown["leader"] == [table[0]["player_name"]]


def test_the_stage_in_play_shows_the_present_standing_of_those_who_are_in_it(
    server: RunningServer, cup: dict[str, Any], page: Page
):
    lists = [
        element(kind, kind, stage=3) for kind in ("players", "placements", "scores", "changes")
    ]
    plain = [{**one, "id": f"plain {one['id']}", "stage": None, "rows": "1-32"} for one in lists]

    page.goto(f"{server.http_url}/overlay/nobody")
    shown = drawn(page, *lists, *plain, standings=cup["now"])

    for one in lists:
        assert len(shown[one["id"]]) == 32
        assert shown[one["id"]] == shown[f"plain {one['id']}"]


def new_cup(api: Api) -> dict[str, Any]:
    """Eight players, of whom four go on after the first of two days."""
    tournament = new_lobby(api)
    stages = [
        {"name": "Groups", "days": [1], "cuts": [{"day": 1, "game": None, "to": 4}], "games": 1},
        {"name": "Finals", "days": [2], "games": 1},
    ]
    answer = api.put(f"{path_of(tournament)}/format", json={"stages": stages})
    assert answer.status_code == 200, answer.text
    return tournament


def on_air(page: Page, server: RunningServer, api: Api, tournament: dict[str, Any]) -> None:
    document = {"background": None, "elements": ELEMENTS}
    graphic = api.new_graphic(data_json=document, tournament_id=tournament["id"])
    page.goto(f"{server.http_url}/overlay/{graphic['id']}")


def await_shown(page: Page, **expected: list[str]) -> None:
    whole = {one["id"]: expected[one["id"].replace(" ", "_")] for one in ELEMENTS}
    try:
        page.wait_for_function(IS_SHOWN, arg=whole, timeout=WITHIN_MS)
    except Error:
        assert page.evaluate(SHOWN) == whole
        raise


def test_a_stage_stays_on_air_as_it_ended_while_the_next_one_is_played(
    server: RunningServer, api: Api, page: Page
):
    tournament = new_cup(api)
    names = tournament["names"]
    on_air(page, server, api, tournament)
    await_state(page, "live", within_ms=WITHIN_MS)

    enter(api, tournament, "1.1", names)
    groups = {
        "groups": names,
        "group_points": ["8", "7", "6", "5", "4", "3", "2", "1"],
        "first": ["Player 1"],
        "status": ["Draft"],
    }
    await_shown(
        page,
        **groups,
        finals=[],
        final_points=[],
        below=["Player 5", "Player 6"],
        newest=["8", "7", "6", "5"],
        statuses=["Through"] * 4 + ["Eliminated"],
        stage=["Groups"],
    )

    enter(api, tournament, "2.1", names[3::-1])
    finals = {
        "finals": names[3::-1],
        "final_points": ["8", "7", "6", "5"],
        "below": ["Player 5", "Player 6"],
        "newest": ["8", "7", "6", "5"],
        "statuses": [""] * 4 + ["Eliminated"],
        "stage": ["Finals"],
    }
    await_shown(page, **groups, **finals)

    api.patch(path_of(tournament), json={"status": "in_progress"})
    await_shown(page, **groups | {"status": ["In progress"]}, **finals)


def forget_stages(server: RunningServer, snapshot_id: int) -> None:
    """Make a snapshot such as it was stored before standings told of stages."""
    for column in ("document", "extras"):
        read = f"SELECT {column} FROM tournaments_scoreboardsnapshot WHERE id = %s"  # noqa: S608
        write = f"UPDATE tournaments_scoreboardsnapshot SET {column} = %s WHERE id = %s"  # noqa: S608
        older = json.loads(value(server, read, snapshot_id))
        del older["stages"]
        rows(server, write, json.dumps(older), snapshot_id)


@pytest.mark.parametrize("road", ["socket", "polling"])
def test_standings_of_before_they_told_of_stages_are_drawn(
    road: str, server: RunningServer, api: Api, page: Page
):
    """What is missing in a snapshot that an older server has published is empty."""
    tournament = new_cup(api)
    names = tournament["names"]
    published = enter(api, tournament, "1.1", names)
    forget_stages(server, published["snapshot_id"])
    if road == "polling":
        page.add_init_script(NO_WEBSOCKETS)
    on_air(page, server, api, tournament)
    await_state(page, "live" if road == "socket" else "polling", within_ms=WITHIN_MS)

    await_shown(
        page,
        groups=names,  # the stage in play
        group_points=["8", "7", "6", "5", "4", "3", "2", "1"],
        finals=[],
        final_points=[],
        below=["Player 5", "Player 6"],
        newest=["8", "7", "6", "5"],
        statuses=["Through"] * 4 + ["Eliminated"],
        stage=["Groups"],
        first=["Player 1"],
        status=["Draft"] if road == "socket" else [""],
    )
    assert api.get(f"{path_of(tournament)}/standings").json() == {
        name: shown for name, shown in published.items() if name != "stages"
    }
