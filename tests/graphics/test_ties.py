"""Graphics that show a tournament: tied, moved, and what their overlays hear of it."""

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.events import logbook
from tests.graphics.deeds import archive, path_of
from tests.support.rows import audited, connect, execute, rows
from tests.support.threads import at_once
from tests.tournaments.deeds import enter, new_lobby

LOCK_TOURNAMENT = "SELECT id FROM tournaments_tournament WHERE id = %s FOR UPDATE"
# While somebody ties a graphic to it, which looks at it but does not change it.
LOCK_TIED_TOURNAMENT = "SELECT id FROM tournaments_tournament WHERE id = %s FOR NO KEY UPDATE"


def told(server, graphic: dict, *, after: int = 0) -> list[logbook.Entry]:
    return logbook.entries(server, logbook.overlay(graphic["id"]), after=after)


def put(api, graphic: dict, **fields) -> dict:
    answer = api.put(path_of(graphic), json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextlib.contextmanager
def locked(server, tournament: dict, lock: str = LOCK_TOURNAMENT) -> Iterator[None]:
    """The tournament's row, held as a service holds it."""
    with contextlib.closing(connect(server)) as connection:
        if server.environment["DATABASE_URL"].startswith("sqlite"):
            execute(connection, "BEGIN IMMEDIATE")
        else:
            execute(connection, "BEGIN")
            execute(connection, lock, [tournament["id"]])
        yield
        execute(connection, "ROLLBACK")


@pytest.fixture
def cup(api) -> dict:
    """A tournament of one lobby with a result."""
    tournament = new_lobby(api)
    enter(api, tournament, "1.1", tournament["names"])
    return tournament


def test_a_tied_graphic_says_so_and_a_detached_one_too(cup, api):
    graphic = api.new_graphic(tournament_id=cup["id"])

    moved = put(api, graphic, tournament_id=0)

    assert (graphic["tournament_id"], moved["tournament_id"]) == (cup["id"], None)
    assert moved["version"] == 2
    assert put(api, graphic, tournament_id=cup["id"])["version"] == 3


def test_null_leaves_the_tie(cup, api):
    graphic = api.new_graphic(tournament_id=cup["id"])

    assert put(api, graphic, tournament_id=None, title="New")["tournament_id"] == cup["id"]


def test_an_overlay_that_moves_is_told_the_graphic_and_then_the_standings(cup, api, server):
    graphic = api.new_graphic()

    put(api, graphic, tournament_id=cup["id"])

    changed, shown = told(server, graphic, after=1)
    published = api.get(f"/api/v1/tournaments/{cup['id']}/standings").json()
    assert changed.public["graphic"]["tournament_id"] == cup["id"]
    assert changed.public["tournament"]["name"] == cup["name"]
    assert (shown.type, shown.public["action"]) == ("standings_update", "published")
    assert shown.public["tournament_id"] == cup["id"]
    assert shown.public["snapshot_id"] == published["snapshot_id"]
    assert shown.public["standings"] == published


def test_an_overlay_that_leaves_has_no_standings_any_more(cup, api, server):
    graphic = api.new_graphic(tournament_id=cup["id"])
    seen = len(told(server, graphic))

    put(api, graphic, tournament_id=0)

    changed, shown = told(server, graphic, after=seen)
    assert (changed.public["graphic"]["tournament_id"], changed.public["tournament"]) == (
        None,
        None,
    )
    assert shown.public == {
        "action": "published",
        "tournament_id": None,
        "snapshot_id": None,
        "standings": None,
    }


def test_a_tournament_without_results_has_no_standings_to_show(api, server):
    tournament = api.new_tournament()
    graphic = api.new_graphic(tournament_id=tournament["id"])

    created, shown = told(server, graphic)

    assert created.public["tournament"]["id"] == tournament["id"]
    assert shown.public["tournament_id"] == tournament["id"]
    assert (shown.public["snapshot_id"], shown.public["standings"]) == (None, None)


def test_an_overlay_learns_nothing_of_a_tournament_but_what_is_public(api, server):
    tournament = api.new_tournament(description="do not tell")
    graphic = api.new_graphic(tournament_id=tournament["id"])
    api.put(f"/api/v1/tournaments/{tournament['id']}", json={"description": "nor this"})

    for entry in told(server, graphic):
        assert "tell" not in str(entry.public)
        assert "nor this" not in str(entry.public)
    updated = told(server, graphic)[-1]
    assert updated.name == "tournament.updated"
    assert set(updated.public["tournament"]) == {
        "id",
        "name",
        "status",
        "max_participants",
        "current_participants",
        "start_date",
        "end_date",
    }
    assert updated.payload["tournament"]["description"] == "nor this"


def test_results_reach_the_overlays_of_their_tournament_and_no_others(cup, api, server):
    mine, other = api.new_graphic(tournament_id=cup["id"]), api.new_graphic()
    gone = api.new_graphic(tournament_id=cup["id"])
    put(api, gone, tournament_id=0)
    before = {graphic["id"]: len(told(server, graphic)) for graphic in (mine, other, gone)}

    enter(api, cup, "1.2", cup["names"][::-1])

    heard = {
        graphic["id"]: [entry.name for entry in told(server, graphic, after=before[graphic["id"]])]
        for graphic in (mine, other, gone)
    }
    assert heard == {mine["id"]: ["standings.published"], other["id"]: [], gone["id"]: []}


def test_leaving_waits_for_whoever_publishes_for_the_old_tournament(cup, api):
    graphic = api.new_graphic(tournament_id=cup["id"])

    with ThreadPoolExecutor(max_workers=1) as threads:
        with locked(api.server, cup):
            leaving = threads.submit(put, api, graphic, tournament_id=0)
            with pytest.raises(TimeoutError):
                leaving.result(timeout=0.4)
        assert leaving.result(timeout=10)["tournament_id"] is None


@pytest.mark.parametrize(
    "server", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_save_that_does_not_move_waits_for_no_tournament(cup, api):
    graphic = api.new_graphic(tournament_id=cup["id"])

    with locked(api.server, cup):
        saved = put(api, graphic, title="New", tournament_id=cup["id"])

    assert saved["version"] == 2


def leave(api, graphic: dict) -> None:
    put(api, graphic, tournament_id=0)


def restore(api, graphic: dict) -> None:
    answer = api.post(f"/api/v1/archive/{graphic['id']}/restore")
    assert answer.status_code == 200, answer.text


def bring_back(api, graphic: dict) -> None:
    answer = api.post(f"{path_of(graphic)}/revisions/1/restore")
    assert answer.status_code == 200, answer.text


def await_waiting(connection) -> None:
    """Somebody waits for a row that ``connection`` holds."""
    for _ in range(200):
        [(waiting,)] = execute(
            connection,
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND pg_backend_pid() = ANY(pg_blocking_pids(pid))",
        )
        if waiting:
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits for the graphic")


@pytest.mark.parametrize(
    "server", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
@pytest.mark.parametrize("deed", [leave, restore, bring_back])
def test_a_tie_that_changes_before_the_lock_is_looked_at_again(deed, cup, api, server):
    """Who reads the old tie, waits for the graphic and finds another waits for that one too."""
    other = new_lobby(api)
    graphic = api.new_graphic(tournament_id=0 if deed is bring_back else cup["id"])
    if deed is bring_back:
        put(api, graphic, tournament_id=cup["id"])
    if deed is restore:
        archive(server, graphic)

    with (
        ThreadPoolExecutor(max_workers=1) as threads,
        contextlib.closing(connect(server)) as somebody,
    ):
        execute(somebody, "BEGIN")
        row = "SELECT id FROM graphics_graphic WHERE id = %s FOR UPDATE"
        execute(somebody, row, [graphic["id"]])
        doing = threads.submit(deed, api, graphic)
        await_waiting(somebody)
        tie = "UPDATE graphics_graphic SET tournament_id = %s WHERE id = %s"
        execute(somebody, tie, [other["id"], graphic["id"]])
        with locked(server, other, LOCK_TIED_TOURNAMENT):
            execute(somebody, "COMMIT")
            with pytest.raises(TimeoutError):
                doing.result(timeout=0.4)
        doing.result(timeout=20)

    tied = api.get(path_of(graphic)).json()["tournament_id"]
    assert tied == (other["id"] if deed is restore else None)


def test_whoever_wins_a_race_of_moves_and_results_the_overlay_ends_right(api, server):
    cups = [new_lobby(api) for _ in range(2)]
    graphic = api.new_graphic()
    ties = [cups[0]["id"], cups[1]["id"], 0]

    def move() -> None:
        for turn in range(8):
            put(api, graphic, tournament_id=ties[turn % 3])

    def play(cup: dict) -> None:
        for turn in range(6):
            enter(api, cup, "1.1", cup["names"][turn:] + cup["names"][:turn])

    at_once([move, lambda: play(cups[0]), lambda: play(cups[1])])

    shown = api.get(path_of(graphic)).json()
    heard = told(server, graphic)
    last = [entry for entry in heard if entry.type == "standings_update"][-1].public
    assert [entry.seq for entry in heard] == list(range(1, len(heard) + 1))
    assert last["tournament_id"] == shown["tournament_id"] == cups[1]["id"]
    newest = api.get(f"/api/v1/tournaments/{cups[1]['id']}/standings").json()
    assert last["standings"] == newest


def test_deleting_a_tournament_is_a_change_of_its_graphics(cup, api, stranger, server):
    live, archived = (api.new_graphic(tournament_id=cup["id"]) for _ in range(2))
    archive(server, archived)
    seen, kept = len(told(server, live)), len(told(server, archived))

    assert api.delete(f"/api/v1/tournaments/{cup['id']}").status_code == 200

    changed, shown = told(server, live, after=seen)
    assert (changed.public["version"], changed.public["graphic"]["tournament_id"]) == (2, None)
    assert shown.public["standings"] is None
    assert len(told(server, archived)) == kept
    view = stranger.get(f"{path_of(live)}/view", headers={"If-None-Match": '"1"'})
    assert (view.status_code, view.json()["tournament_id"]) == (200, None)
    for graphic in (live, archived):
        now = api.get(path_of(graphic)).json()
        assert (now["version"], now["tournament_id"]) == (2, None)
        [(versions,)] = rows(
            server,
            "SELECT count(*) FROM graphics_graphicrevision WHERE graphic_id = %s",
            graphic["id"],
        )
        assert versions == 2
    assert audited(server, "tournament.deleted")[-1] == ("dashboard_user", "tournament", cup["id"])
