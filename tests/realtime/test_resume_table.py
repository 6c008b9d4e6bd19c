"""What ``after`` and ``epoch`` get a client: every row of the table in docs/realtime.md."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ENGINES
from tests.realtime.wire import Socket, overlay, staff
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.rows import rows, value
from tests.support.server import RunningServer

# Whether it was recovered, the head, and what came after the first frame.
Outcome = tuple[bool, int, list[tuple[str, int]]]
KINDS = ["overlay", "staff"]
HEAD, TRIMMED = 6, 2

# after, epoch (None: the right one) -> whether it is recovered; the stream has 1 to 6
WHOLE: dict[str, tuple[str, bool]] = {
    "nothing": ("", False),
    "only after": ("after=6", False),
    "only epoch": ("epoch={epoch}", False),
    "from the start": ("after=0&epoch={epoch}", True),
    "from the middle": ("after=3&epoch={epoch}", True),
    "at the head": ("after=6&epoch={epoch}", True),
    "beyond the head": ("after=7&epoch={epoch}", False),
    "far beyond the head": ("after=9223372036854775807&epoch={epoch}", False),
    "above all numbers": ("after=9223372036854775808&epoch={epoch}", False),
    "another epoch": ("after=3&epoch=another", False),
    "an empty epoch": ("after=3&epoch=", False),
    "negative": ("after=-1&epoch={epoch}", False),
    "no number": ("after=three&epoch={epoch}", False),
    "leading zero": ("after=03&epoch={epoch}", False),
    "with a sign": ("after=%2B3&epoch={epoch}", False),
    "a fraction": ("after=3.0&epoch={epoch}", False),
    "an exponent": ("after=3e0&epoch={epoch}", False),
    "foreign digits": ("after=%D9%A3&epoch={epoch}", False),
    "with a line break": ("after=3%0A&epoch={epoch}", False),
    "no text at all": ("after=%FF%00&epoch={epoch}", False),
    "twice": ("after=3&after=3&epoch={epoch}", False),
    "two epochs": ("after=3&epoch={epoch}&epoch={epoch}", False),
    "beside other words": ("x=1&epoch={epoch}&y&after=3", True),
}
# the stream has nothing, and its head is 0
EMPTY: dict[str, tuple[str, bool]] = {
    "nothing, of an empty stream": ("", False),
    "at the head of an empty stream": ("after=0&epoch={epoch}", True),
    "beyond the head of an empty stream": ("after=1&epoch={epoch}", False),
}
# the stream has 3 to 6
SHORTENED: dict[str, tuple[str, bool]] = {
    "from a trimmed start": ("after=0&epoch={epoch}", False),
    "from a trimmed number": ("after=1&epoch={epoch}", False),
    "from the last trimmed number": ("after=2&epoch={epoch}", True),
    "behind what was trimmed": ("after=3&epoch={epoch}", True),
    "at the head of a trimmed stream": ("after=6&epoch={epoch}", True),
}
STATES = {"empty": (EMPTY, 0), "whole": (WHOLE, HEAD), "trimmed": (SHORTENED, HEAD)}
CASES = [(state, case) for state, (cases, _) in STATES.items() for case in cases]


class Table:
    """A server of its own, on which each state of both streams is brought about and asked."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self._token = ""
        self._graphic_id = 0

    def fill(self) -> None:
        with Api(self.server) as api:
            self._token = api.login().tokens["access_token"]
            self._graphic_id = api.new_graphic()["id"]
            for table in ("streamentry", "event", "stream"):
                rows(self.server, f"DELETE FROM events_{table}")  # noqa: S608 - our words
            self._ask(EMPTY)
            # What sockets were told stays in the memory of the process for a while, and a client
            # may go on from there: only a new process has to look into the log.
            self.server.stop()
            self.server.start()
            for number in range(HEAD):
                api.put(f"/api/v1/graphics/{self._graphic_id}", json={"title": f"{number}"})
        self._ask(WHOLE)
        rows(self.server, "DELETE FROM events_streamentry WHERE seq <= %s", TRIMMED)
        self._ask(SHORTENED)

    def _ask(self, cases: dict[str, tuple[str, bool]]) -> None:
        epoch = value(self.server, "SELECT value FROM events_epoch")
        for case, (query, _) in cases.items():
            for kind in KINDS:
                asking = self._outcome(kind, f"?{query.format(epoch=epoch)}")
                self.outcomes[kind, case] = asyncio.run(asking)

    async def _outcome(self, kind: str, query: str) -> Outcome:
        socket = (
            overlay(self.server, self._graphic_id, query)
            if kind == "overlay"
            else staff(self.server, query, token=self._token)
        )
        async with socket:
            established = await socket.frame()
            assert established["type"] == "connection_established"
            head, recovered = established["data"]["seq"], established["data"]["recovered"]
            due = head - after_of(query) if recovered else 1
            frames = [await numbered_frame(socket) for _ in range(due)]
            await socket.say({"type": "ping"})  # what comes before the pong was too much
            while (frame := await socket.frame())["type"] != "pong":
                frames.extend([frame] if "seq" in frame else [])
        return recovered, head, [(frame["type"], frame["seq"]) for frame in frames]


async def numbered_frame(socket: Socket) -> dict[str, Any]:
    while "seq" not in (frame := await socket.frame()):
        pass  # who is here, for one, has no number
    return frame


def after_of(query: str) -> int:
    return int(query.partition("after=")[2].partition("&")[0])


@pytest.fixture(scope="module", params=ENGINES)
def table(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Table]:
    log = tmp_path_factory.mktemp("table") / "server.log"
    server = RunningServer(database_url=databases[request.param].new(), log=log).start()
    try:
        table = Table(server)
        table.fill()
        yield table
    finally:
        server.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("state", "case"), CASES, ids=[case for _, case in CASES])
def test_resuming(table: Table, state: str, case: str, kind: str):
    cases, head = STATES[state]
    query, is_recovered = cases[case]

    anew = "snapshot" if kind == "overlay" else "resync_required"
    expected = [(anew, head)]
    if is_recovered:
        expected = [("graphic_update", seq) for seq in range(after_of(query) + 1, head + 1)]

    assert table.outcomes[kind, case] == (is_recovered, head, expected)
