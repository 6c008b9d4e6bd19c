"""What stands on an overlay's picture, read as a viewer reads it."""

from playwright.sync_api import Page, expect

NAMES = """
() => [...document.querySelectorAll('[data-element="player"] .row')]
  .filter((row) => !row.matches('.leaving'))
  .sort((a, b) => a.dataset.index - b.dataset.index)
  .map((row) => row.innerText.trim())
"""
SHOWS = f"""(expected) => JSON.stringify(({NAMES})()) === JSON.stringify(expected)"""
WITHIN_MS = 1000


def names(page: Page) -> list[str]:
    """The players from top to bottom."""
    return page.evaluate(NAMES)


def await_names(page: Page, expected: list[str], *, within_ms: float = WITHIN_MS) -> None:
    """The picture shows these players in this order before the time is over."""
    page.wait_for_function(SHOWS, arg=expected, timeout=within_ms)


def await_state(page: Page, state: str, *, within_ms: float = 10_000) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", state, timeout=within_ms)
