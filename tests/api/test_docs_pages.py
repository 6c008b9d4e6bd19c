"""The documentation loads from this server alone: studios are often offline."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from tests.support.api import Api
from tests.support.requirements import chromium
from tests.support.server import RunningServer

PAGES = ["/docs", "/redoc"]


class Parts(HTMLParser):
    """The addresses that a page loads, and the scripts and styles that stand in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [value for name in ("src", "href") if (value := named.get(name))]
        if tag == "style" or (tag == "script" and "src" not in named):
            self.inline.append(tag)
        self.inline += [name for name in named if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_files_of_this_server_that_are_there(path, stranger: Api):
    parts = Parts(stranger.get(path).text)

    assert len(parts.addresses) >= 3
    assert parts.inline == []
    for address in parts.addresses:
        assert address.startswith("/static/")
        answer = stranger.get(address)
        assert answer.status_code == 200
        if address.endswith(".css"):
            assert "url(http" not in answer.text
            assert "@import" not in answer.text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Visit:
    """A page in a browser that reaches this server only, and what it complained about."""

    def __init__(self, browser: Browser, server: RunningServer) -> None:
        self.server = server
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page: Page = browser.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._route)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.server.http_url}{path}")
        return self.page

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _route(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((f"{self.server.http_url}/", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()


@pytest.mark.browser
@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "shown"),
    [("/docs", ".opblock-summary-path >> nth=20"), ("/redoc", "[data-section-id^='tag/graphics']")],
)
def test_a_page_shows_every_operation_with_the_network_off(path, shown, server, browser):
    visit = Visit(browser, server)

    page = visit.open(path)
    page.locator(shown).first.wait_for(timeout=30_000)

    assert "/api/v1/graphics" in page.inner_text("body")
    assert visit.outside == []
    assert visit.complaints == []
