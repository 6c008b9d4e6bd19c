"""Reading an event file: every sort of fault is named, and where it stands."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.tournaments.event_files import CROWN, CUP
from tournaments.importing import EventFileError, read_event_file
from tournaments.standings import GameRef

NAMES = [f"Player {number}" for number in range(1, 9)]
SMALL: dict[str, Any] = {
    "name": "Small Cup",
    "start_date": "2026-05-01",
    "end_date": "2026-05-02",
    "source": "a sheet",
    "format": {
        "points": {"1": 8, "2": 7},
        "tie_break": ["points", "count_1st"],
        "cut_after": {"1": 4, "1.1": 6},
        "final": {"day": 2, "kind": "checkmate", "threshold": 20},
        "carry": [[1], [2]],
    },
    "days": [
        {
            "day": 1,
            "games": [
                {
                    "game": 1,
                    "lobbies": [
                        {"lobby": 1, "placements": {NAMES[0]: 1, NAMES[1]: 2}},
                        {"lobby": 2, "placements": {NAMES[2]: 1}, "absent": [NAMES[3]]},
                    ],
                }
            ],
        },
        {"day": 2, "games": [{"game": 1, "lobbies": [{"lobby": 1, "placements": {NAMES[0]: 1}}]}]},
    ],
    "aliases": {"P1": NAMES[0]},
}
GAMES = SMALL["days"][0]["games"]
DELETE = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small event with another value at ``path``, such as ``days.0.day``."""
    event = deepcopy(SMALL)
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    node: Any = event
    for step in steps:
        node = node[step]
    if value is DELETE:
        del node[last]
    else:
        node[last] = value
    return event


