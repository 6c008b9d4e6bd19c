"""An overlay page that is told to load itself anew: once, and never into an empty screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.picture import await_state
from tests.e2e.test_overlay_page import await_text, headline
from tests.support.api import Api
from tests.support.server import RunningServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("server", ["sqlite"], indirect=True),
]

# Long enough for a busy machine; the page itself waits two seconds at most, ten after a failure.
WITHIN_MS = 60_000
OBEY_AGAIN = """
async () => {
  const [main] = [...document.scripts].filter(({ src }) => src.includes("main"));
  const { obeyReload } = await import(new URL("reload.js", main.src).href);
  for (const id of JSON.parse(sessionStorage.getItem("overlay.reload"))) await obeyReload({ id });
}
"""


class Loads:
    """How often a page was loaded."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("load", self._note)

    def _note(self, page: Page) -> None:
        self.count += 1


@pytest.fixture
def graphic(server: RunningServer, api: Api) -> dict:
    return api.new_graphic(data_json=headline("On air"))


@pytest.fixture
def loads(server: RunningServer, graphic: dict, page: Page) -> Iterator[Loads]:
    counted = Loads(page)
    page.goto(f"{server.http_url}/overlay/{graphic['id']}")
    await_text(page, "On air", within_ms=WITHIN_MS)
    await_state(page, "live", within_ms=WITHIN_MS)
    page.evaluate("window.isOld = true")
    return counted


def order(api: Api, graphic: dict) -> None:
    answer = api.post("/api/v1/ws/overlays/reload", json={"graphic_id": graphic["id"]})
    assert answer.json()["overlays"] == 1


def await_new_page(page: Page) -> None:
    page.wait_for_function("() => window.isOld === undefined", timeout=WITHIN_MS)
    await_text(page, "On air", within_ms=WITHIN_MS)
    await_state(page, "live", within_ms=WITHIN_MS)


def test_page_is_loaded_anew_once_for_each_order(api: Api, graphic: dict, loads: Loads, page: Page):
    order(api, graphic)
    await_new_page(page)
    assert loads.count == 2
    page.evaluate("window.isOld = true")

    page.evaluate(OBEY_AGAIN)  # as another process may say it
    order(api, graphic)
    await_new_page(page)

    assert loads.count == 3


@pytest.mark.parametrize("trouble", ["500", "away"])
def test_page_holds_its_picture_while_no_new_one_is_to_be_had(
    api: Api, graphic: dict, loads: Loads, page: Page, trouble: str
):
    asked = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        if trouble == "away":
            route.abort()
        else:
            route.fulfill(status=500, body="Something went wrong.")

    page.route("**/overlay/*", refuse)
    order(api, graphic)
    while not asked:
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    still_there = page.evaluate("window.isOld")
    await_text(page, "On air")
    held = loads.count
    page.unroute("**/overlay/*")
    await_new_page(page)

    assert (still_there, held, loads.count) == (True, 1, 2)
