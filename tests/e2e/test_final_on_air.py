"""The main job: the final of a real event is entered game by game, and the overlay shows it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import WATCH_FOR_BLANKS, Venue
from tests.e2e.picture import await_names, await_state, names
from tests.support.api import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

CROWN = Path("tournaments/demo/inkborn-fables-tacticians-crown.json")
FINAL_DAY = 3
FINALISTS = 8
KILLED_IN = (4, 3)  # the games in which a process is killed: each process in one of its own


def final_games() -> list[dict[str, int]]:
    """The placements of the five games of the final, as the organisers published them."""
    days = json.loads(CROWN.read_text(encoding="utf-8"))["days"]
    final = next(day for day in days if day["day"] == FINAL_DAY)
    return [game["lobbies"][0]["placements"] for game in final["games"]]


def enter(api: Api, tournament: int, game: int, placements: dict[str, int]) -> list[str]:
    """Enter one game of the final over REST; the order that must be on air afterwards."""
    answer = api.put(
        f"/api/v1/tournaments/{tournament}/games/{FINAL_DAY}.{game}/lobbies/1/placements",
        json={"placements": placements},
    )
    assert answer.status_code == 200, answer.text
    return [row["player_name"] for row in answer.json()["standings"][:FINALISTS]]


@pytest.mark.parametrize(
    "venue",
    [
        "sqlite-serve",
        "sqlite-runserver",
        pytest.param("postgresql-serve", marks=pytest.mark.postgresql),
        pytest.param(
            "installation", marks=[pytest.mark.nginx, pytest.mark.postgresql, pytest.mark.redis]
        ),
    ],
    indirect=True,
)
def test_overlay_follows_the_final_through_a_killed_server(venue: Venue, page: Page, board: dict):
    venue.servers[0].manage("import_event", str(CROWN), "--until", "2.6")
    killed_in = dict(zip(KILLED_IN, venue.servers, strict=False))
    with venue.client() as api:
        api.login()
        tournament = api.get("/api/v1/tournaments").json()["tournaments"][0]["id"]
        graphic = api.new_graphic(data_json=board, tournament_id=tournament)
        page.goto(f"{venue.http_url}/overlay/{graphic['id']}")
        await_state(page, "live")
        page.wait_for_function("() => document.querySelectorAll('.row').length > 0")
        page.evaluate(WATCH_FOR_BLANKS)

        for game, placements in enumerate(final_games(), start=1):
            if killed := killed_in.get(game):
                before = names(page)
                killed.kill()
                page.wait_for_timeout(1500)
                assert names(page) == before
                if not venue.goes_on_without_one:
                    killed.start()
            expected = enter(api, tournament, game, placements)
            # after a kill the page comes back by itself, with back-off
            await_names(page, expected, within_ms=12_000 if killed else 1000)
            if killed and venue.goes_on_without_one:
                killed.start()

        assert names(page)[0] == "FNC Dishsoap"
        assert "CHAMPION" in page.locator('[data-element="status"]').inner_text().upper()
        assert page.evaluate("window.fewestRows") == FINALISTS
        assert page.evaluate("window.loadedOnce"), "the page was reloaded on the way"
