"""The admin in a real Chromium: nothing on its pages breaks its policy, and the preview lives."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.admin.over_http import PASSWORD, new_superuser
from tests.support.api import Api
from tests.support.requirements import chromium
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CROWN = "tournaments/demo/inkborn-fables-tacticians-crown.json"
LISTS = (
    "graphics/graphic",
    "graphics/overlaykey",
    "tournaments/tournament",
    "tournaments/participant",
    "tournaments/scoreboardsnapshot",
    "users/user",
    "users/session",
    "audit/auditentry",
    "events/event",
)
HEADLINE = (
    '{"elements": [{"id": "headline", "type": "text", "content": "%s", "x": 100, "y": 100,'
    ' "fontSize": 60, "fontFamily": "Arial", "color": "#ffffff"}]}'
)


@pytest.fixture(scope="module")
def running(databases, tmp_path_factory) -> Iterator[RunningServer]:
    server = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "admin.log"
    ).start()
    server.manage("import_event", CROWN, "--until", "2.6")
    yield server
    server.close()


# Of one module: while Playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def page(running: RunningServer) -> Iterator[Page]:
    """Somebody signed in; ``page.complaints`` is what the browser found fault with."""
    name = new_superuser(running)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.complaints = []
        opened.on(
            "console",
            lambda message: (
                opened.complaints.append((opened.url, message.text))
                if message.type in {"error", "warning"}
                else None
            ),
        )
        opened.on("pageerror", lambda error: opened.complaints.append((opened.url, str(error))))
        opened.goto(f"{running.http_url}/admin/")
        opened.fill("#id_username", name)
        opened.fill("#id_password", PASSWORD)
        opened.click("text=Log in")
        yield opened
        browser.close()


@pytest.fixture
def graphic(running: RunningServer) -> dict:
    with Api(running) as api:
        return api.login().new_graphic(data_json={"elements": []})


def test_no_page_breaks_its_policy(page: Page, running: RunningServer, graphic: dict):
    page.complaints.clear()

    for path in (
        "",
        "graphics/graphic/",
        "graphics/graphic/add/",
        f"graphics/graphic/{graphic['id']}/change/",
        f"graphics/graphic/{graphic['id']}/archive/",
        f"graphics/graphic/{graphic['id']}/versions/",
        f"graphics/graphic/{graphic['id']}/versions/compare/?old=1&new=1",
        "graphics/canvaslease/",
        "tournaments/tournament/1/change/",
        "tournaments/tournament/1/run/",
        "tournaments/tournament/1/standings/",
        "tournaments/tournament/1/results/",
        "tournaments/tournament/1/results/3.1/1/",
        "tournaments/participant/add/",
        "tournaments/scoreboardsnapshot/1/change/",
        "users/user/add/",
        "audit/auditentry/",
    ):
        page.goto(f"{running.http_url}/admin/{path}", wait_until="load")

    assert page.complaints == []


def test_the_helpers_of_django_work_under_the_policy(page: Page, running: RunningServer):
    page.complaints.clear()

    page.goto(f"{running.http_url}/admin/graphics/graphic/add/")
    page.click(".field-tournament .select2-selection")
    page.keyboard.type("Crown")
    page.click(".select2-results__option >> text=Tactician's Crown")
    page.goto(f"{running.http_url}/admin/tournaments/tournament/1/change/")
    page.click(".field-start_date .datetimeshortcuts >> text=Today")
    page.click("text=Add another Stage")
    page.click(".theme-toggle")
    page.click(".field-start_date .date-icon")

    assert page.locator("#stages-2").is_visible()
    assert page.locator(".calendarbox:visible").count() == 1
    assert page.complaints == []


def test_the_editor_says_what_is_wrong_while_one_types(page: Page, running: RunningServer):
    page.goto(f"{running.http_url}/admin/graphics/graphic/add/")

    page.fill("#id_document", '{"elements": [1, 2}')
    page.wait_for_selector(".json-status.is-bad >> text=Not valid JSON yet")
    page.fill("#id_document", '{"elements": [1, 2]}')
    page.wait_for_selector(".json-status:not(.is-bad) >> text=Valid JSON · 2 elements")


def test_the_preview_shows_a_save_by_somebody_else(
    page: Page, running: RunningServer, graphic: dict
):
    page.goto(f"{running.http_url}/admin/graphics/graphic/{graphic['id']}/change/")
    preview = page.frame_locator("iframe")
    preview.locator("#stage").wait_for(state="attached")

    with Api(running) as api:
        change = {"data_json": HEADLINE % "From elsewhere"}
        api.login().put(f"/api/v1/graphics/{graphic['id']}", json=change)

    preview.locator("[data-element=headline] >> text=From elsewhere").wait_for(timeout=5000)


def test_ctrl_s_saves_and_stays(page: Page, running: RunningServer, graphic: dict):
    address = f"{running.http_url}/admin/graphics/graphic/{graphic['id']}/change/"
    page.goto(address)
    page.click("text=Edit (take the lock)")

    page.fill("#id_document", HEADLINE % "By hand")
    page.keyboard.press("Control+s")

    page.wait_for_selector(".messagelist .success")
    assert page.url == address
    page.frame_locator("iframe").locator("[data-element=headline] >> text=By hand").wait_for()


def test_a_result_is_entered_and_the_board_moves_on(page: Page, running: RunningServer):
    page.goto(f"{running.http_url}/admin/tournaments/tournament/1/results/")

    page.click("text=Enter lobby 1")
    for seat in range(8):
        page.select_option(f"#id_seats-{seat}-outcome", str(seat + 1))
    winner = page.input_value("#id_seats-0-player")
    page.click("text=Save and publish")

    page.wait_for_selector("text=Lobby 1 of game 3.1 is in")
    assert page.locator(".standings tbody tr").first.locator("th").inner_text() == winner
    assert page.locator("text=Draw game 3.2").is_visible()


def test_a_sheet_is_filled_by_pressing_players_in_the_order_of_the_finish(
    page: Page, running: RunningServer
):
    page.goto(f"{running.http_url}/admin/tournaments/tournament/1/results/3.1/2/")
    page.wait_for_selector("[data-hint]:visible")
    arrows = page.locator(".sheet td.outcome button")
    places = page.locator(".sheet td.outcome select")
    read = "(all) => all.map((one) => one.value)"

    # the last row finished first
    for row in reversed(range(8)):
        arrows.nth(row).click()
    assert places.evaluate_all(read) == [str(place) for place in range(8, 0, -1)]
    expect(page.locator("input.default")).to_be_focused()

    # a slip of the finger is shown at once, and taken back
    places.nth(3).focus()
    page.keyboard.press("8")
    expect(page.locator("tr.is-double")).to_have_count(2)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert places.evaluate_all(read)[3:5] == ["", ""]
    page.keyboard.press("a")
    page.keyboard.press("4")
    assert places.evaluate_all(read)[3:5] == ["absent", "4"]


def test_no_list_scrolls_sideways_on_a_laptop(page: Page, running: RunningServer, graphic: dict):
    page.set_viewport_size({"width": 1366, "height": 768})

    wide = []
    for name in LISTS:
        page.goto(f"{running.http_url}/admin/{name}/")
        is_wide = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll(".results")]
              .some((one) => one.scrollWidth > one.clientWidth)"""
        )
        wide += [name] if is_wide else []

    page.set_viewport_size({"width": 1440, "height": 900})
    assert wide == []
