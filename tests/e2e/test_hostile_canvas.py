"""Hostile canvas documents against a real browser: nothing runs, nothing leaves, nothing breaks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.picture import await_state
from tests.graphics.hostile_values import (
    COLOURS,
    DRAWN_AS_TEXT,
    FONTS,
    NUMBERS,
    OTHERS,
    REFUSED,
    TEXTS,
    URLS,
    background,
    element,
)
from tests.support.api import Api
from tests.support.pages import overheard
from tests.support.rows import rows
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# Before any script of the page: remember what the browser refused, and what was begun.
LISTEN = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  for (const name of ["alert", "confirm", "prompt", "open"]) {
    window[name] = () => { window.owned = name; };
  }
"""
SECOND = "() => document.querySelector('[data-element=second]')?.innerText.trim()"
SHOWS = f"(text) => ({SECOND})() === text"
# Elements that only markup could have brought; a picture of our own is the background's.
STRANGERS = """
  () => [...document.querySelectorAll("body *")]
    .filter((node) => !["DIV", "MAIN", "SPAN", "SCRIPT"].includes(node.tagName))
    .map((node) => node.outerHTML)
"""
STORE_UNJUDGED = "UPDATE graphics_graphic SET document = %s WHERE id = %s"
UNJUDGED = {
    "colours": [("color", bad) for bad in COLOURS.values()],
    "fonts": [("fontFamily", bad) for bad in FONTS.values()],
    "texts": [("content", bad) for bad in TEXTS.values()],
    "numbers": list(NUMBERS.values()),
    "others": list(OTHERS.values()),
}
WEB = re.compile(r"https?:|[/\\]")


