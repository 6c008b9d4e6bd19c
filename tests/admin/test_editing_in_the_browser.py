"""Two editors and an overlay: who edits in the admin, who over REST, and what viewers see."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.admin.over_http import PASSWORD, new_superuser
from tests.support.api import Api
from tests.support.pages import overheard
from tests.support.requirements import chromium
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

DOCUMENT = (
    '{"elements": [{"id": "headline", "type": "text", "content": "%s", "x": 100, "y": 100,'
    ' "fontSize": 60, "fontFamily": "Arial", "color": "%s"}]}'
)


@pytest.fixture(scope="module")
def running(databases, tmp_path_factory) -> Iterator[RunningServer]:
    server = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "edit.log"
    ).start()
    yield server
    server.close()


# Of one module: while Playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def desk(running: RunningServer) -> Iterator[Page]:
    """Somebody signed in; ``desk.complaints`` is what the browser found fault with."""
    name = new_superuser(running)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        opened = browser.new_page(viewport={"width": 1440, "height": 1000})
        opened.complaints = []
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.on(
            "console",
            lambda message: (
                opened.complaints.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        opened.goto(f"{running.http_url}/admin/")
        opened.fill("#id_username", name)
        opened.fill("#id_password", PASSWORD)
        opened.click("text=Log in")
        yield opened
        browser.close()


@pytest.fixture
def api(running: RunningServer) -> Iterator[Api]:
    with Api(running) as client:
        yield client.login()


@pytest.fixture
def overlay(desk: Page) -> Iterator[Page]:
    """Another window of the same browser, as OBS has it."""
    with overheard(desk.context.browser.new_page()) as page:
        yield page
        page.close()


def show(overlay: Page, text: str) -> None:
    overlay.locator(f"[data-element=headline] >> text={text}").wait_for(timeout=5000)


def test_editing_beside_another_editor_while_an_overlay_follows(
    desk: Page, overlay: Page, running: RunningServer, api: Api
):
    graphic = api.new_graphic(data_json={"elements": []})
    page = f"{running.http_url}/admin/graphics/graphic/{graphic['id']}/change/"
    lock = f"/api/v1/lock/{graphic['id']}"
    overlay.goto(f"{running.http_url}/overlay/{graphic['id']}")

    # edit: the lock is taken, kept, and everybody else is kept out
    desk.goto(page)
    desk.click("text=Edit (take the lock)")
    desk.fill("#id_document", DOCUMENT % ("First", "#ffffff"))
    desk.click("text=Save and continue editing")
    show(overlay, "First")
    assert api.post(lock, json={"session_id": "studio"}).status_code == httpx.codes.CONFLICT

    # a fault leads to its line, and nothing of it goes on air
    desk.fill("#id_document", DOCUMENT % ("Wrong", "red; }"))
    desk.click("text=Save and continue editing")
    desk.click("button.jump >> text=elements.0.color")
    chosen = "(area) => area.value.slice(area.selectionStart, area.selectionEnd).trim()"
    assert desk.locator("#id_document").evaluate(chosen) == '"color": "red; }"'
    show(overlay, "First")

    # save and leave: the lock is free, and another program takes it
    desk.fill("#id_document", DOCUMENT % ("Second", "#ffffff"))
    desk.click("input[name=_save]")
    show(overlay, "Second")
    desk.goto(page)
    desk.wait_for_selector("text=Nobody is editing this graphic.")
    assert api.post(lock, json={"session_id": "studio"}).status_code == httpx.codes.OK

    # the open page notices by itself, and the lock is broken from there
    desk.wait_for_selector(".lock.is-held >> text=is editing until", timeout=10_000)
    assert desk.locator("text=Edit (take the lock)").is_disabled()
    desk.click("text=Break the lock")
    desk.fill("#id_reason", "The show begins.")
    desk.click("input[value='Break the lock']")
    desk.wait_for_selector("text=The lock is broken.")
    answer = api.post(f"{lock}/refresh", json={"session_id": "studio"})
    assert answer.status_code == httpx.codes.NOT_FOUND

    # an old version comes back
    desk.click(".object-tools >> text=Versions")
    desk.click("text=Show side by side")
    assert "Second" in desk.locator("td.new").first.inner_text()
    desk.click(".comparison >> text=Restore")
    desk.click("input[value='Restore version 2']")
    desk.wait_for_selector("text=Version 2 is on air again.")
    show(overlay, "First")
    assert desk.complaints == []


def test_who_loses_the_lock_while_typing_is_told_and_loses_no_text(
    desk: Page, running: RunningServer, api: Api
):
    graphic = api.new_graphic(data_json={"elements": []})
    desk.goto(f"{running.http_url}/admin/graphics/graphic/{graphic['id']}/change/")
    desk.click("text=Edit (take the lock)")
    desk.fill("#id_title", "Typed for an hour")

    api.delete(f"/api/v1/lock/{graphic['id']}?force=true&reason=Now")

    desk.wait_for_selector(".lock.is-lost >> text=Your lock has ended.", timeout=10_000)
    assert desk.input_value("#id_title") == "Typed for an hour"
