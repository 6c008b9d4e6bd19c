"""Leases that end: who held one too long overwrites nothing, and everybody hears of it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.refusals import refusal
from tests.conftest import ENGINES
from tests.events import logbook
from tests.graphics.editors import Editor
from tests.graphics.holder import Holder
from tests.graphics.leases import HASTY, LEASE_SECONDS, seconds_left
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.rows import connect, execute, rows
from tests.support.server import RunningServer


@pytest.fixture(scope="module", params=ENGINES)
def hasty(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningServer]:
    """A server whose leases last two seconds."""
    folder = tmp_path_factory.mktemp("hasty")
    with processes(databases[request.param], folder, environment=HASTY) as [server]:
        yield server


@pytest.fixture(scope="module")
def first(hasty: RunningServer) -> Iterator[Api]:
    """Who had the lock."""
    with Api(hasty) as client:
        yield client.login()


@pytest.fixture(scope="module")
def second(hasty: RunningServer) -> Iterator[Api]:
    """Who follows."""
    with Api(hasty) as client:
        yield client.login()


@pytest.fixture
def graphic(first: Api) -> int:
    return first.new_graphic(title="Before")["id"]


def picture(server: RunningServer, graphic: int) -> dict[str, Any]:
    """The graphic, and all that was ever told of it."""
    [(title, version, fence)] = rows(
        server, "SELECT title, version, last_fence FROM graphics_graphic WHERE id = %s", graphic
    )
    versions = rows(
        server,
        "SELECT version FROM graphics_graphicrevision WHERE graphic_id = %s ORDER BY version",
        graphic,
    )
    told = [
        entry.payload["action"]
        for entry in logbook.entries(server, with_ends_by_time=True)
        if entry.payload.get("graphic_id") == graphic
    ]
    return {
        "title": title,
        "version": version,
        "fence": fence,
        "versions": [version for (version,) in versions],
        "told": told,
    }


def follow(editor: Editor, graphic: int, lock: dict[str, Any]) -> None:
    """Take the lock over as soon as it ends, and save."""
    time.sleep(seconds_left(lock) + 0.01)
    newer = editor.locked(graphic)
    assert newer["lock_fence"] > lock["lock_fence"]
    saved = editor.save(graphic, lock_fence=newer["lock_fence"], title="Theirs")
    assert (saved.status_code, saved.json()["version"]) == (200, 2)


@pytest.mark.parametrize("is_server_killed", [False, True], ids=["", "server killed"])
@pytest.mark.parametrize("window", [None, "left"], ids=["by login", "by window"])
def test_a_holder_who_was_stopped_past_the_lease_overwrites_nothing(
    window, is_server_killed, first, second, graphic
):
    server = first.server
    named = {} if window is None else {"session_id": window}
    follower = Editor(second, window and "right")
    with Holder(first) as holder:
        status, lock = holder.ask("POST", f"/lock/{graphic}", named)
        assert status == 200
        fenced = named | {"lock_fence": lock["lock_fence"], "title": "Mine"}
        holder.stop()
        holder.send("PUT", f"/graphics/{graphic}", fenced)
        if is_server_killed:
            server.kill()
            server.start()
        follow(follower, graphic, lock)

        holder.wake_up()
        while_held = holder.answer()
        late_release = holder.ask("DELETE", f"/lock/{graphic}", named)
        assert follower.status(graphic)["can_edit"]
        follower.release(graphic)
        before = picture(server, graphic)
        afterwards = [
            holder.ask("PUT", f"/graphics/{graphic}", fenced),
            holder.ask("PATCH", f"/graphics/{graphic}", named | {"title": "Mine"}),
            holder.ask("POST", f"/graphics/{graphic}/revisions/1/restore", named),
        ]
        very_late_release = holder.ask("DELETE", f"/lock/{graphic}", named)

    # that another holds the lock now is told before what became of an older one
    assert (while_held[0], while_held[1]["code"]) == (423, "graphic_locked")
    assert (late_release[0], late_release[1]["released"]) == (200, False)
    for status, body in afterwards:
        assert (status, body["code"], body["current_version"]) == (409, "lock_lost", 2)
    assert (very_late_release[0], very_late_release[1]["released"]) == (200, False)
    assert picture(server, graphic) == before
    assert (before["title"], before["versions"]) == ("Theirs", [1, 2])
    assert before["told"] == ["created", "acquired", "expired", "acquired", "updated", "released"]


def test_a_late_holder_whom_nobody_followed_may_save(first, graphic):
    late = Editor(first, "left")
    lock = late.locked(graphic)
    time.sleep(seconds_left(lock) + 0.05)

    refusal(late.refresh(graphic), 404, "lock_not_held")
    saved = late.save(graphic, lock_fence=lock["lock_fence"], title="Mine")

    assert saved.status_code == 200


def test_a_late_holder_has_lost_also_to_one_who_saved_nothing(first, second, graphic):
    late, follower = Editor(first), Editor(second)
    time.sleep(seconds_left(late.locked(graphic)) + 0.05)
    follower.locked(graphic)
    follower.release(graphic)

    told = refusal(late.save(graphic, title="Mine"), 409, "lock_lost")

    assert told["current_version"] == 1


def test_a_holder_who_refreshes_in_time_keeps_everybody_out(first, second, graphic):
    holder, other = Editor(first), Editor(second)
    fence = holder.locked(graphic)["lock_fence"]
    for _ in range(4):
        time.sleep(LEASE_SECONDS / 3)
        assert holder.refresh(graphic).json()["lock_fence"] == fence
        refusal(other.lock(graphic), 409, "graphic_locked")

    assert holder.save(graphic, lock_fence=fence, title="Mine").status_code == 200


def test_a_lease_ends_by_the_clock_and_not_when_somebody_notices(first, second, graphic):
    lock = Editor(first).locked(graphic)
    with holding_row(first.server, graphic):  # nobody can write the end down
        time.sleep(seconds_left(lock) + 0.01)

        assert Editor(second).status(graphic) == {
            "locked": False,
            "lock_info": None,
            "can_edit": True,
        }
        listed = first.get("/api/v1/lock/status").json()["locks"]
        assert graphic not in {row["graphic_id"] for row in listed}
        assert first.get(f"/api/v1/graphics/{graphic}").json()["canvas_lock"] is None


def test_a_refresh_that_had_to_wait_past_the_lease_comes_too_late(first, graphic):
    holder = Editor(first)

    answer = kept_waiting(lambda: holder.refresh(graphic), past=holder.locked(graphic), of=first)

    refusal(answer, 404, "lock_not_held")


def test_a_lock_that_was_asked_for_in_the_lease_and_granted_after_it_is_good(
    first, second, graphic
):
    lock = Editor(first).locked(graphic)

    answer = kept_waiting(lambda: Editor(second).lock(graphic), past=lock, of=first)

    assert answer.status_code == 200
    assert answer.json()["lock_fence"] > lock["lock_fence"]
    assert seconds_left(answer.json()) > LEASE_SECONDS - 1


def kept_waiting(ask: Callable[[], Any], *, past: dict[str, Any], of: Api) -> Any:
    """The answer to a request that was sent within the lease and judged after it."""
    answers = []
    with holding_row(of.server, past["graphic_id"]):
        waiting = threading.Thread(target=lambda: answers.append(ask()))
        waiting.start()
        time.sleep(seconds_left(past) + 0.2)
        assert not answers
    waiting.join()
    return answers[0]


@contextlib.contextmanager
def holding_row(server: RunningServer, graphic: int) -> Iterator[None]:
    """Nobody can write to the graphic meanwhile."""
    is_sqlite = server.environment["DATABASE_URL"].startswith("sqlite")
    with contextlib.closing(connect(server)) as connection:
        execute(connection, "BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        statement = "UPDATE graphics_graphic SET title = title WHERE id = %s"
        execute(connection, statement, [graphic])
        yield
        execute(connection, "ROLLBACK")
