"""A real Chromium, and an overlay page that remembers whether it ever went blank."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import NewServer
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.installation import Installation, installed
from tests.support.pages import overheard
from tests.support.requirements import chromium
from tests.support.server import RunningServer

ROOT = Path(__file__).resolve().parents[2]

# Counts the rows that stand on the picture, every frame, from when the first ones came.
WATCH_FOR_BLANKS = """
() => {
  window.fewestRows = Infinity;
  window.loadedOnce = true;
  const look = () => {
    const rows = document.querySelectorAll('[data-element="player"] .row').length;
    window.fewestRows = Math.min(window.fewestRows, rows);
    requestAnimationFrame(look);
  };
  look();
}
"""


# Of one module: while Playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window as OBS has it."""
    # no authority has signed for the tests' own nginx; other clients look at its certificate
    context = browser.new_context(
        viewport={"width": 1920, "height": 1080}, ignore_https_errors=True
    )
    with overheard(context.new_page()) as page:
        yield page
    context.close()


@pytest.fixture
def board() -> dict:
    """The document of the demo's standings board."""
    path = ROOT / "graphics" / "demo" / "standings_board.json"
    return json.loads(path.read_text(encoding="utf-8"))["data_json"]


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a show runs: one server, or an installation of two behind its proxy."""

    front: RunningServer | Installation

    @property
    def servers(self) -> list[RunningServer]:
        return self.front.servers if isinstance(self.front, Installation) else [self.front]

    @property
    def http_url(self) -> str:
        return self.front.http_url

    @property
    def goes_on_without_one(self) -> bool:
        return len(self.servers) > 1

    def client(self) -> Api:
        return self.front.client() if isinstance(self.front, Installation) else Api(self.front)


@pytest.fixture
def venue(
    request: pytest.FixtureRequest,
    new_server: NewServer,
    databases: dict[str, Databases],
    tmp_path: Path,
) -> Iterator[Venue]:
    """``installation``, or ``<engine>-<command>`` of one server."""
    if request.param == "installation":
        with installed(databases["postgresql"], tmp_path) as running:
            yield Venue(running)
        return
    engine, command = request.param.split("-")
    yield Venue(new_server(engine=engine, command=command))
