"""Many change one graphic at once: it is as if one had come after another."""

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from tests.events import logbook
from tests.graphics.histories import Answer, State, explained, folded, in_words
from tests.support.api import Api
from tests.support.rounds import ROUNDS
from tests.support.server import RunningServer
from tests.support.threads import at_once

WRITERS = 10

pytestmark = pytest.mark.timeout(120 + 5 * ROUNDS)


@pytest.fixture
def writers(server: RunningServer, api: Api) -> Iterator[list[Api]]:
    """Connections of one login."""
    clients = [Api(server, headers=dict(api.headers)) for _ in range(WRITERS)]
    yield clients
    for client in clients:
        client.close()


def save(client: Api, graphic: int, version: int, document: Any) -> httpx.Response:
    return client.put(
        f"/api/v1/graphics/{graphic}",
        json={"data_json": document},
        headers={"If-Match": f'"{version}"'},
    )


def test_of_ten_who_save_over_one_version_one_wins(server, writers):
    graphic = writers[0].new_graphic(data_json={"saved": []})["id"]
    saved: list[list[int]] = []

    def attempt(client: Api, number: int, version: int) -> httpx.Response:
        return save(client, graphic, version, {"saved": [*saved, [version, number]]})

    for version in range(1, ROUNDS + 1):
        answers = at_once(
            [partial(attempt, client, number, version) for number, client in enumerate(writers)]
        )
        [winner] = [number for number, answer in enumerate(answers) if answer.status_code == 200]
        saved.append([version, winner])
        assert answers[winner].json()["version"] == version + 1
        assert answers[winner].json()["data_json"] == {"saved": saved}
        assert answers[winner].headers["ETag"] == f'"{version + 1}"'
        for number, answer in enumerate(answers):
            if number != winner:
                assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
                assert answer.json()["current_version"] == version + 1

    assert writers[0].get(f"/api/v1/graphics/{graphic}").json()["data_json"] == {"saved": saved}
    path = f"/api/v1/graphics/{graphic}/revisions"
    for version in {1, 2, ROUNDS // 2 + 1, ROUNDS + 1}:
        revision = writers[0].get(f"{path}/{version}").json()
        assert revision["data_json"] == {"saved": saved[: version - 1]}
    told = [
        (entry.public["version"], entry.public["graphic"]["data_json"])
        for entry in logbook.entries(server, logbook.overlay(graphic))
    ]
    assert told == [(version, {"saved": saved[: version - 1]}) for version in range(1, ROUNDS + 2)]


def test_ten_who_count_together_lose_no_count(writers):
    graphic = writers[0].new_graphic(data_json={"count": 0})["id"]
    each = max(2, ROUNDS // 5)

    def count(client: Api) -> None:
        done = 0
        while done < each:
            seen = client.get(f"/api/v1/graphics/{graphic}").json()
            raised = {"count": seen["data_json"]["count"] + 1}
            answer = save(client, graphic, seen["version"], raised)
            assert answer.status_code in {200, 412}, answer.text
            done += answer.status_code == 200

    at_once([partial(count, client) for client in writers])

    shown = writers[0].get(f"/api/v1/graphics/{graphic}").json()
    assert shown["data_json"] == {"count": each * WRITERS}
    assert shown["version"] == each * WRITERS + 1


DEEDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "archive": ("POST", "/archive/{}", {}),
    "put-away": ("DELETE", "/graphics/{}", {}),
    "restore": ("POST", "/archive/{}/restore", {}),
    "change A": ("PUT", "/graphics/{}", {"title": "A"}),
    "change B": ("PATCH", "/graphics/{}", {"title": "B"}),
    "lock": ("POST", "/lock/{}", {"session_id": "another window"}),
    "delete": ("DELETE", "/graphics/{}/permanent", {}),
    "empty": ("DELETE", "/archive/{}/permanent", {}),
}
FINAL = {"delete", "empty"}


def do(client: Api, deed: str, graphic: int) -> Answer:
    method, path, body = DEEDS[deed]
    named = body if deed == "lock" else body | {"session_id": "this window"}
    answer = client.request(method, f"/api/v1{path.format(graphic)}", json=named)
    return answer.status_code, answer.json().get("code")


def shown(client: Api, graphic: int) -> State:
    answer = client.get(f"/api/v1/graphics/{graphic}")
    if answer.status_code == 404:
        return State(title=None)
    body = answer.json()
    return State(
        title=body["title"],
        version=body["version"],
        is_archived=body["archived"],
        is_locked=body["canvas_lock"] is not None,
    )


def test_archive_restore_change_and_deletion_at_once_come_out_as_one_after_another(server, writers):
    chance = random.Random(7)  # noqa: S311 - no secret
    for number in range(ROUNDS):
        begun = logbook.head(server)
        graphic = writers[0].new_graphic(title="O")["id"]
        start = State(title="O", is_archived=number % 2 == 1)
        if start.is_archived:
            writers[0].delete(f"/api/v1/graphics/{graphic}")
        made = logbook.head(server)
        # in most rounds something is left to look at
        deeds = [deed for deed in DEEDS if deed not in FINAL or number % 3 == 0]
        chance.shuffle(deeds)

        answers = at_once(
            [partial(do, writers[index], deed, graphic) for index, deed in enumerate(deeds)]
        )

        told = [
            entry
            for entry in logbook.entries(server, after=begun)
            if entry.payload.get("graphic_id") == graphic
        ]
        events = [in_words(entry.name, entry.payload) for entry in told if entry.seq > made]
        found = explained(dict(zip(deeds, answers, strict=True)), events, start)
        story = f"{start}: {dict(zip(deeds, answers, strict=True))}: {events}"
        assert found is not None, story
        heard, left = folded([entry.payload for entry in told]), shown(writers[0], graphic)
        if left.title is None:
            assert heard.title is None, story
            assert found[1].title is None, story
        else:
            assert left == heard == found[1], story
