"""The JavaScript clients on lines that break, repeat and lose; and the crew's, in any page."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.conftest import NewServer
from tests.e2e.picture import await_state
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WITHIN_MS = 60_000
SAVES = 12


@pytest.fixture(scope="module")
def server(
    databases: dict[str, Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    running = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "lines.log"
    ).start()
    yield running
    running.close()


def headline(text: str) -> dict[str, Any]:
    element = {"id": "headline", "type": "text", "x": 100, "y": 100, "content": text}
    style = {"fontSize": 60, "fontFamily": "Arial", "color": "#ffffff"}
    return {"background": None, "elements": [{**element, **style}]}


def await_text(page: Page, text: str) -> None:
    page.wait_for_function(
        "(text) => document.querySelector('[data-element=headline]')?.innerText.trim() === text",
        arg=text,
        timeout=WITHIN_MS,
    )


# What was on the picture, in order, without repeats.
WATCH = """
() => {
  window.seen = [];
  const look = () => {
    const text = document.querySelector('[data-element=headline]')?.innerText.trim();
    if (text && window.seen.at(-1) !== text) window.seen.push(text);
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_overlay_is_right_behind_a_line_that_doubles_loses_and_breaks(
    server: RunningServer, page: Page
):
    lines: list[WebSocketRoute] = []

    def spoil(line: WebSocketRoute) -> None:
        lines.append(line)
        far = line.connect_to_server()
        this, numbers = len(lines), itertools.count(1)

        def pass_on(text: str | bytes) -> None:
            frame = this, next(numbers)
            if frame in {(1, 4), (2, 4)}:
                return  # lost, with more to come
            line.send(text)
            line.send(text)  # doubled
            if frame == (3, 4):
                line.close(code=4408)

        far.on_message(pass_on)

    page.route_web_socket("**/ws/overlay/*", spoil)
    with Api(server) as api:
        graphic = api.login().new_graphic(data_json=headline("Title 0"))
        page.goto(f"{server.http_url}/overlay/{graphic['id']}")
        await_text(page, "Title 0")
        page.evaluate(WATCH)
        for number in range(1, SAVES + 1):
            path = f"/api/v1/graphics/{graphic['id']}"
            api.put(path, json={"data_json": headline(f"Title {number}")})
            page.wait_for_timeout(100)
        await_text(page, f"Title {SAVES}")
        await_state(page, "live", within_ms=WITHIN_MS)

    seen = [int(text.removeprefix("Title ")) for text in page.evaluate("window.seen")]
    assert seen == sorted(set(seen))
    assert len(lines) >= 4
    assert page.locator("html").get_attribute("data-version") == str(SAVES + 1)


FOLLOW = """
async ({ token, eventTypes }) => {
  const { StaffStream } = await import("/static/graphics/overlay/staff.js");
  window.crew = { events: [], asides: [], states: [], resyncs: 0, tickets: 0 };
  const stream = new StaffStream({
    ticket: async () => {
      window.crew.tickets += 1;
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await fetch("/auth/ws-ticket", { method: "POST", headers });
      if (answer.status === 401) return null;
      return (await answer.json()).ticket;
    },
    onResync: async () => {
      window.crew.resyncs += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (window.crew.resyncs === 1) throw new Error("the first try fails");
    },
    onEvent: (event) => {
      window.crew.events.push(event);
      if (window.crew.events.length === 2) throw new Error("a page with a fault");
    },
    onAside: (frame) => window.crew.asides.push(frame),
    onState: (state) => window.crew.states.push(state),
    eventTypes,
  });
  window.crew.stream = stream;
  stream.view(3);
  stream.start();
}
"""
VIEWS_THE_GRAPHIC = """
(asides) => asides
  .filter((frame) => frame.type === "user_activity")
  .some((frame) => frame.data.users.some((user) => user.viewing.includes(3)))
"""


def await_crew(page: Page, condition: str, argument: object = None) -> None:
    page.wait_for_function(
        f"(argument) => {{ const crew = window.crew; return {condition}; }}",
        arg=argument,
        timeout=WITHIN_MS,
    )


def follow_as_crew(page: Page, server: RunningServer, api: Api, **options: Any) -> None:
    page.goto(f"{server.http_url}/overlay/nobody")
    token = api.tokens["access_token"]
    page.evaluate(FOLLOW, {"token": token, **options})
    await_crew(page, "crew.resyncs > 0")


def test_crew_gets_each_event_once_through_a_killed_server(new_server: NewServer, page: Page):
    server = new_server()
    with Api(server) as api:
        graphic_id = api.login().new_graphic()["id"]
        follow_as_crew(page, server, api)

        for number in range(1, 4):  # while the page still loads, and afterwards
            api.put(f"/api/v1/graphics/{graphic_id}", json={"title": f"{number}"})
        await_crew(page, "crew.events.length === 3")
        await_crew(page, f"({VIEWS_THE_GRAPHIC})(crew.asides)")
        page.evaluate("window.crew.asides = []")
        server.kill()
        server.start()
        await_crew(page, f"({VIEWS_THE_GRAPHIC})(crew.asides)")
        for number in range(4, 7):
            api.put(f"/api/v1/graphics/{graphic_id}", json={"title": f"{number}"})
        await_crew(page, "crew.events.length >= 6")
        page.wait_for_timeout(500)

        events = page.evaluate("window.crew.events")
        crew = page.evaluate("({...window.crew, stream: null})")
    assert [event["data"]["graphic"]["title"] for event in events] == ["1", "2", "3", "4", "5", "6"]
    seqs = [event["seq"] for event in events]
    assert seqs == list(range(seqs[0], seqs[0] + 6))
    assert crew["resyncs"] == 2, "it resumed, so there was nothing to load anew"
    assert crew["tickets"] > 1
    assert crew["states"] == ["connecting", "loading", "live", "connecting", "live"]


def test_crew_narrows_its_stream_and_learns_that_it_was_signed_out(
    server: RunningServer, page: Page
):
    with Api(server) as api:
        api.login()
        follow_as_crew(page, server, api, eventTypes=["tournament_update"])
        await_crew(page, "crew.states.at(-1) === 'live'")
        api.new_graphic()
        api.new_tournament()
        await_crew(page, "crew.events.length === 1")
        assert page.evaluate("window.crew.events[0].type") == "tournament_update"

        api.post("/auth/logout")

        await_crew(page, "crew.states.at(-1) === 'signed-out'")
