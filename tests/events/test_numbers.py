"""The numbers of the streams while many write: no gap, and in the order of the commits."""

import contextlib
import threading
import time

from tests.events import logbook
from tests.support.rows import connect, execute, rows
from tests.support.threads import at_once

WRITERS, WRITES = 6, 8


class Watcher(threading.Thread):
    """Reads the staff stream again and again; keeps what each look saw."""

    def __init__(self, server, after: int) -> None:
        super().__init__()
        self.looks: list[list[int]] = []
        self._server, self._after, self._ended = server, after, threading.Event()

    def run(self) -> None:
        with contextlib.closing(connect(self._server)) as connection:
            while not self._ended.is_set():
                self.looks.append(self.look(connection))
            self.looks.append(self.look(connection))

    def look(self, connection) -> list[int]:
        found = execute(
            connection,
            "SELECT seq FROM events_streamentry WHERE stream_id = %s AND seq > %s ORDER BY seq",
            [logbook.STAFF, self._after],
        )
        return [seq for (seq,) in found]

    def __enter__(self) -> "Watcher":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def test_nobody_ever_sees_a_gap_while_six_write(server, api):
    before = logbook.head(server)
    shared = api.new_graphic(title="shared")["id"]

    def write(writer: int) -> int:
        own = api.new_graphic(title=f"of writer {writer}")["id"]
        for turn in range(WRITES):
            graphic = shared if turn % 2 else own
            answer = api.put(f"/api/v1/graphics/{graphic}", json={"title": f"{writer}.{turn}"})
            assert answer.status_code == 200
        return own

    with Watcher(server, before) as watcher:
        owned = at_once([lambda writer=writer: write(writer) for writer in range(WRITERS)])

    for look in watcher.looks:
        assert look == list(range(before + 1, before + 1 + len(look)))
    written = logbook.entries(server, after=before)
    assert logbook.head(server) == written[-1].seq
    assert len(written) == 1 + WRITERS * (1 + WRITES)
    for graphic in owned:
        stream = logbook.entries(server, logbook.overlay(graphic))
        assert [entry.seq for entry in stream] == list(range(1, 2 + WRITES // 2))
        assert [entry.payload["version"] for entry in stream] == list(range(1, 2 + WRITES // 2))


def test_versions_and_numbers_of_one_graphic_rise_together(server, api):
    graphic = api.new_graphic()["id"]

    def write(writer: int) -> None:
        for turn in range(4):
            api.put(f"/api/v1/graphics/{graphic}", json={"title": f"{writer} {turn}"})

    at_once([lambda writer=writer: write(writer) for writer in range(WRITERS)])

    stream = logbook.entries(server, logbook.overlay(graphic))
    count = 1 + WRITERS * 4
    assert [(entry.seq, entry.payload["version"]) for entry in stream] == [
        (number, number) for number in range(1, count + 1)
    ]
    shown = api.get(f"/api/v1/graphics/{graphic}").json()
    assert shown["version"] == count
    assert stream[-1].public["graphic"]["title"] == shown["title"]


def test_what_is_refused_takes_no_number(server, api, viewer):
    graphic = api.new_graphic()
    path = f"/api/v1/graphics/{graphic['id']}"
    before = logbook.head(server), logbook.head(server, logbook.overlay(graphic["id"]))

    answers = [
        api.put(path, json={"title": ""}),
        api.put(path, json={"title": "x"}, headers={"If-Match": '"9"'}),
        api.put(path, json={"tournament_id": 2**40}),
        api.put("/api/v1/graphics/4000000000", json={"title": "x"}),
        api.post("/api/v1/graphics", json={"title": "x"}),
        viewer.put(path, json={"title": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 412, 400, 404, 400, 403]
    after = logbook.head(server), logbook.head(server, logbook.overlay(graphic["id"]))
    assert after == before


def test_a_lock_that_another_test_left_is_no_news_of_this_one(server, api):
    """The promise of the log book, on which all tests that compare its head rely."""
    graphic = api.new_graphic()["id"]
    api.post(f"/api/v1/lock/{graphic}").raise_for_status()
    before = logbook.head(server)

    rows(
        server,
        "UPDATE graphics_canvaslease SET expires_at = taken_at WHERE graphic_id = %s",
        graphic,
    )

    def ends() -> list[str]:
        told = logbook.entries(server, after=before, with_ends_by_time=True)
        return [entry.name for entry in told if entry.payload["graphic_id"] == graphic]

    deadline = time.monotonic() + 10
    while not ends() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ends() == ["graphic.lock_expired"]
    assert logbook.head(server) == before
    assert logbook.entries(server, after=before) == []
