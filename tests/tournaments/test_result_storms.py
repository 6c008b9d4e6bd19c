"""Results decided and corrected at the same moment: one order, and one result of each lobby."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.conftest import ENGINES
from tests.events import logbook
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.rows import rows
from tests.support.server import RunningServer
from tests.support.threads import at_once
from tests.tournaments.deeds import (
    corrected,
    decide,
    enter,
    history,
    in_order,
    new_lobby,
    path_of,
    put_result,
    standings,
    submit,
)

CLIENTS = 6
NAMES = [f"Player {number}" for number in range(1, 9)]


@pytest.fixture(scope="module", params=ENGINES)
def servers(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[RunningServer]]:
    """Two processes on one database."""
    maker, folder = databases[request.param], tmp_path_factory.mktemp("verdicts")
    with processes(maker, folder, count=2) as servers:
        yield servers


@pytest.fixture(scope="module")
def clients(servers: list[RunningServer]) -> Iterator[list[Api]]:
    """Connections of one login, spread over the processes."""
    clients = [Api(servers[number % len(servers)]) for number in range(CLIENTS)]
    token = clients[0].login().headers["Authorization"]
    for client in clients[1:]:
        client.headers["Authorization"] = token
    yield clients
    for client in clients:
        client.close()


def turned(number: int) -> list[str]:
    return [*NAMES[number:], *NAMES[:number]]


def assert_one_result(server: RunningServer, api: Api, tournament: dict) -> dict:
    """Every lobby has one confirmed sheet, which is what is laid out; the newest of lobby 1."""
    found = rows(
        server,
        "SELECT s.lobby_id, count(*) FROM tournaments_resultsheet s "
        "JOIN tournaments_lobby l ON l.id = s.lobby_id JOIN tournaments_game g ON g.id = l.game_id "
        "WHERE g.tournament_id = %s AND s.status = 'confirmed' GROUP BY s.lobby_id",
        tournament["id"],
    )
    assert {count for _, count in found} == {1}
    [counts] = [one for one in history(api, tournament, "1.1") if one["status"] == "confirmed"]
    table = standings(api, tournament)["standings"]
    assert {row["player_name"]: 9 - row["total_points"] for row in table} == counts["placements"]
    return counts


def told_of(server: RunningServer, tournament: dict) -> list[dict]:
    told = (one.payload for one in logbook.entries(server) if one.type == "placement_update")
    return [one for one in told if one["tournament_id"] == tournament["id"]]


def test_submissions_of_one_lobby_that_are_confirmed_at_once(servers, clients):
    cup = new_lobby(clients[0])
    waiting = [
        submit(clients[0], cup, "1.1", turned(number)).json()["id"] for number in range(CLIENTS)
    ]

    answers = at_once(
        [
            lambda client=client, sheet=sheet: decide(client, cup, sheet, "confirm")
            for client, sheet in zip(clients, waiting, strict=True)
        ]
    )

    assert [answer.status_code for answer in answers] == [200] * CLIENTS
    counts = assert_one_result(servers[0], clients[0], cup)
    confirmed = [one for one in told_of(servers[0], cup) if one["action"] != "submitted"]
    assert [one["action"] for one in confirmed] == ["recorded", *["corrected"] * (CLIENTS - 1)]
    assert confirmed[-1]["submission_id"] == counts["id"]


def test_one_submission_that_is_decided_by_many_at_once(servers, clients):
    cup = new_lobby(clients[0])
    sheet = submit(clients[0], cup, "1.1", NAMES).json()["id"]
    verdicts = ["confirm", "reject"] * (CLIENTS // 2)

    answers = at_once(
        [
            lambda client=client, verdict=verdict: decide(client, cup, sheet, verdict)
            for client, verdict in zip(clients, verdicts, strict=True)
        ]
    )

    codes = Counter(answer.json().get("code") for answer in answers)
    assert codes == {None: 1, "submission_decided": CLIENTS - 1}
    [decided] = [answer.json() for answer in answers if answer.status_code == 200]
    assert history(clients[0], cup, "1.1") == [decided]


def test_a_correction_and_a_result_at_once_come_in_one_order(servers, clients):
    cup = new_lobby(clients[0])
    enter(clients[0], cup, "1.1", NAMES)
    path = f"{path_of(cup)}/corrections"

    def correct(client: Api, number: int) -> int:
        return client.post(path, json={"results": [corrected("1.1", turned(number))]}).status_code

    def put(client: Api, number: int) -> int:
        return put_result(client, cup, "1.1", in_order(turned(number))).status_code

    doers = [correct, put] * (CLIENTS // 2)
    statuses = at_once(
        [
            lambda do=do, client=client, number=number: do(client, number)
            for number, (do, client) in enumerate(zip(doers, clients, strict=True), start=1)
        ]
    )

    assert statuses == [201, 200] * (CLIENTS // 2)
    counts = assert_one_result(servers[0], clients[0], cup)
    newest = told_of(servers[0], cup)[-1]
    said = newest["lobbies"][0] if newest["action"] == "corrected_together" else newest
    assert said["placements"] == counts["placements"]
    # each correction keeps what really was before it
    sheets = [one["placements"] for one in reversed(history(clients[0], cup, "1.1"))]
    steps = list(pairwise(sheets))
    for made in clients[0].get(path).json()["corrections"]:
        [lobby] = made["lobbies"]
        assert (lobby["before"]["placements"], lobby["after"]["placements"]) in steps


def test_one_correction_is_taken_back_once(servers, clients):
    cup = new_lobby(clients[0])
    enter(clients[0], cup, "1.1", NAMES)
    path = f"{path_of(cup)}/corrections"
    made = clients[0].post(path, json={"results": [corrected("1.1", turned(1))]}).json()

    answers = at_once(
        [lambda client=client: client.post(f"{path}/{made['id']}/undo") for client in clients]
    )

    codes = Counter(answer.json().get("code") for answer in answers)
    assert codes == {None: 1, "correction_undone": CLIENTS - 1}
    assert assert_one_result(servers[0], clients[0], cup)["placements"] == in_order(NAMES)
