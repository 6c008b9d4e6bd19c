"""The largest documents that are drawn: pictures of 20 MiB as data, in a real browser."""

import base64
import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.picture import await_state
from tests.support.api import Api
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

WITHIN_MS = 60_000
SHOWS = """
([text, width]) => {
  const title = document.querySelector("[data-element=title]")?.innerText.trim();
  const pictures = [...document.querySelectorAll("img")].filter((image) => image.complete);
  return title === text && pictures.at(-1)?.naturalWidth === width;
}
"""


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory) -> Iterator[RunningServer]:
    running = RunningServer(
        database_url=databases["sqlite"].new(), log=tmp_path_factory.mktemp("logs") / "large.log"
    ).start()
    yield running
    running.close()


def png(width: int, height: int) -> str:
    """Noise, which no format makes smaller, as a data URL."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    noise = random.Random(width).randbytes(width * 3)  # noqa: S311 - no secret
    lines = b"".join(b"\0" + noise[n % width :] + noise[: n % width] for n in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines, 0)), chunk(b"IEND", b"")
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()
    return f"data:image/png;base64,{data}"


def document(text: str, picture: str) -> dict[str, Any]:
    """As many elements as may be, over a picture."""
    title = {"id": "title", "type": "text", "x": 60, "y": 60, "content": text, "fontSize": 60}
    others = [
        {"id": f"text {number}", "type": "text", "x": 3 * number, "y": 400, "content": str(number)}
        for number in range(499)
    ]
    background = {"imageUrl": picture, "width": 1920, "height": 1080}
    return {"background": background, "elements": [title, *others]}


def test_a_picture_of_20_mib_is_drawn_and_followed_by_another(server, page: Page):
    pictures = {width: png(width, 2000) for width in (2600, 2601)}
    assert all(len(picture) > 19 * 1024 * 1024 for picture in pictures.values())
    with Api(server, timeout=120) as api:
        api.login()
        graphic = api.new_graphic(data_json=document("First", pictures[2600]))
        page.goto(f"{server.http_url}/overlay/{graphic['id']}")
        page.wait_for_function(SHOWS, arg=["First", 2600], timeout=WITHIN_MS)
        await_state(page, "live", within_ms=WITHIN_MS)

        saved = api.put(
            f"/api/v1/graphics/{graphic['id']}",
            json={"data_json": document("Second", pictures[2601])},
        )

        assert saved.status_code == 200
        page.wait_for_function(SHOWS, arg=["Second", 2601], timeout=WITHIN_MS)
        assert page.locator(".element").count() == 500
