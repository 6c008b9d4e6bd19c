"""A whole event run in the admin, from registration to champion, while an overlay shows it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.over_http import PASSWORD, new_superuser
from tests.e2e.conftest import Venue
from tests.e2e.picture import await_names, await_state
from tests.e2e.test_final_on_air import final_games

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

WITHIN_MS = 60_000  # for a busy machine
IN_THE_END = [
    "FNC Dishsoap",
    "KC Double61",
    "TBD Ningli",
    "VSPO LiShao",
    "Asta1",
    "TBD LiTuChuan",
    "T1 Binteum",
    "Dr OH",
]


@pytest.fixture
def desk(browser: Browser, venue: Venue) -> Iterator[Page]:
    """A laptop on which somebody is signed in; it complains about what breaks the policy."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    page.goto(f"{venue.http_url}/admin/")
    page.fill("#id_username", new_superuser(venue.servers[0]))
    page.fill("#id_password", PASSWORD)
    page.click("text=Log in")
    yield page
    context.close()
    assert complaints == []


def go_on(desk: Page, label: str) -> None:
    """Press the one button of the page that brings the event on."""
    desk.click(f".run .next a >> text={label}")


def move(desk: Page, label: str) -> None:
    """A move of the tournament, which is asked for first."""
    go_on(desk, label)
    desk.click("input.default")
    desk.wait_for_selector("text=The tournament is now:")


def type_result(desk: Page, placements: dict[str, int]) -> int:
    """Enter a lobby by the keyboard alone, and save it; how many keys that took."""
    keys = type_places(desk, placements)
    desk.wait_for_selector("text=and every overlay shows it")
    return keys


def type_places(desk: Page, placements: dict[str, int]) -> int:
    desk.wait_for_selector("[data-hint]:visible")  # the script has begun
    players = desk.locator(".sheet td input").evaluate_all("(all) => all.map((one) => one.value)")
    keys = [str(placements[name]) for name in players] + ["Enter"]
    for key in keys:
        desk.keyboard.press(key)
    return len(keys)


def standings(venue: Venue, tournament: int) -> list[str]:
    """The order that must be on air."""
    with venue.client() as api:
        answer = api.get(f"/api/v1/scoreboard/latest?tournament_id={tournament}")
    return [entry["player_name"] for entry in answer.json()["entries"]]


def await_rows(screen: Page, expected: list[str]) -> None:
    rows = screen.locator(".board tbody th.name")
    expect(rows).to_have_text(expected, timeout=WITHIN_MS)


def register_and_check_in(desk: Page, venue: Venue, players: list[str]) -> int:
    """A new tournament up to the start of the event; its number."""
    desk.goto(f"{venue.http_url}/admin/tournaments/tournament/add/")
    desk.fill("#id_name", "Friday Final")
    desk.check("input[value=checkmate_final]")
    desk.fill("#id_max_participants", "8")
    desk.click("input[name=_save]")
    move(desk, "Open the registration")
    go_on(desk, "Add participants")
    desk.fill("#id_names", "\n".join(players))
    desk.click("text=Register all")
    desk.wait_for_selector("text=8 of 8 places are taken.")
    move(desk, "Close the registration")
    move(desk, "Start the check-in")
    go_on(desk, "Check participants in")
    desk.click("text=Check in everybody")
    desk.wait_for_selector("text=8 checked in")
    desk.click(".object-tools >> text=Run")
    move(desk, "Start the event")
    return int(re.search(r"/tournament/(\d+)/", desk.url)[1])


def draw_first_game(desk: Page) -> None:
    go_on(desk, "Draw game 1.1")
    desk.click("text=Publish this draw")
    desk.wait_for_selector("text=Game 1.1 is drawn")


def correct_first_game(desk: Page, placements: dict[str, int]) -> None:
    desk.click(".object-tools >> text=Results")
    desk.click("a.cell >> text=Lobby 1:")
    type_places(desk, placements)
    expect(desk.locator(".moved tbody tr")).to_have_count(8, timeout=WITHIN_MS)
    desk.fill("#id_reason", "It was entered the wrong way round.")
    desk.click("text=Correct it")
    desk.wait_for_selector("text=Lobby 1 of game 1.1 is corrected")


def restart(venue: Venue, screen: Page, overlay: Page) -> None:
    """An upgrade: of two processes one after the other, while the crew notices nothing."""
    for server in venue.servers:
        assert server.stop() == 0
        if not venue.goes_on_without_one:
            screen.wait_for_selector("text=The server cannot be reached.", timeout=WITHIN_MS)
        server.start()
        screen.wait_for_selector("text=Live, as of", timeout=WITHIN_MS)
        await_state(overlay, "live", within_ms=WITHIN_MS)


@pytest.mark.parametrize(
    "venue",
    [
        "sqlite-serve",
        pytest.param(
            "installation", marks=[pytest.mark.nginx, pytest.mark.postgresql, pytest.mark.redis]
        ),
    ],
    indirect=True,
)
def test_a_checkmate_final_from_registration_to_its_champion(
    desk: Page, page: Page, venue: Venue, board: dict
):
    games = final_games()
    tournament = register_and_check_in(desk, venue, list(games[0]))

    # an overlay, a second screen and a colleague look on
    with venue.client() as api:
        graphic = api.login().new_graphic(data_json=board, tournament_id=tournament)
    page.goto(f"{venue.http_url}/overlay/{graphic['id']}")
    await_state(page, "live", within_ms=WITHIN_MS)
    screen = desk.context.new_page()
    screen.goto(desk.url.replace("/run/", "/standings/"))
    colleague = desk.context.new_page()
    colleague.goto(desk.url)
    draw_first_game(desk)
    await_rows(screen, sorted(games[0]))

    # the first game is entered the wrong way round, and corrected
    go_on(desk, "Enter lobby 1 of game 1.1")
    assert type_result(desk, {name: 9 - place for name, place in games[0].items()}) == 9
    wrong = sorted(games[0], key=lambda name: -games[0][name])
    await_names(page, wrong, within_ms=WITHIN_MS)
    await_rows(screen, wrong)
    correct_first_game(desk, games[0])
    await_names(page, wrong[::-1], within_ms=WITHIN_MS)
    await_rows(screen, wrong[::-1])
    following = colleague.locator(".run .next a")
    expect(following).to_have_text("Enter lobby 1 of game 1.2", timeout=WITHIN_MS)

    # the other games, and a server that is restarted on the way
    for number, placements in enumerate(games[1:], start=2):
        if number == 4:
            restart(venue, screen, page)
        go_on(desk, f"Enter lobby 1 of game 1.{number}")
        type_result(desk, placements)
        await_names(page, standings(venue, tournament), within_ms=WITHIN_MS)

    # the champion, on air and on the second screen, also after a reload
    assert "FNC Dishsoap has won the event." in desk.locator(".state").inner_text()
    await_names(page, IN_THE_END, within_ms=WITHIN_MS)
    champion = page.locator('[data-element="status"]')
    expect(champion).to_contain_text(re.compile("champion", re.IGNORECASE), timeout=WITHIN_MS)
    await_rows(screen, IN_THE_END)
    screen.reload()
    await_rows(screen, IN_THE_END)
    expect(screen.locator(".board .chip")).to_have_text(["Champion"])

    move(desk, "Finish the event")
    assert desk.locator(".run .status").inner_text() == "Completed"
    await_names(page, IN_THE_END, within_ms=WITHIN_MS)
