"""A real Chromium, and an overlay page that remembers whether it ever went blank."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.pages import overheard
from tests.support.requirements import chromium

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
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    with overheard(context.new_page()) as page:
        yield page
    context.close()


@pytest.fixture
def board() -> dict:
    """The document of the demo's standings board."""
    path = ROOT / "graphics" / "demo" / "standings_board.json"
    return json.loads(path.read_text(encoding="utf-8"))["data_json"]
