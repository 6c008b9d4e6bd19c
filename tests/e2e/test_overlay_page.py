"""The overlay page by itself: empty, holding, polling, calm."""

import pytest
from playwright.sync_api import Page

from tests.conftest import NewServer
from tests.e2e.picture import await_state
from tests.support.api import Api

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

NO_WEBSOCKETS = "window.WebSocket = class { constructor() { throw new Error('blocked'); } };"


def headline(text: str) -> dict:
    element = {"id": "headline", "type": "text", "x": 100, "y": 100, "content": text}
    style = {"fontSize": 60, "fontFamily": "Arial", "color": "#ffffff"}
    return {"background": None, "elements": [{**element, **style}]}


def await_text(page: Page, text: str, *, within_ms: float = 5000) -> None:
    page.wait_for_function(
        "(text) => document.querySelector('[data-element=headline]')?.innerText.trim() === text",
        arg=text,
        timeout=within_ms,
    )


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory):
    from tests.support.server import RunningServer

    running = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "overlay.log"
    ).start()
    yield running
    running.close()


@pytest.mark.parametrize("address", ["/overlay/999", "/overlay/nonsense", "/canvas/view/0"])
def test_unknown_graphic_is_an_empty_transparent_page(address: str, server, page: Page):
    answer = page.goto(f"{server.http_url}{address}")
    page.wait_for_timeout(500)

    assert answer is not None
    assert answer.status == 200
    assert page.locator("body").inner_text().strip() == ""
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_old_address_shows_the_same_graphic(server, page: Page):
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("On air"))
    page.goto(f"{server.http_url}/canvas/view/{graphic['id']}")

    await_text(page, "On air")


def test_page_polls_where_sockets_are_blocked(server, page: Page):
    page.add_init_script(NO_WEBSOCKETS)
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("First"))
        page.goto(f"{server.http_url}/overlay/{graphic['id']}")
        await_text(page, "First", within_ms=15_000)
        await_state(page, "polling")

        api.put(f"/api/v1/graphics/{graphic['id']}", json={"data_json": headline("Second")})

        await_text(page, "Second")


def test_page_holds_its_picture_while_the_server_is_away(new_server: NewServer, page: Page):
    own = new_server()
    with Api(own) as api:
        graphic = api.login().new_graphic(data_json=headline("Hold me"))
    page.goto(f"{own.http_url}/overlay/{graphic['id']}")
    await_text(page, "Hold me")
    page.wait_for_timeout(600)
    before = page.screenshot(omit_background=True)

    own.kill()
    page.wait_for_timeout(2000)

    assert page.screenshot(omit_background=True) == before


def test_document_over_64_kib_reaches_the_picture(server, page: Page):
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("Small"))
        page.goto(f"{server.http_url}/overlay/{graphic['id']}")
        await_text(page, "Small")
        large = headline("Large")
        large["notes"] = "x" * 100_000

        api.put(f"/api/v1/graphics/{graphic['id']}", json={"data_json": large})

        await_text(page, "Large")


def test_markup_in_texts_stays_text(server, page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    attack = "<img src=https://example.org/x onerror=\"document.title='owned'\">"
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline(attack))
    page.goto(f"{server.http_url}/overlay/{graphic['id']}")

    await_text(page, attack)
    assert page.title() != "owned"
    assert all(url.startswith((server.http_url, "data:")) for url in asked)


def test_one_broken_element_leaves_the_others_on_air(server, page: Page):
    """Kept as it is by the server, and nothing that this page could draw."""
    document = headline("Still here")
    document["elements"] = [
        {"id": "clip", "type": "video", "x": "NaN", "spacing": {"a": 1}, "color": 7},
        {"id": "lost", "type": "text", "content": "Nowhere"},
        {"id": "half", "type": "scores", "x": 100, "y": None},
        {"type": None},
        {},
        *document["elements"],
    ]
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=document)
    page.goto(f"{server.http_url}/overlay/{graphic['id']}")

    await_text(page, "Still here")
    assert page.locator(".element").count() == 1


def test_motion_off_moves_nothing(server, page: Page):
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("One"))
        page.goto(f"{server.http_url}/overlay/{graphic['id']}?motion=off")
        await_text(page, "One")

        api.put(f"/api/v1/graphics/{graphic['id']}", json={"data_json": headline("Two")})
        await_text(page, "Two")

        assert page.evaluate("document.getAnimations().length") == 0


def test_a_page_by_key_follows_until_the_key_is_revoked_and_holds_its_picture(server, page: Page):
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("By key"))["id"]
        made = api.post(f"/api/v1/graphics/{graphic}/keys", json={"name": "OBS"}).json()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(server.http_url + made["overlay"])
        await_text(page, "By key", within_ms=30_000)

        api.put(f"/api/v1/graphics/{graphic}", json={"data_json": headline("Still")})
        await_text(page, "Still", within_ms=30_000)

        api.delete(f"/api/v1/graphics/{graphic}/keys/{made['id']}")
        await_state(page, "holding")
        api.put(f"/api/v1/graphics/{graphic}", json={"data_json": headline("Too late")})
        page.wait_for_timeout(1_000)

    await_text(page, "Still")
    assert not any(made["key"] in text for text in said)


def test_a_page_by_key_polls_where_sockets_are_blocked(server, page: Page):
    page.add_init_script(NO_WEBSOCKETS)
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("First"))["id"]
        made = api.post(f"/api/v1/graphics/{graphic}/keys", json={"name": "OBS"}).json()
        page.goto(f"{server.http_url}{made['overlay']}/")
        await_text(page, "First", within_ms=30_000)

        api.put(f"/api/v1/graphics/{graphic}", json={"data_json": headline("Second")})

        await_text(page, "Second", within_ms=30_000)