def fault_of(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "event.json"
    file.write_bytes(content)
    with pytest.raises(EventFileError) as refused:
        read_event_file(file)
    return str(refused.value)


def test_an_event_is_read_as_it_stands(tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(SMALL))

    plan = read_event_file(file)

    assert (plan.name, plan.source) == ("Small Cup", "a sheet")
    assert (plan.start.isoformat(), plan.end.isoformat()) == (
        "2026-05-01T00:00:00+00:00",
        "2026-05-02T00:00:00+00:00",
    )
    assert [(stage.name, stage.days, stage.threshold) for stage in plan.stages] == [
        ("Day 1", (1,), None),
        ("Final", (2,), 20),
    ]
    assert plan.stages[0].cuts == (
        {"day": 1, "game": None, "to": 4},
        {"day": 1, "game": 1, "to": 6},
    )
    assert plan.participants == tuple(NAMES[:4])
    assert plan.aliases == {NAMES[0]: ("P1",)}
    assert plan.last_game == GameRef(2, 1)


@pytest.mark.parametrize(("file", "players"), [(CUP, 128), (CROWN, 32)], ids=["cup", "crown"])
def test_the_published_events_are_read_whole(file, players):
    assert len(read_event_file(file).participants) == players


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("name", DELETE, "name is missing"),
        ("format/lobbies_redrawn_every", 0, "format.lobbies_redrawn_every must be from 1 to 365"),
        ("format/lobbies_redrawn_every", "2", "format.lobbies_redrawn_every must be a whole"),
        ("name", 5, "name must be a text"),
        ("name", "", "name must be a text"),
        ("name", "x" * 256, "name has more than 255 characters"),
        ("name", "a\nb", "name holds control characters"),
        ("name", " a", "name has blanks around it"),
        ("start_date", "soon", "start_date must be a date"),
        ("start_date", 2026, "start_date must be a text"),
        ("start_date", "0001-01-01T00:00:00+14:00", "start_date must be a date"),
        ("end_date", "2026-04-30", "end_date lies before start_date"),
        ("format", DELETE, "format is missing"),
        ("format", [], "format must be an object"),
        ("format/points", {}, "format.points must give points"),
        ("format/points", {"9": 1}, "format.points.9 is no place"),
        ("format/points", {"first": 8}, "format.points.first is no place"),
        ("format/points", {"1": "8"}, "format.points.1 must be a whole number"),
        ("format/points", {"1": True}, "format.points.1 must be a whole number"),
        ("format/points", {"1": 2**40}, "format.points.1 must be from 0 to 1000"),
        ("format/tie_break", DELETE, "format.tie_break is missing"),
        ("format/tie_break", [], "format.tie_break must be a list"),
        ("format/tie_break", ["points", "luck"], "format.tie_break[1] is luck, which is no metric"),
        ("format/tie_break", ["points", "points"], "format.tie_break[1] is points, which stands"),
        ("format/carry", [], "format.carry must be a list"),
        ("format/carry", [[1], []], "format.carry[1] must be a list"),
        ("format/carry", [[1], [1]], "format.carry[1][0] is day 1, which stands there twice"),
        ("format/carry", [[0]], "format.carry[0][0] must be from 1"),
        ("format/carry", [[1]], "format.final.day is day 2, which belongs to no stage"),
        ("format/cut_after", {"first": 4}, "format.cut_after.first is no DAY"),
        ("format/cut_after", {"1.0": 4}, "format.cut_after.1.0 is no DAY"),
        ("format/cut_after", {"7": 4}, "format.cut_after.7 is of day 7"),
        ("format/cut_after", {"1": 0}, "format.cut_after.1 must be from 1"),
        ("format/final", {"day": 2, "kind": "knockout"}, "format.final.kind must be checkmate"),
        ("format/final", {"day": 2, "kind": "checkmate"}, "format.final.threshold is missing"),
        ("days", [], "days must be a list"),
        ("days", {}, "days must be a list"),
        ("days/0/day", 5, "days[0] is day 5, which belongs to no stage"),
        ("days/0/day", "1", "days[0].day must be a whole number"),
        ("days/0/games", [], "days[0].games must be a list"),
        ("days/0/games", GAMES * 2, "days[0].games[1] is game 1.1, which stands there twice"),
        ("days/0/games/0/lobbies", DELETE, "days[0].games[0].lobbies is missing"),
        ("days/0/games/0/lobbies/0/lobby", 0, "lobbies[0].lobby must be from 1"),
        ("days/0/games/0/lobbies/0/lobby", 2, "game 1.1, lobby 2: stands there twice"),
        ("days/0/games/0/lobbies/0/placements", [], "lobbies[0].placements must be an object"),
        ("days/0/games/0/lobbies/0/placements", {}, "game 1.1, lobby 1: a lobby has 1 to 8"),
        ("days/0/games/0/lobbies/0/placements", {"": 1}, "placements. must be a text"),
        ("days/0/games/0/lobbies/0/placements", {"x" * 101: 1}, "has more than 100 characters"),
        ("days/0/games/0/lobbies/0/placements", {"A": 9}, "placements.A must be from 1 to 8"),
        ("days/0/games/0/lobbies/0/placements", {"A": 1.5}, "placements.A must be a whole number"),
        ("days/0/games/0/lobbies/0/placements", {"A": 1, "B": 1}, "lobby 1: the places must be"),
        ("days/0/games/0/lobbies/0/placements", {"A": 1, "B": 3}, "lobby 1: the places must be"),
        ("days/0/games/0/lobbies/0/placements", {NAMES[2]: 1}, "lobby 2: Player 3 plays twice"),
        ("days/0/games/0/lobbies/0/placements", {NAMES[0]: 1, "P1": 2}, "Player 1 plays twice"),
        ("days/0/games/0/lobbies/1/absent", NAMES[3], "absent must be a list"),
        ("days/0/games/0/lobbies/1/absent", [7], "absent[0] must be a text"),
        ("days/0/games/0/lobbies/1/absent", NAMES[3:] * 2, "a lobby has 1 to 8 players"),
        ("aliases", [], "aliases must be an object"),
        ("aliases", {"P9": "Nobody"}, "aliases.P9 is Nobody, who plays in no game"),
        ("aliases", {"P1": "P2", "P2": NAMES[0]}, "aliases.P1 is P2, itself another spelling"),
    ],
)
def test_a_fault_is_named_with_its_place(path, value, fault, tmp_path):
    event = changed(path, value)

    said = fault_of(tmp_path, json.dumps(event).encode())

    assert said.startswith("event.json: ")
    assert fault in said


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "the file must be an object"),
        (b"null", "the file must be an object"),
        (b"\xff\xfe", "not valid JSON"),
        (b'{"name": "a", "name": "b"}', "duplicate key"),
        (b'{"name": NaN}', "not valid JSON"),
        (b'{"name": "\\u0000"}', "NUL"),
        (b"[" * 100 + b"]" * 100, "nested deeper"),
    ],
    ids=repr,
)
def test_what_is_no_json_is_no_event(content, fault, tmp_path):
    assert fault in fault_of(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EventFileError, match=r"missing\.json: No such file"):
        read_event_file(tmp_path / "missing.json")
    with pytest.raises(EventFileError, match="Is a directory"):
        read_event_file(tmp_path)
