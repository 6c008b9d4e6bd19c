"""Many ask for one lock at once: one gets it, and nobody ever gets an older fence."""

from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ENGINES
from tests.graphics.editors import Editor
from tests.graphics.leases import told_of
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.rounds import ROUNDS
from tests.support.server import RunningServer
from tests.support.threads import at_once

CLIENTS = 50
UNNAMED = 2

pytestmark = pytest.mark.timeout(120 + 10 * ROUNDS)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def servers(
    request: pytest.FixtureRequest,
    engine: str,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[RunningServer]]:
    """On one database."""
    folder = tmp_path_factory.mktemp("storm")
    with processes(databases[engine], folder, count=request.param) as servers:
        yield servers


@pytest.fixture(scope="module")
def crowd(servers: list[RunningServer]) -> Iterator[list[Editor]]:
    """Fifty connections spread over the processes: two windows without a name, each of a login of
    its own, and 48 windows of a third login.
    """
    clients = [Api(servers[number % len(servers)]) for number in range(CLIENTS)]
    for client in clients[: UNNAMED + 1]:
        client.login()
    for client in clients[UNNAMED + 1 :]:
        client.headers["Authorization"] = clients[UNNAMED].headers["Authorization"]
    yield [
        Editor(client, f"window {number}" if number >= UNNAMED else None)
        for number, client in enumerate(clients)
    ]
    for client in clients:
        client.close()


def test_of_fifty_who_ask_at_once_one_gets_the_lock(servers, crowd):
    graphic = crowd[0].client.new_graphic()["id"]
    fences: list[int] = []

    for _ in range(ROUNDS):
        answers = at_once([lambda editor=editor: editor.lock(graphic) for editor in crowd])

        [winner] = [number for number, answer in enumerate(answers) if answer.status_code == 200]
        lock = answers[winner].json()
        fences.append(lock["lock_fence"])
        for number, answer in enumerate(answers):
            if number != winner:
                check_refusal(answer, lock)
        assert crowd[winner].release(graphic).json()["released"] is True

    assert fences == sorted(set(fences))
    told = told_of(servers[0], graphic)
    assert [(one["action"], one["lock_fence"]) for one in told] == [
        (action, fence) for fence in fences for action in ("acquired", "released")
    ]


def check_refusal(answer: httpx.Response, lock: dict) -> None:
    assert answer.status_code == 409, answer.text
    body = answer.json()
    assert body["code"] == "graphic_locked"
    assert body["locked_by"] == lock["user_name"]
    assert body["expires_at"] == lock["expires_at"]
    assert body["can_edit"] is False


def test_whoever_saves_in_a_crowd_holds_the_lock(servers, crowd):
    """Each locks, saves and releases as often as it can; nobody saves between two of another."""
    crowd = crowd[:12]
    graphic = crowd[0].client.new_graphic(title="nobody 0")["id"]

    def work(editor: Editor) -> list[tuple[int, int]]:
        saved = []
        for _ in range(ROUNDS):
            answer = editor.lock(graphic)
            if answer.status_code != 200:
                assert answer.status_code == 409, answer.text
                continue
            fence = answer.json()["lock_fence"]
            for part in range(2):
                done = editor.save(graphic, lock_fence=fence, title=f"{fence} {part}")
                assert done.status_code == 200, done.text
                saved.append((done.json()["version"], fence))
            assert editor.release(graphic).json()["released"] is True
        return saved

    by_editor = at_once([lambda editor=editor: work(editor) for editor in crowd])

    saves = sorted(save for saved in by_editor for save in saved)
    assert saves
    versions = [version for version, _ in saves]
    fences = [fence for _, fence in saves]
    assert versions == list(range(2, len(saves) + 2))
    assert fences == sorted(fences)
    assert set(Counter(fences).values()) == {2}
