"""PUT .../lobbies/{n}/placements: the write that a live show turns on."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gal_dashboard.core.context import SYSTEM
from tests.events import logbook
from tests.support.rows import audited, rows
from tests.support.threads import at_once
from tests.tournaments.deeds import enter, new_lobby, path_of, put_result
from tournaments.drawing import publish_draw
from tournaments.registration import register_participant
from tournaments.results import LobbyResult, record_lobby_result
from tournaments.seating import Wish
from tournaments.services import create_tournament
from tournaments.standings import GameRef

NAMES = [f"Player {number}" for number in range(1, 9)]


@pytest.fixture
def cup(api) -> dict:
    """A tournament of eight, no game played."""
    return new_lobby(api)


@pytest.fixture
def wide(api) -> dict:
    """A tournament of two lobbies."""
    return new_lobby(api, players=16)


def points(table: dict) -> dict[str, int]:
    return {row["player_name"]: row["total_points"] for row in table["standings"]}


def placements(names: list[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names, start=1)}


def test_a_result_answers_the_new_standings(cup, api):
    table = enter(api, cup, "1.1", NAMES)

    assert [row["player_name"] for row in table["standings"]] == NAMES
    assert points(table) == dict(zip(NAMES, range(8, 0, -1), strict=True))
    assert table == api.get(f"{path_of(cup)}/standings").json()
    assert (table["after"], table["complete"]) == ("1.1", True)
    assert table["standings"][0]["round_scores"] == {"round_1": 8}


@pytest.mark.django_db
def test_an_event_is_read_once_for_a_result():
    fields = {"name": "Cup", "max_participants": 8}
    cup = create_tournament(actor=SYSTEM, fields=fields).pk
    for name in NAMES:
        register_participant(actor=SYSTEM, tournament_id=cup, fields={"name": name}, is_late=True)
    publish_draw(actor=SYSTEM, tournament_id=cup, wish=Wish())
    result = LobbyResult(ref=GameRef(1, 1), lobby=1, placements=placements(NAMES))

    with CaptureQueriesContext(connection) as queries:
        record_lobby_result(actor=SYSTEM, tournament_id=cup, result=result)

    asked = [query["sql"] for query in queries]
    readings = [sql for sql in asked if 'JOIN "users_user"' in sql]  # only the rulebook asks so
    assert len(readings) == 1, asked


def test_points_add_up_over_games(cup, api):
    enter(api, cup, "1.1", NAMES)
    table = enter(api, cup, "1.2", NAMES[::-1])

    assert set(points(table).values()) == {9}
    assert table["round_names"] == ["round_1", "round_2"]
    assert table["standings"][0]["tied"] is False  # first places decide
    assert [row["rank"] for row in table["standings"]] == list(range(1, 9))


def test_who_did_not_show_up_gets_no_points(cup, api):
    table = enter(api, cup, "1.1", NAMES[:7], absent=NAMES[7:])

    absentee = table["standings"][-1]
    assert (absentee["player_name"], absentee["total_points"]) == (NAMES[7], 0)
    assert absentee["round_scores"] == {"round_1": 0}
    assert table["complete"] is True


def test_a_lobby_of_seven_needs_no_absentee(cup, api):
    table = enter(api, cup, "1.1", NAMES[:7])

    assert table["standings"][-1]["round_scores"] == {}
    assert table["complete"] is False


def test_a_second_result_of_a_lobby_corrects_the_first(cup, api, server):
    enter(api, cup, "1.1", NAMES)

    table = enter(api, cup, "1.1", [NAMES[1], NAMES[0], *NAMES[2:]])

    assert [row["player_name"] for row in table["standings"]][:2] == [NAMES[1], NAMES[0]]
    told = [entry for entry in logbook.entries(server) if entry.type == "placement_update"]
    assert [entry.payload["action"] for entry in told[-2:]] == ["recorded", "corrected"]
    [(changes,)] = rows(
        server,
        "SELECT changes FROM audit_auditentry WHERE action = 'placement.corrected' "
        "ORDER BY id DESC LIMIT 1",
    )
    assert "Player 1" in str(changes)


def test_a_correction_of_an_earlier_game_counts_in_all_later_standings(cup, api):
    enter(api, cup, "1.1", NAMES)
    enter(api, cup, "1.2", NAMES)

    table = enter(api, cup, "1.1", NAMES[::-1])

    assert table["after"] == "1.2"
    assert set(points(table).values()) == {9}


def test_a_correction_may_bring_another_player(api):
    cup = new_lobby(api, players=9)
    enter(api, cup, "1.1", NAMES)

    table = enter(api, cup, "1.1", [*NAMES[:7], "Player 9"])

    assert (points(table)["Player 8"], points(table)["Player 9"]) == (0, 1)


def test_the_same_result_again_changes_nothing_and_tells_nobody(cup, api, server):
    first = enter(api, cup, "1.1", NAMES[:7], absent=NAMES[7:])
    before = logbook.head(server), len(audited(server, "placement.recorded"))
    placed = placements(NAMES[:7])
    shuffled = {name: placed[name] for name in reversed(placed)}

    answer = put_result(api, cup, "1.1", shuffled, absent=NAMES[7:])

    assert (answer.status_code, answer.json()) == (200, first)
    assert (logbook.head(server), len(audited(server, "placement.recorded"))) == before


def test_a_result_tells_the_crew_who_came_where(cup, api, server):
    before = logbook.head(server)

    table = enter(api, cup, "1.1", NAMES[:7], absent=NAMES[7:])

    placed, published = logbook.entries(server, after=before)
    assert (placed.type, placed.public) == ("placement_update", None)
    assert placed.payload == {
        "action": "recorded",
        "tournament_id": cup["id"],
        "game": "1.1",
        "lobby": 1,
        "placements": placements(NAMES[:7]),
        "absent": NAMES[7:],
        "submission_id": None,
        "actor": "dashboard_user",
    }
    assert (published.type, published.payload["standings"]) == ("standings_update", table)
    assert published.payload["actor"] == "dashboard_user"
    assert published.public == {
        name: value for name, value in published.payload.items() if name != "actor"
    }
    assert audited(server, "placement.recorded")[-1][:2] == ("dashboard_user", "lobby")


def test_another_spelling_of_a_name_is_the_same_player(cup, api, server):
    rows(
        server,
        "UPDATE tournaments_participant SET aliases = %s WHERE tournament_id = %s AND name = %s",
        '["P1", "Player 2"]',
        cup["id"],
        NAMES[0],
    )

    table = enter(api, cup, "1.1", ["P1", *NAMES[1:]])
    twice = put_result(api, cup, "1.2", {NAMES[0]: 1, "P1": 2})

    # a name is worth more than somebody else's other spelling
    assert [row["player_name"] for row in table["standings"]] == NAMES
    assert twice.json()["errors"] == {"placements.P1": ["P1 is named twice."]}


FAULTS = [
    ({"Player 9": 1}, [], {"placements.Player 9": "No participant is called Player 9."}),
    ({"Playr 1": 1}, [], {"placements.Playr 1": "Did you mean Player 1?"}),
    ({"Player 1": 0}, [], {"placements.Player 1": "greater than or equal to 1"}),
    ({"Player 1": 9}, [], {"placements.Player 1": "less than or equal to 8"}),
    ({"Player 1": "1"}, [], {"placements.Player 1": "integer"}),
    ({"Player 1": 1.0}, [], {"placements.Player 1": "integer"}),
    ({"Player 1": True}, [], {"placements.Player 1": "integer"}),
    ({"Player 1": None}, [], {"placements.Player 1": "null"}),
    ({"Player 1": [1]}, [], {"placements.Player 1": "integer"}),
    (
        {"Player 1": 1, "Player 2": 1},
        [],
        {"placements.Player 2": "Place 1 is given to Player 1 too."},
    ),
    (
        {"Player 1": 1, "Player 2": 3},
        [],
        {"placements.Player 2": "Player 2 is at 3, but nobody is at 2."},
    ),
    ({"Player 1": 2}, [], {"placements.Player 1": "nobody is at 1"}),
    ({"Player 1": 1}, ["Player 1"], {"absent.Player 1": "Player 1 is named twice."}),
    ({"Player 1": 1}, ["Player 2", "Player 2"], {"absent.Player 2": "named twice"}),
    ({"Player 1": 1}, ["Nobody"], {"absent.Nobody": "No participant is called Nobody."}),
    (
        {"Nobody": 1, "Player 2": 1, "Player 1": 3},
        ["No one"],
        {
            "placements.Nobody": "No participant",
            "placements.Player 2": "Place 1 is given to Nobody too.",
            "placements.Player 1": "nobody is at 2",
            "absent.No one": "No participant",
        },
    ),
    ({}, [], {"placements": "may not be empty"}),
    ({}, NAMES, {"placements": "may not be empty"}),
    (placements(NAMES[:7]), [*NAMES[7:], "Player 9"], {"placements": "at most 8 players"}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_every_fault_of_a_result_is_named(fault, cup, api, server):
    placed, absent, errors = fault
    before = logbook.head(server)

    answer = put_result(api, cup, "1.1", placed, absent=absent)

    said = answer.json()["errors"]
    assert answer.status_code == 400
    assert set(said) == set(errors)
    for path, sentence in errors.items():
        assert sentence in " ".join(said[path])
    assert logbook.head(server) == before
    assert api.get(f"{path_of(cup)}/statistics").json()["games_played"] == 0


@pytest.mark.parametrize(
    "body", [{}, {"placements": []}, {"placements": "x"}, {"placements": None}]
)
def test_a_body_without_placements_is_refused(body, cup, api):
    answer = api.put(f"{path_of(cup)}/games/1.1/lobbies/1/placements", json=body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["placements"])


def test_nobody_sits_in_two_lobbies_of_one_game(wide, api):
    names = wide["names"]
    enter(api, wide, "1.1", names[:8])

    answer = put_result(api, wide, "1.1", placements([*names[8:15], names[0]]), lobby=2)

    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        f"placements.{names[0]}": [f"{names[0]} sits in lobby 1 of this game."]
    }
    assert enter(api, wide, "1.1", names[8:], lobby=2)["complete"] is True


def test_a_game_is_complete_when_all_who_play_are_judged(wide, api):
    names = wide["names"]

    half = enter(api, wide, "1.1", names[:8])
    whole = enter(api, wide, "1.1", names[8:], lobby=2)

    assert (half["complete"], whole["complete"]) == (False, True)
    assert half["label"] != whole["label"]


@pytest.mark.parametrize(
    ("played", "wanted", "upcoming"),
    [
        ([], "1.2", "1.1"),
        (["1.1"], "1.3", "1.2"),
        (["1.1", "1.2"], "1.4", "1.3"),
    ],
)
def test_a_game_is_not_played_before_the_one_before_it(played, wanted, upcoming, cup, api):
    for ref in played:
        enter(api, cup, ref, NAMES)

    answer = put_result(api, cup, wanted, placements(NAMES))

    assert (answer.status_code, answer.json()["code"]) == (409, "game_out_of_order")
    assert (answer.json()["game"], answer.json()["next_game"]) == (wanted, upcoming)


def test_a_day_that_no_stage_has_is_not_there(cup, api):
    answer = put_result(api, cup, "2.1", placements(NAMES))

    assert (answer.status_code, answer.json()["code"]) == (404, "game_not_found")


@pytest.mark.parametrize(
    "address",
    [
        "1.0/lobbies/1",
        "0.1/lobbies/1",
        "1/lobbies/1",
        "01.1/lobbies/1",
        "1.01/lobbies/1",
        "1.1.1/lobbies/1",
        "-1.1/lobbies/1",
        "1,1/lobbies/1",
        "٣.1/lobbies/1",
        "99999.1/lobbies/1",
        "1.1/lobbies/0",
        "1.1/lobbies/01",
        "1.1/lobbies/1000",
        "1.1/lobbies/x",
    ],
)
def test_odd_addresses_are_not_there(address, cup, api):
    answer = api.put(
        f"{path_of(cup)}/games/{address}/placements", json={"placements": {NAMES[0]: 1}}
    )

    assert answer.status_code == 404


def test_refusals_come_in_one_order(cup, api, viewer, stranger):
    enter(api, cup, "1.1", NAMES)
    invalid, unknown = {"Player 1": 99}, {"Nobody": 1}

    def status(client, game: str, placed, tournament: dict = cup) -> int:
        return put_result(client, tournament, game, placed).status_code

    nowhere = {"id": 2**40}
    assert status(stranger, "2.1", invalid, nowhere) == 401
    assert status(viewer, "2.1", invalid, nowhere) == 403
    assert status(api, "2.1", invalid, nowhere) == 404
    for placed in (invalid, unknown):
        assert status(api, "2.1", placed) == 404
        assert status(api, "1.5", placed) == 409
        assert status(api, "1.2", placed) == 400


def make_checkmate(server, tournament: dict, *, days: str, threshold: int) -> None:
    rows(
        server,
        "UPDATE tournaments_stage SET days = %s, threshold = %s WHERE tournament_id = %s",
        days,
        threshold,
        tournament["id"],
    )


def test_after_checkmate_no_game_is_played_but_all_may_be_corrected(cup, api, server):
    make_checkmate(server, cup, days="[1, 2]", threshold=8)
    first = enter(api, cup, "1.1", NAMES)
    end = enter(api, cup, "1.2", NAMES)

    answer = put_result(api, cup, "1.3", placements(NAMES))
    next_day = put_result(api, cup, "2.1", placements(NAMES))

    assert [row["status"] for row in first["standings"]] == ["in_check"] + [None] * 7
    assert end["standings"][0]["status"] == "champion"
    for refused in (answer, next_day):
        assert (refused.status_code, refused.json()["code"]) == (409, "event_decided")
        assert refused.json()["champion"] == NAMES[0]
        assert refused.json()["decided_in"] == "1.2"
    corrected = enter(api, cup, "1.2", NAMES[::-1])
    assert {row["status"] for row in corrected["standings"]} == {"in_check"}
    assert put_result(api, cup, "1.3", placements(NAMES)).status_code == 200


def test_the_next_day_begins_with_its_first_game(cup, api, server):
    make_checkmate(server, cup, days="[1, 2, 4]", threshold=1000)
    enter(api, cup, "1.1", NAMES)

    early = put_result(api, cup, "4.1", placements(NAMES))

    assert early.status_code == 409
    assert early.json()["next_game"] == "1.2 or 2.1"
    enter(api, cup, "2.1", NAMES)
    assert put_result(api, cup, "1.2", placements(NAMES)).status_code == 409
    assert enter(api, cup, "4.1", NAMES)["after"] == "4.1"


def test_eight_lobbies_of_one_game_entered_at_once_are_all_in_the_standings(api, server):
    cup = new_lobby(api, players=64)
    names = cup["names"]
    graphic = api.new_graphic(tournament_id=cup["id"])
    before = logbook.head(server)
    stream = logbook.overlay(graphic["id"])
    seen = logbook.head(server, stream)
    lobbies = {number: names[(number - 1) * 8 : number * 8] for number in range(1, 9)}

    tables = at_once(
        [
            lambda lobby=lobby, seats=seats: enter(api, cup, "1.1", seats, lobby=lobby)
            for lobby, seats in lobbies.items()
        ]
    )

    last = max(tables, key=lambda table: table["snapshot_id"])
    assert last == api.get(f"{path_of(cup)}/standings").json()
    assert last["complete"] is True
    assert sorted(points(last).values()) == sorted(list(range(1, 9)) * 8)
    numbers = [e.seq for e in logbook.entries(server, after=before, with_ends_by_time=True)]
    assert numbers == list(range(before + 1, before + len(numbers) + 1))
    crew = logbook.entries(server, after=before)
    told = Counter(entry.type for entry in crew)
    assert told == {"placement_update": 8, "standings_update": 8}
    assert sorted(entry.payload["lobby"] for entry in crew if entry.type == "placement_update") == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
    ]
    shown = logbook.entries(server, stream, after=seen)
    assert [entry.seq for entry in shown] == list(range(seen + 1, seen + 9))
    counted = [len([s for s in points(e.public["standings"]).values() if s]) for e in shown]
    assert counted == [8, 16, 24, 32, 40, 48, 56, 64]
    assert shown[-1].public["standings"] == last


def test_one_lobby_entered_twice_at_once_is_recorded_and_then_corrected(cup, api, server):
    at_once(
        [
            lambda: enter(api, cup, "1.1", NAMES),
            lambda: enter(api, cup, "1.1", NAMES[::-1]),
        ]
    )

    told = [entry for entry in logbook.entries(server) if entry.type == "placement_update"][-2:]
    table = api.get(f"{path_of(cup)}/standings").json()
    assert [entry.payload["action"] for entry in told] == ["recorded", "corrected"]
    assert {row["player_name"]: 9 - row["rank"] for row in table["standings"]} == points(table)
    assert table["standings"][0]["player_name"] == next(iter(told[-1].payload["placements"]))
