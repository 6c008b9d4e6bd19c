"""Many want the last places at once: each place is given once, and the waitlist has one order."""

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.events import logbook
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.rows import rows
from tests.support.server import RunningServer
from tests.support.threads import at_once
from tests.tournaments.deeds import path_of

CLIENTS = 40
PLACES = 8
WITHDRAWALS = 8


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
    with processes(
        databases[engine], tmp_path_factory.mktemp("rush"), count=request.param
    ) as servers:
        yield servers


@pytest.fixture(scope="module")
def crowd(servers: list[RunningServer]) -> Iterator[list[Api]]:
    """Forty connections of one login, spread over the processes."""
    clients = [Api(servers[number % len(servers)]) for number in range(CLIENTS)]
    token = clients[0].login().headers["Authorization"]
    for client in clients[1:]:
        client.headers["Authorization"] = token
    yield clients
    for client in clients:
        client.close()


def test_forty_who_want_the_last_eight_places_get_them_in_order(servers, crowd):
    tournament = crowd[0].new_tournament(max_participants=PLACES, status="registration_open")
    path = f"{path_of(tournament)}/participants"

    answers = at_once(
        [
            lambda number=number, client=client: client.post(
                path, json={"name": f"Player {number}"}
            )
            for number, client in enumerate(crowd)
        ]
    )

    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    listed = crowd[0].get(path).json()["participants"]
    inside, waiting = listed[:PLACES], listed[PLACES:]
    assert [row["status"] for row in inside] == ["registered"] * PLACES
    assert [row["waitlist_position"] for row in waiting] == list(range(1, CLIENTS - PLACES + 1))
    assert crowd[0].get(path_of(tournament)).json()["current_participants"] == PLACES
    # what each was told is what became of it, and the log has the order of the list
    told = {row["id"]: (row["status"], row["waitlist_position"]) for row in listed}
    for answer in answers:
        row = answer.json()
        assert row["status"] == told[row["id"]][0]
    assert arrivals_in_the_log(servers[0], tournament) == [row["name"] for row in listed]

    leave_at_once(crowd, path, inside[:WITHDRAWALS])

    now = crowd[0].get(path).json()["participants"]
    by_status = {
        status: [row["name"] for row in now if row["status"] == status]
        for status in ("registered", "waiting")
    }
    in_order = [row["name"] for row in listed[WITHDRAWALS:]]
    assert by_status["registered"] == in_order[:PLACES]
    assert by_status["waiting"] == in_order[PLACES:]
    assert promotions(servers[0], tournament) == [row["name"] for row in waiting[:WITHDRAWALS]]


def leave_at_once(crowd: list[Api], path: str, leaving: list[dict]) -> None:
    answers = at_once(
        [
            lambda client=client, row=row: client.post(f"{path}/{row['id']}/withdraw").status_code
            for client, row in zip(crowd, leaving, strict=False)
        ]
    )
    assert answers == [200] * len(leaving)


def changes_of(server: RunningServer, tournament: dict) -> list[dict]:
    told = (entry.payload for entry in logbook.entries(server))
    mine = (one for one in told if one.get("tournament_id") == tournament["id"])
    return [one["change"] for one in mine if one.get("change")]


def arrivals_in_the_log(server: RunningServer, tournament: dict) -> list[str]:
    changes = changes_of(server, tournament)
    return [
        change["participants"][0]["name"]
        for change in changes
        if change["kind"] == "participant.registered"
    ]


def promotions(server: RunningServer, tournament: dict) -> list[str]:
    found = rows(
        server,
        "SELECT p.name FROM audit_auditentry a JOIN tournaments_participant p "
        "ON p.id = a.target_id WHERE a.action = %s AND p.tournament_id = %s ORDER BY a.id",
        "participant.promoted",
        tournament["id"],
    )
    return [name for (name,) in found]