@dataclass
class Watch:
    """What a page asked for, and what it complained of."""

    page: Page
    host: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> "Watch":
        self.page.add_init_script(LISTEN)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"raised: {error}"))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"asked: {dialog.message}"))
        self.page.on("popup", lambda popup: self.complaints.append(f"opened: {popup.url}"))
        return self

    def _hear(self, kind: str, text: str) -> None:
        # a picture that does not load is no fault; what the page leaves out it tells by a warning
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(f"{kind}: {text}")

    def assert_quiet(self) -> None:
        assert self.page.evaluate("window.owned") is None
        assert self.page.evaluate("window.violations") == []
        assert self.complaints == []
        ours = (f"http://{self.host}/", f"ws://{self.host}/", "data:")
        assert [url for url in self.asked if not url.startswith(ours)] == []


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory) -> Iterator[RunningServer]:
    running = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "hostile.log"
    ).start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def crew(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client.login()


@pytest.fixture
def watch(browser: Browser, server: RunningServer) -> Iterator[Watch]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    with overheard(context.new_page()) as page:
        yield Watch(page, f"127.0.0.1:{server.port}").listen()
    context.close()


def put_on_air(crew: Api, watch: Watch, document: dict[str, Any]) -> dict[str, Any]:
    graphic = crew.new_graphic(data_json=document)
    watch.page.goto(f"http://{watch.host}/overlay/{graphic['id']}")
    await_state(watch.page, "live")
    return graphic


def put_on_air_unjudged(
    crew: Api, server: RunningServer, watch: Watch, document: dict[str, Any]
) -> None:
    """As a document that was stored before anybody judged documents."""
    graphic = crew.new_graphic(data_json=element(content="Before"))
    rows(server, STORE_UNJUDGED, json.dumps(document), graphic["id"])
    watch.page.goto(f"http://{watch.host}/overlay/{graphic['id']}")
    await_state(watch.page, "live")
    watch.page.locator("[data-element=title]").wait_for(state="attached", timeout=5000)


def test_the_watch_hears_what_the_tests_say_does_not_happen(crew: Api, watch: Watch):
    put_on_air(crew, watch, element(content="On air"))
    watch.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.owned = 1";
          document.body.append(script);
          new Image().src = "https://evil.example/x.png";
        }"""
    )
    watch.page.wait_for_function("() => window.violations.length > 0")

    assert watch.page.evaluate("window.owned") is None
    assert watch.page.evaluate("window.violations") == ["script-src-elem inline"]
    assert any("Content Security Policy" in complaint for complaint in watch.complaints)
    assert "https://evil.example/x.png" in watch.asked


def test_nothing_that_is_refused_reaches_the_picture(crew: Api, watch: Watch):
    graphic = put_on_air(crew, watch, element(content="On air"))
    address = f"/api/v1/graphics/{graphic['id']}"
    watch.page.wait_for_function(SHOWS, arg="On air")

    for name, (document, path) in REFUSED.items():
        answer = crew.put(address, json={"data_json": document})
        as_text = crew.put(address, json={"data_json": json.dumps(document)})

        assert (name, answer.status_code, as_text.status_code) == (name, 400, 400)
        assert list(answer.json()["errors"]) == [f"data_json.{path}"], name
        assert as_text.json()["errors"] == answer.json()["errors"], name
        assert answer.json()["code"] == "validation_failed"

    assert crew.get(address).json()["version"] == 1
    assert watch.page.evaluate(SECOND) == "On air"
    watch.assert_quiet()


def test_a_text_that_looks_like_a_program_is_drawn_as_a_text(crew: Api, watch: Watch):
    graphic = put_on_air(crew, watch, element(content="Before"))

    for text in DRAWN_AS_TEXT.values():
        crew.put(f"/api/v1/graphics/{graphic['id']}", json={"data_json": element(content=text)})
        watch.page.wait_for_function(SHOWS, arg=text, timeout=5000)
        watch.page.mouse.move(150, 120)

    assert watch.page.evaluate(STRANGERS) == []
    watch.assert_quiet()


def test_hostile_names_of_players_are_drawn_as_texts(crew: Api, watch: Watch):
    """What stands on the picture comes from tournaments too."""
    names = [text for text in DRAWN_AS_TEXT.values() if len(text) <= 80][:8]
    tournament = crew.new_tournament(name="<b>Cup</b>")["id"]
    for name in names:
        answer = crew.post(f"/api/v1/tournaments/{tournament}/participants", json={"name": name})
        assert answer.status_code == 201, answer.text
    document = element(type="players")
    graphic = crew.new_graphic(data_json=document, tournament_id=tournament)
    crew.put(
        f"/api/v1/tournaments/{tournament}/games/1.1/lobbies/1/placements",
        json={"placements": {name: place for place, name in enumerate(names, start=1)}},
    )
    watch.page.goto(f"http://{watch.host}/overlay/{graphic['id']}")
    watch.page.wait_for_function(
        "(count) => document.querySelectorAll('[data-element=second] .row').length === count",
        arg=len(names),
    )

    drawn = watch.page.evaluate(
        "() => [...document.querySelectorAll('[data-element=second] .row')].map(r => r.innerText)"
    )
    assert [name.strip() for name in drawn] == names
    assert watch.page.evaluate(STRANGERS) == []
    watch.assert_quiet()


@pytest.mark.parametrize("kind", UNJUDGED)
def test_a_page_is_not_hurt_by_what_nobody_judged(
    kind: str, crew: Api, server: RunningServer, watch: Watch
):
    """A second line of defence, for elements from before the validator."""
    hostile = [
        {**element()["elements"][1], "id": f"hostile {number}", key: bad}
        for number, (key, bad) in enumerate(UNJUDGED[kind])
    ]
    document = {"background": None, "elements": [*hostile, *element(content="Last")["elements"]]}

    put_on_air_unjudged(crew, server, watch, document)

    assert watch.page.evaluate(SECOND) == "Last"
    assert watch.page.evaluate(STRANGERS) == []
    assert watch.page.evaluate("getComputedStyle(document.body).display") == "block"
    watch.assert_quiet()


@pytest.mark.parametrize("name", [name for name, url in URLS.items() if not WEB.match(str(url))])
def test_a_background_that_nobody_judged_runs_nothing(
    name: str, crew: Api, server: RunningServer, watch: Watch
):
    """The page itself takes pictures of the web alone; from which of its hosts, nobody but the
    validator decides.
    """
    put_on_air_unjudged(crew, server, watch, background(URLS[name]))

    assert watch.page.locator("[data-element=title]").inner_text().strip() == "On air"
    watch.assert_quiet()


def test_a_drawing_of_another_host_is_not_even_asked_for(
    crew: Api, server: RunningServer, watch: Watch
):
    """Vector files can hold more than a picture, so they come from this server alone."""
    put_on_air(crew, watch, background("https://evil.example/drawing.svg"))
    watch.page.wait_for_timeout(200)

    assert watch.page.locator("[data-element=title]").inner_text().strip() == "On air"
    watch.assert_quiet()
