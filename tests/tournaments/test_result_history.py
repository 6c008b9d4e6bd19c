"""Results from before they had a history."""

import json

import pytest

from tests.conftest import ENGINES
from tests.support.databases import Databases, connect_to, execute, run_manage
from tests.support.server import RunningServer

BEFORE, AFTER = "0004", "0005"
AN_EVENT_OF_THEN = [
    "INSERT INTO tournaments_tournament (id, name, description, status, max_participants, "
    "points_table, tie_chain, source, created_at, updated_at) "
    "VALUES (1, 'Cup', '', 'draft', 8, '{}', '[]', '', '2026-01-01', '2026-01-01')",
    "INSERT INTO tournaments_stage (id, tournament_id, number, name, days, cuts) "
    "VALUES (1, 1, 1, 'Day 1', '[1]', '[]')",
    "INSERT INTO tournaments_game (id, tournament_id, stage_id, day, number) "
    "VALUES (1, 1, 1, 1, 1)",
    "INSERT INTO tournaments_lobby (id, game_id, number) VALUES (1, 1, 1), (2, 1, 2)",
    "INSERT INTO tournaments_participant (id, tournament_id, name, aliases, riot_id) "
    "VALUES (1, 1, 'Ann', '[]', ''), (2, 1, 'Bob', '[]', ''), (3, 1, 'Cid', '[]', ''), "
    "(4, 1, 'Dan', '[]', '')",
    "INSERT INTO tournaments_placement (lobby_id, participant_id, place, is_absent) "
    "VALUES (1, 1, 2, false), (1, 2, 1, false), (1, 3, NULL, true), (2, 4, NULL, false)",
]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_result_that_there_was_is_confirmed(
    engine: str, databases: dict[str, Databases], tmp_path
):
    url = databases[engine].new()
    environment = RunningServer(database_url=url, log=tmp_path / "log").environment
    run_manage(environment, "migrate", "tournaments", BEFORE, "--verbosity=0")
    connection = connect_to(url)

    for statement in AN_EVENT_OF_THEN:
        execute(connection, statement)
    connection.close()

    run_manage(environment, "migrate", "tournaments", AFTER, "--verbosity=0")

    connection = connect_to(url)
    columns = "lobby_id, status, placements, decided_by"
    found = execute(connection, f"SELECT {columns} FROM tournaments_resultsheet")  # noqa: S608
    connection.close()
    [(lobby, status, placements, decided_by)] = found  # a seat that is open is no result
    assert (lobby, status, decided_by) == (1, "confirmed", "system")
    if isinstance(placements, str):
        placements = json.loads(placements)
    assert placements == {"1": 2, "2": 1, "3": None}
