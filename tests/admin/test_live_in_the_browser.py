"""The page of what is connected, open in a browser beside an overlay that it reloads."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.admin.over_http import PASSWORD, new_superuser
from tests.support.api import Api
from tests.support.requirements import chromium
from tests.support.server import RunningServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("server", ["sqlite"], indirect=True),
]

WITHIN_MS = 60_000  # for a busy machine


# Of one module: while Playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def desk(browser: Browser, server: RunningServer) -> Iterator[Page]:
    """Somebody signed in; ``desk.complaints`` is what the browser found fault with."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(f"{server.http_url}/admin/")
    page.fill("#id_username", new_superuser(server))
    page.fill("#id_password", PASSWORD)
    page.click("text=Log in")
    yield page
    context.close()


def test_page_follows_an_overlay_and_has_it_reload(
    desk: Page, browser: Browser, server: RunningServer, api: Api
):
    graphic = api.new_graphic(title="Watched", data_json={"elements": []})
    rows = f"tbody[data-key='graphic-{graphic['id']}']"
    desk.goto(f"{server.http_url}/admin/live/")
    assert desk.locator(rows).count() == 0

    # it comes, draws, and falls behind
    overlay = browser.new_page()
    overlay.goto(f"{server.http_url}/overlay/{graphic['id']}")
    desk.wait_for_selector(f"{rows} .mark.is-good")
    desk.wait_for_selector(f"{rows} [data-key=delay] >> text=ms")
    button = desk.locator(f"{rows} a >> text=Reload")
    button.focus()
    api.put(f"/api/v1/graphics/{graphic['id']}", json={"title": "Watched again"})
    desk.wait_for_selector(f"{rows} >> text=Watched again")
    desk.wait_for_selector(f"{rows} .mark.is-good >> xpath=../self::td[contains(., 'version 2')]")
    # what did not change is the same element still
    assert button.evaluate("(link) => link === document.activeElement")

    # it is told to reload, and comes back
    overlay.evaluate("window.isOld = true")
    desk.click(f"{rows} a >> text=Reload")
    desk.fill("#id_reason", "New fonts.")
    desk.click("input[value=Reload]")
    desk.wait_for_selector("text=1 overlay was told to reload.")
    overlay.wait_for_function("() => window.isOld === undefined", timeout=WITHIN_MS)
    desk.wait_for_selector(f"{rows} .mark.is-good")

    # it goes
    overlay.close()
    desk.wait_for_selector(rows, state="detached")
    assert desk.complaints == []


def test_page_says_when_it_is_no_longer_live(desk: Page, server: RunningServer):
    desk.goto(f"{server.http_url}/admin/live/")
    desk.wait_for_selector(".live-status >> text=Live, as of")

    desk.route("**/live/now/", lambda route: route.abort())
    desk.wait_for_selector(".live-status.is-lost >> text=The server cannot be reached.")
    desk.unroute("**/live/now/")
    desk.wait_for_selector(".live-status:not(.is-lost) >> text=Live, as of")
    desk.context.clear_cookies()
    desk.wait_for_selector(".live-status.is-lost >> text=You are signed out.")

    assert desk.locator("#live-now").is_visible()
