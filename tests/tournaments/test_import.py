"""manage.py import_event: a whole event from a file into the database."""

import json
import subprocess
import sys
import uuid
from functools import partial
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core.context import SYSTEM
from tests.events import logbook
from tests.support.databases import ROOT
from tests.support.server import RunningServer
from tests.tournaments.deeds import path_of
from tests.tournaments.event_files import CROWN, CUP, read_event
from tournaments import registration, result_files, roster, selectors, services
from tournaments.draws import snake
from tournaments.event_plan import EVERY_GAME
from tournaments.import_service import import_event
from tournaments.importing import read_event_file
from tournaments.models import Tournament
from tournaments.standings import GameRef
from users.models import User

CROWN_NAME = "Inkborn Fables Tactician's Crown"
CUP_NAME = "Inkborn Fables: Americas Tactician's Cup #1"


def run(server: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command to its end, whatever that is."""
    return subprocess.run(
        [sys.executable, "manage.py", "import_event", *arguments],
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tournament_called(api, name: str) -> dict:
    listed = api.get("/api/v1/tournaments", params={"search": name}).json()
    [found] = [one for one in listed["tournaments"] if one["name"] == name]
    return found


def participants(api, tournament: dict) -> dict[str, int]:
    query = {"limit": 1000}
    listed = api.get(f"{path_of(tournament)}/participants", params=query).json()
    return {one["name"]: one["id"] for one in listed["participants"]}


def standings(api, tournament: dict, after: str | None = None) -> dict:
    query = {"after": after} if after else {}
    return api.get(f"{path_of(tournament)}/standings", params=query).json()


@pytest.fixture(scope="module")
def history(server, _administrator) -> dict:
    """Both events in the database: the Crown until the final first, with a graphic, then whole."""
    api = _administrator
    said = server.manage("import_event", str(CROWN), "--until", "2.6").stdout
    tournament = tournament_called(api, CROWN_NAME)
    people = participants(api, tournament)
    table = standings(api, tournament)
    graphic = api.new_graphic(tournament_id=tournament["id"])
    server.manage("import_event", str(CROWN))
    server.manage("import_event", str(CUP))
    return {
        "said": said,
        "tournament": tournament,
        "people": people,
        "standings": table,
        "graphic": graphic,
    }


class Check:
    """An event in the database beside its file."""

    def __init__(self, api, name: str, file: Path) -> None:
        self.api = api
        self.file = read_event(file)
        self.tournament = tournament_called(api, name)

    def order(self, after: str) -> list[str]:
        """The names in the order of the standings."""
        table = standings(self.api, self.tournament, after)
        return [row["player_name"] for row in table["standings"]]

    def drawn(self, ref: str) -> list[set[str]]:
        return [set(self.file.names(list(seats))) for seats in self.file.seated(ref)]

    def players_of_day(self, day: int) -> set[str]:
        return set(self.file.names(list(self.file.players_of_day(day))))


@pytest.fixture
def crown(history, api) -> Check:
    return Check(api, CROWN_NAME, CROWN)


@pytest.fixture
def cup(history, api) -> Check:
    return Check(api, CUP_NAME, CUP)


def lobbies(order: list[str], count: int) -> list[set[str]]:
    dealt = snake(range(len(order)), count)
    return [{order[index] for index in lobby} for lobby in dealt]


def test_the_cup_cuts_and_draws_as_it_did(cup):
    after_day_1, after_day_2 = cup.order("1.6"), cup.order("2.6")

    assert set(after_day_1[:64]) == cup.players_of_day(2)
    assert set(after_day_2[:32]) == cup.players_of_day(3)
    assert lobbies(after_day_1[:64], 8) == cup.drawn("2.1")


def test_the_crown_cuts_and_draws_as_it_did(crown):
    assert lobbies(crown.order("1.4"), 4) == crown.drawn("1.5")
    assert lobbies(crown.order("1.6"), 4) == crown.drawn("2.1")
    assert lobbies(crown.order("2.4"), 4) == crown.drawn("2.5")
    assert set(crown.order("2.6")[:8]) == crown.players_of_day(3)


def test_the_crown_ends_by_checkmate_in_the_fifth_game_of_the_final(crown):
    before, end = (standings(crown.api, crown.tournament, after) for after in ("3.4", "3.5"))

    assert "champion" not in {row["status"] for row in before["standings"]}
    assert [row["player_name"] for row in end["standings"] if row["status"] == "champion"] == [
        "FNC Dishsoap"
    ]
    assert (end["standings"][0]["player_name"], end["standings"][0]["rank"]) == ("FNC Dishsoap", 1)
    assert (end["stage"]["kind"], end["stage"]["threshold"]) == ("checkmate", 20)
    shown = [name for name in end if name != "snapshot_id"]
    newest = standings(crown.api, crown.tournament)
    assert {name: newest[name] for name in shown} == {name: end[name] for name in shown}


def test_what_was_imported_is_counted(cup, crown):
    for check, players, games, seats in ((cup, 128, 19, 1336), (crown, 32, 17, 424)):
        statistics = check.api.get(f"{path_of(check.tournament)}/statistics").json()

        assert check.tournament["status"] == "completed"
        assert check.tournament["current_participants"] == players
        assert statistics["games_played"] == games
        assert statistics["results"] + statistics["absences"] == seats
        assert statistics["participation_rate"] == 100
    assert cup.tournament["start_date"] == "2024-04-26T00:00:00Z"


def test_an_import_until_a_game_leaves_the_next_one_drawn(history):
    tournament, table = history["tournament"], history["standings"]

    assert history["said"] == (
        f"Tournament {tournament['id']}: {CROWN_NAME}, 32 participants, 12 of 17 games.\n"
    )
    assert (tournament["status"], table["after"]) == ("in_progress", "2.6")
    assert [lobby["game"] for lobby in table["lobbies"]] == ["3.1"]
    seated = {row["participant_id"] for row in table["standings"][:8]}
    assert set(table["lobbies"][0]["participant_ids"]) == seated


def test_an_import_again_keeps_numbers_and_ties(history, crown, server, api):
    graphic = history["graphic"]

    assert crown.tournament["id"] == history["tournament"]["id"]
    assert participants(api, crown.tournament) == history["people"]
    assert api.get(f"/api/v1/graphics/{graphic['id']}").json() == graphic
    told = logbook.entries(server, logbook.overlay(graphic["id"]), after=2)
    assert [entry.name for entry in told] == ["tournament.updated", "standings.published"]
    assert told[-1].public["standings"]["after"] == "3.5"


def test_a_bad_file_is_named_in_one_line_and_changes_nothing(crown, server, tmp_path):
    event = json.loads(CROWN.read_text(encoding="utf-8"))
    event["days"][1]["games"][0]["lobbies"][2]["placements"]["Somebody"] = 1
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    before = logbook.head(server), standings(crown.api, crown.tournament)

    done = run(server, str(file))

    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "CommandError: event.json: game 2.1, lobby 3: the places must be 1, 2, 3 ..., each once"
    ]
    assert (logbook.head(server), standings(crown.api, crown.tournament)) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "missing.json: No such file or directory"),
        ([str(CROWN), "--until", "two"], "--until: 'two' is not DAY.GAME"),
        ([str(CROWN), "--until", "1.01"], "--until: '1.01' is not DAY.GAME"),
    ],
)
def test_wrong_arguments_are_named(arguments, said):
    with pytest.raises(CommandError, match=said):
        call_command("import_event", *arguments)


@pytest.fixture
def small() -> dict:
    """An event of its own: two games of one lobby."""
    names = [f"Player {number}" for number in range(1, 9)]
    return {
        "name": f"Small {uuid.uuid4()}",
        "aliases": {"P1": "Player 1"},
        "format": {
            "points": {str(place): 9 - place for place in range(1, 9)},
            "tie_break": ["points"],
            "carry": [[1]],
        },
        "days": [
            {
                "day": 1,
                "games": [
                    {"game": 1, "lobbies": [_lobby(names)]},
                    {"game": 2, "lobbies": [_lobby(names[::-1])]},
                ],
            }
        ],
    }


def _lobby(names: list[str]) -> dict:
    return {"lobby": 1, "placements": {name: place for place, name in enumerate(names, start=1)}}


@pytest.mark.django_db
def test_a_changed_file_replaces_the_event_of_its_name(small, tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(small))
    first = import_event(actor=SYSTEM, plan=read_event_file(file), until=EVERY_GAME)
    people = dict(first.participants.values_list("name", "pk"))
    del small["aliases"]
    file.write_text(json.dumps(small).replace("Player 8", "Newcomer"))

    second = import_event(actor=SYSTEM, plan=read_event_file(file), until=EVERY_GAME)

    now = dict(second.participants.values_list("name", "pk"))
    assert second.pk == first.pk
    assert set(now) == set(people) - {"Player 8"} | {"Newcomer"}
    assert {name: pk for name, pk in now.items() if name in people} == {
        name: pk for name, pk in people.items() if name != "Player 8"
    }
    assert second.participants.get(name="Player 1").aliases == []
    assert second.snapshots.count() == 2
    imports = AuditEntry.objects.filter(action="tournament.imported", target_id=second.pk)
    assert list(imports.values_list("actor_name", flat=True)) == ["system", "system"]


def remains(tournament: Tournament) -> list:
    """All that an import decides, without numbers, names and times of the tournament."""
    [own] = Tournament.objects.filter(pk=tournament.pk).values()
    people = tournament.participants.by_arrival().values()
    games = tournament.games.values_list("day", "number", "draw", "stage__number")
    passing = {"id", "name", "created_at", "updated_at", "tournament_id"}
    return [
        [{key: one[key] for key in one.keys() - passing} for one in (own, *people)],
        [one["name"] for one in people],
        selectors.tournament_format(tournament.pk)["stages"],
        list(games),
        result_files.write(selectors.result_rows(tournament.pk)),
        tournament.draws.count(),
    ]


@pytest.mark.django_db
def test_a_second_import_is_like_a_first_one(small, tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(small))
    until = GameRef(1, 1)
    cup = import_event(actor=SYSTEM, plan=read_event_file(file), until=GameRef(1, 0))
    ann, bob, cid = cup.participants.by_arrival()[:3]
    user = User.objects.create(username="ann", discord_id="77")
    change = partial(roster.change_participant, actor=SYSTEM)
    change(participant_id=ann.pk, fields={"riot_id": "A#1", "seed": 3, "manual_rank": 1})
    change(participant_id=bob.pk, fields={"user": user, "aliases": ["Bobby"]})
    more = {"description": "Old", "max_participants": 9, "status": "check_in"}
    services.update_tournament(actor=SYSTEM, tournament_id=cup.pk, fields=more)
    registration.check_in(actor=SYSTEM, participant_id=bob.pk)
    registration.withdraw(actor=SYSTEM, participant_id=ann.pk)
    registration.withdraw(actor=SYSTEM, participant_id=cid.pk)
    late = {"tournament_id": cup.pk, "is_late": True}
    for name in (ann.name, "Stranger"):
        registration.register_participant(actor=SYSTEM, **late, fields={"name": name})

    again = import_event(actor=SYSTEM, plan=read_event_file(file), until=until)

    file.write_text(json.dumps(small | {"name": f"Other {uuid.uuid4()}"}))
    first = import_event(actor=SYSTEM, plan=read_event_file(file), until=until)
    assert again.pk == cup.pk
    assert remains(again) == remains(first)


@pytest.mark.django_db
def test_an_event_is_redrawn_as_often_as_its_file_says(small, tmp_path):
    small["format"] |= {
        "lobbies_redrawn_every": 2,
        "carry": [[1], [2]],
        "final": {"kind": "checkmate", "day": 2, "threshold": 20},
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(small))

    cup = import_event(actor=SYSTEM, plan=read_event_file(file), until=EVERY_GAME)

    assert list(cup.stages.values_list("name", "redraw_every")) == [("Day 1", 2), ("Final", None)]


@pytest.mark.django_db
def test_an_import_before_the_first_game_has_everybody_at_the_start(small, tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(small))

    tournament = import_event(actor=SYSTEM, plan=read_event_file(file), until=GameRef(1, 0))

    table = orjson.loads(tournament.snapshots.get().document)
    assert (table["after"], table["stage"], table["label"]) == (None, None, "Before the first game")
    assert {row["rank"] for row in table["standings"]} == {1}
    assert [lobby["game"] for lobby in table["lobbies"]] == ["1.1"]
