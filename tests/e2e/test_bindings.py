"""What elements of a canvas are bound to, drawn by the page from pictures made by hand."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.bound_pictures import (
    BARE,
    BEFORE,
    FINAL,
    NOTHING,
    OLD,
    PICTURE,
    STANDINGS,
    says,
)
from tests.support import frames
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FOLD = """
async (state) => {
  const { Fold } = await import("/static/graphics/overlay/fold.js");
  const fold = new Fold();
  fold.establish({ epoch: "e", recovered: false });
  fold.take({ type: "snapshot", seq: 1, data: state });
  const polled = [];
  for (const tournament of [{ id: 1, name: "Renamed" }, { id: 1 }, { id: 2, name: "Other" }]) {
    fold.replace({ ...state, tournament });
    polled.push(fold.picture.tournament);
  }
  return polled;
}
"""
on_one_engine = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
def blank(server: RunningServer, page: Page) -> Page:
    """The overlay page with nothing on it."""
    page.goto(f"{server.http_url}/overlay/nobody")
    return page


@pytest.mark.parametrize("picture", [PICTURE, OLD, BEFORE, FINAL])
def test_pictures_made_by_hand_are_such_as_the_server_may_send(picture: dict[str, Any]):
    published = {"tournament_id": 1, "snapshot_id": 1, "standings": picture["standings"]}
    envelope = {"stream": "overlay.1", "seq": 1, "timestamp": "2026-11-22T20:05:54.518409Z"}
    frames.check(
        {"type": "standings_update", "data": {"action": "published", **published}, **envelope},
        "overlay",
    )


ROWS = [
    ({"rows": "2-3"}, ["P2", "P3"]),
    ({"rows": "2"}, ["P2"]),
    ({"rows": 2}, ["P2"]),
    ({"rows": "4-"}, ["P4", "P5"]),
    ({"rows": "4-400"}, ["P4", "P5"]),
    ({"rows": "5-5"}, ["P5"]),
    ({"rows": "6-9"}, []),
    ({"rows": "2-3", "offset": 4, "previewCount": 1}, ["P2", "P3"]),
    ({"rows": None, "offset": 3}, ["P4", "P5"]),
    ({"rows": "", "previewCount": 1}, ["P1"]),
    ({"rows": "1-2", "stage": 1}, ["P3", "P1"]),
    ({"rows": "4-", "stage": 2}, ["P4"]),
    ({"rows": "2-", "source": "lobby"}, ["P2", "P4"]),
    # stored before anybody judged it
    ({"rows": "9-3"}, []),
    ({"rows": "x", "previewCount": 3}, []),
    ({"rows": "0-2"}, []),
    ({"rows": "-2"}, []),
    ({"rows": {"from": 1}}, []),
    ({"rows": True}, []),
]


@on_one_engine
def test_rows_are_a_range_of_the_order(blank: Page):
    for fields, expected in ROWS:
        assert (fields, says(blank, "players", PICTURE, **fields)) == (fields, expected)


LISTS = [
    ("scores", {"roundId": "last"}, PICTURE, ["11", "10", "", "8", "7"]),
    ("scores", {"roundId": "last"}, BEFORE, ["", ""]),
    ("scores", {"roundId": "last"}, BARE, [""]),
    ("scores", {"roundId": "last", "source": "lobby"}, PICTURE, ["11", "10", "8"]),
    ("scores", {"stage": 1}, PICTURE, ["8", "8", "8", "8", "8"]),
    ("placements", {"stage": 1}, PICTURE, ["1", "2", "2", "4", "5"]),
    ("players", {"stage": 1}, PICTURE, ["P3", "P1", "P2", "P4", "P5"]),
    ("changes", {"stage": 1}, PICTURE, [""] * 5),
    ("statuses", {"stage": 1}, PICTURE, [""] * 5),
    ("scores", {"stage": 1, "value": "points_to_cut"}, PICTURE, [""] * 5),
    ("scores", {"stage": 1, "value": "event_points"}, PICTURE, ["37", "39", "38", "36", "35"]),
    ("players", {"stage": 2}, PICTURE, ["P1", "P2", "P3", "P4"]),
    ("scores", {"stage": 2, "game": 1}, PICTURE, ["11", "10", "", "8"]),
    ("players", {"stage": "2"}, PICTURE, ["P1", "P2", "P3", "P4"]),
    ("players", {"stage": 3}, PICTURE, []),
    ("players", {"stage": 99}, PICTURE, []),
    ("players", {"stage": "x"}, PICTURE, ["P1", "P2", "P3", "P4", "P5"]),
    ("players", {"stage": 1}, OLD, []),
    ("players", {"stage": 2}, OLD, ["P1", "P2", "P3", "P4", "P5"]),
    ("players", {"stage": 1}, BEFORE, []),
    ("players", {}, BEFORE, ["P1", "P2"]),
    ("placements", {}, BEFORE, ["", ""]),
    ("statuses", {}, PICTURE, ["Through", "", "", "Eliminated", "Eliminated"]),
    ("statuses", {}, FINAL, ["Champion", "In check"]),
    ("statuses", {}, BARE, [""]),
    ("players", {"source": "lobby"}, PICTURE, ["P1", "P2", "P4"]),
    ("players", {"source": "lobby", "orderBy": "seat"}, PICTURE, ["P4", "P1", "P2"]),
    ("players", {"orderBy": "seat", "rows": "1-2"}, PICTURE, ["P1", "P2"]),
    ("players", {"source": "lobby", "stage": 1}, PICTURE, ["P1", "P2", "P4"]),
    ("players", {"source": "lobby", "lobby": 2}, PICTURE, []),
    ("players", {"source": "lobby"}, BARE, []),
    ("scores", {"value": "points_to_cut"}, PICTURE, ["+2", "+1", "0", "-1", ""]),
    ("scores", {"value": "max_points"}, PICTURE, ["27", "26", "25", "24", ""]),
    ("scores", {"value": "needed_place"}, PICTURE, ["", "4", "", "", ""]),
    ("scores", {"value": "event_points"}, PICTURE, ["39", "38", "37", "36", "35"]),
    ("scores", {"value": "points"}, PICTURE, ["19", "18", "17", "16", "15"]),
    ("scores", {"value": "event_points", "game": 1}, BARE, [""]),
    ("scores", {"value": "constructor"}, BARE, ["5"]),
    ("scores", {"roundId": "constructor"}, PICTURE, [""] * 5),
    ("scores", {"roundId": "round_9"}, PICTURE, [""] * 5),
    ("scores", {"roundId": "round_1"}, BARE, [""]),
    ("scores", {"game": 1}, BARE, [""]),
    *(
        (kind, {}, nothing, [])
        for kind in ("players", "scores", "placements", "changes", "statuses")
        for nothing in (NOTHING, {"standings": {"tournament_id": 1, "standings": []}})
    ),
]


@on_one_engine
def test_a_list_shows_what_it_is_bound_to_and_nothing_where_there_is_nothing(blank: Page):
    for kind, fields, picture, expected in LISTS:
        assert (kind, fields, says(blank, kind, picture, **fields)) == (kind, fields, expected)


TEXTS = [
    ("tournament.name", {}, PICTURE, "Cup"),
    ("tournament.status", {}, PICTURE, "In progress"),
    ("tournament.status", {}, {"tournament": {"id": 1, "status": "constructor"}}, ""),
    ("tournament.status", {}, {"tournament": {"id": 1, "name": "Polled"}}, ""),
    ("standings.stage", {}, PICTURE, "Semis"),
    ("standings.stage", {"stage": 1}, PICTURE, "Groups"),
    ("standings.stage", {"stage": 3}, PICTURE, "Final"),
    ("standings.stage", {"stage": 99}, PICTURE, ""),
    ("standings.stage", {"stage": 1}, OLD, ""),
    ("standings.leader", {}, PICTURE, "P1"),
    ("standings.leader", {"stage": 1}, PICTURE, "P3"),
    ("standings.leader", {"stage": 3}, PICTURE, ""),
    ("standings.leader", {}, BEFORE, ""),
    ("standings.label", {}, PICTURE, "After game 1"),
    ("standings.label", {"stage": 2}, PICTURE, "After game 1"),
    ("standings.label", {"stage": 1}, PICTURE, ""),
    ("standings.game", {}, PICTURE, "Game 1"),
    ("standings.game", {"stage": 1}, PICTURE, ""),
    ("standings.game", {}, BEFORE, ""),
    ("standings.games_left", {}, PICTURE, "2 games left"),
    ("standings.games_left", {}, {"standings": {**STANDINGS, "games_left": 1}}, "1 game left"),
    ("standings.games_left", {}, {"standings": {**STANDINGS, "games_left": 0}}, ""),
    ("standings.games_left", {}, FINAL, ""),
    ("standings.cut", {}, PICTURE, "Top 2"),
    ("standings.cut", {}, FINAL, ""),
    ("standings.cut_points", {}, PICTURE, "18"),
    ("standings.cut_points", {}, FINAL, ""),
    ("standings.cut_points", {}, BARE, ""),
    ("standings.threshold", {}, FINAL, "20"),
    ("standings.threshold", {}, PICTURE, ""),
    ("lobby.name", {}, PICTURE, "Lobby 1"),
    ("lobby.name", {"lobby": 2}, PICTURE, ""),
    ("lobby.name", {"stage": 1}, PICTURE, "Lobby 1"),
    ("lobby.game", {}, PICTURE, "Game 2"),
    ("lobby.game", {}, BARE, ""),
    ("standings.secret", {}, PICTURE, ""),
    ("constructor", {}, PICTURE, ""),
    ("__proto__", {}, PICTURE, ""),
]


@on_one_engine
def test_a_text_shows_the_value_and_its_content_while_there_is_none(blank: Page):
    for bind, fields, picture, expected in TEXTS:
        shown = says(blank, "text", picture, bind=bind, content="-", **fields)
        assert (bind, fields, shown) == (bind, fields, [expected or "-"])
        if expected:
            assert (bind, says(blank, "text", NOTHING, bind=bind, **fields)) == (bind, [""])


@on_one_engine
def test_polling_leaves_what_it_does_not_tell_of_a_tournament_as_it_was(blank: Page):
    graphic = {"id": 1, "title": "", "data_json": {}, "version": 1, "tournament_id": 1}

    polled = blank.evaluate(FOLD, {"graphic": graphic, **PICTURE})

    assert [one.get("status") for one in polled] == ["in_progress", "in_progress", None]
    assert [one["name"] for one in polled] == ["Renamed", "Renamed", "Other"]
