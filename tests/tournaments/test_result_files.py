"""Results as CSV, out and in."""

import csv
import io
import json

import pytest

from tests.events import logbook
from tests.support.rows import audited, rows
from tests.tournaments.deeds import enter, new_lobby, path_of, put_result
from tests.tournaments.event_files import CROWN

HEAD = "game,lobby,player,place,absent\r\n"
NAMES = [f"Player {number}" for number in range(1, 9)]


@pytest.fixture
def cup(api) -> dict:
    return new_lobby(api)


@pytest.fixture
def wide(api) -> dict:
    """A tournament of two lobbies."""
    return new_lobby(api, players=16)


def download(api, tournament: dict) -> str:
    answer = api.get(f"{path_of(tournament)}/results.csv")
    assert answer.status_code == 200, answer.text
    return answer.text


def lines(game: str, lobby: int, names: list[str], *, absent: tuple[str, ...] = ()) -> str:
    placed = [f"{game},{lobby},{name},{place},no" for place, name in enumerate(names, start=1)]
    return "".join(f"{line}\r\n" for line in placed + [f"{game},{lobby},{n},,yes" for n in absent])


def bring_in(api, tournament: dict, document: str, *, dry_run: bool = False, **more):
    body = {"document": document, "dry_run": dry_run, **more}
    return api.post(f"{path_of(tournament)}/results/import", json=body)


def brought_in(api, tournament: dict, document: str, **options) -> dict:
    answer = bring_in(api, tournament, document, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(api, tournament: dict, document: str) -> dict[str, list[str]]:
    """What is wrong with a file that is refused, and leaves nothing."""
    before = download(api, tournament), logbook.head(api.server)
    answers = [bring_in(api, tournament, document, dry_run=look) for look in (True, False)]
    assert {answer.status_code for answer in answers} == {400}, answers[0].text
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    assert (download(api, tournament), logbook.head(api.server)) == before
    return answers[0].json()["errors"]


def outcomes(report: dict) -> list[tuple[str, int, str]]:
    return [(one["game"], one["lobby"], one["outcome"]) for one in report["lobbies"]]


def test_a_file_has_a_row_for_each_seat_with_a_result(wide, api):
    enter(api, wide, "1.1", wide["names"][8:], lobby=2)
    enter(api, wide, "1.1", NAMES[6::-1], absent=NAMES[7:], lobby=1)

    answer = api.get(f"{path_of(wide)}/results.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="results-{wide["id"]}.csv"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.text == (
        HEAD
        + lines("1.1", 1, NAMES[6::-1], absent=("Player 8",))
        + lines("1.1", 2, wide["names"][8:])
    )


def test_what_is_drawn_and_not_played_is_no_result(wide, api):
    api.post(f"{path_of(wide)}/draws", json={})

    assert download(api, wide) == HEAD


@pytest.mark.parametrize("name", ["=1+1", "'=1", "@sum(A1)", "-Ann-", 'Ann "Ace", B.', "'Ann"])
def test_a_name_that_a_spreadsheet_would_run_is_harmless_and_comes_back(name, api):
    cup = api.new_tournament()
    api.post(f"{path_of(cup)}/participants", json={"name": name}).raise_for_status()
    enter(api, cup, "1.1", [name])

    text = download(api, cup)

    [row] = csv.DictReader(io.StringIO(text))
    assert row["player"][0] not in "=+-@"
    assert outcomes(brought_in(api, cup, text)) == [("1.1", 1, "unchanged")]


def test_a_whole_event_goes_out_and_comes_back_into_an_empty_one(api, server):
    event = json.loads(CROWN.read_text(encoding="utf-8"))
    names = list(dict.fromkeys(name for _, lobby in played(event) for name in lobby))
    first, second = (api.new_tournament(name=f"Crown {n}", max_participants=32) for n in (1, 2))
    for cup in (first, second):
        columns = "(tournament_id, name, aliases, riot_id)"
        seats = ", ".join(["(%s, %s, '[]', '')"] * len(names))
        values = [value for name in names for value in (cup["id"], name)]
        rows(server, f"INSERT INTO tournaments_participant {columns} VALUES {seats}", *values)  # noqa: S608
        format_ = {"preset": "tacticians_crown"}
        api.put(f"{path_of(cup)}/format", json=format_).raise_for_status()
    document = HEAD + "".join(lines(*game, list(lobby)) for game, lobby in played(event))
    before = logbook.head(server)

    report = brought_in(api, first, document)

    told = [entry.name for entry in logbook.entries(server, after=before)]
    assert told == ["placement.recorded"] * len(report["lobbies"]) + ["standings.published"]
    assert report["top"][0]["player_name"] == "FNC Dishsoap"
    assert report["top"][0]["status"] == "champion"
    assert report["after"] == "3.5"
    text = download(api, first)
    assert {one["outcome"] for one in brought_in(api, first, text)["lobbies"]} == {"unchanged"}
    assert {one["outcome"] for one in brought_in(api, second, text)["lobbies"]} == {"new"}
    assert download(api, second) == text


def played(event: dict) -> list[tuple[tuple[str, int], dict[str, int]]]:
    """Each lobby of an event file, its players by place."""
    return [
        (
            (f"{day['day']}.{game['game']}", lobby["lobby"]),
            dict(sorted(lobby["placements"].items(), key=lambda seat: seat[1])),
        )
        for day in event["days"]
        for game in day["games"]
        for lobby in game["lobbies"]
    ]


def test_a_look_says_what_would_be_and_leaves_nothing(cup, api, server):
    first = enter(api, cup, "1.1", NAMES)
    document = HEAD + lines("1.2", 1, NAMES) + lines("1.1", 1, NAMES[::-1])
    before = logbook.head(server), len(audited(server, "placement.recorded"))

    look = api.post(f"{path_of(cup)}/results/import", json={"document": document}).json()

    assert look["dry_run"] is True
    assert outcomes(look) == [("1.1", 1, "corrected"), ("1.2", 1, "new")]
    assert (look["new"], look["corrected"], look["unchanged"]) == (1, 1, 0)
    assert (look["snapshot_id"], look["after"]) == (None, "1.2")
    assert (logbook.head(server), len(audited(server, "placement.recorded"))) == before
    assert api.get(f"{path_of(cup)}/standings").json() == first

    done = brought_in(api, cup, document, fingerprint=look["fingerprint"])

    assert done == look | {"dry_run": False, "snapshot_id": done["snapshot_id"]}
    table = api.get(f"{path_of(cup)}/standings").json()
    assert (table["snapshot_id"], table["standings"]) == (done["snapshot_id"], done["top"])
    assert table["snapshot_id"] > first["snapshot_id"]
    assert audited(server, "results.imported")[-1] == ("dashboard_user", "tournament", cup["id"])


def test_what_was_looked_at_is_done_and_nothing_else(cup, api, server):
    enter(api, cup, "1.1", NAMES)
    document = HEAD + lines("1.1", 1, NAMES)
    seen = brought_in(api, cup, document, dry_run=True)["fingerprint"]
    enter(api, cup, "1.2", NAMES)
    assert brought_in(api, cup, document, fingerprint=seen)["unchanged"] == 1
    enter(api, cup, "1.1", NAMES[::-1])
    head = logbook.head(server)

    answer = bring_in(api, cup, document, fingerprint=seen)

    assert (answer.status_code, answer.json()["code"]) == (409, "results_changed")
    assert answer.json()["fingerprint"] != seen
    assert logbook.head(server) == head


def test_a_file_that_changes_nothing_publishes_nothing(cup, api, server):
    enter(api, cup, "1.1", NAMES[:7], absent=NAMES[7:])
    before = logbook.head(server), len(audited(server, "results.imported"))

    report = brought_in(api, cup, download(api, cup))

    assert outcomes(report) == [("1.1", 1, "unchanged")]
    assert report["snapshot_id"] is None
    assert (logbook.head(server), len(audited(server, "results.imported"))) == before


def test_players_may_change_places_between_lobbies_of_one_file(wide, api):
    one, two = wide["names"][:8], wide["names"][8:]
    enter(api, wide, "1.1", one, lobby=1)
    enter(api, wide, "1.1", two, lobby=2)
    one[0], two[0] = two[0], one[0]

    report = brought_in(api, wide, HEAD + lines("1.1", 1, one) + lines("1.1", 2, two))

    assert {outcome for *_, outcome in outcomes(report)} == {"corrected"}
    assert download(api, wide) == HEAD + lines("1.1", 1, one) + lines("1.1", 2, two)


def test_nobody_sits_in_two_lobbies_by_two_names(wide, api, server):
    rows(
        server,
        "UPDATE tournaments_participant SET aliases = %s WHERE tournament_id = %s AND name = %s",
        '["P9"]',
        wide["id"],
        "Player 9",
    )
    enter(api, wide, "1.1", wide["names"][8:], lobby=2)
    both = HEAD + lines("1.1", 1, ["P9"]) + lines("1.1", 2, wide["names"][8:])
    changed = HEAD + lines("1.1", 1, ["P9"]) + lines("1.1", 2, wide["names"][:7:-1])

    assert faults(api, wide, both) == {"lines.2.player": ["Player 9 sits in lobby 2 of this game."]}
    assert faults(api, wide, changed) == {
        "lines.2.player": ["Player 9 sits in lobby 2 of this game."],
        "lines.10.player": ["Player 9 sits in lobby 1 of this game."],
    }


def test_a_drawn_day_goes_on_with_its_draw(wide, api):
    api.put(f"{path_of(wide)}/format", json={"preset": "single_day"}).raise_for_status()
    draw = api.post(f"{path_of(wide)}/draws", json={}).json()
    seats = [[seat["name"] for seat in lobby["seats"]] for lobby in draw["lobbies"]]
    document = HEAD + "".join(
        lines(game, number, names)
        for game in ("1.1", "1.2")
        for number, names in enumerate(seats, start=1)
    )

    report = brought_in(api, wide, document)

    assert [one["outcome"] for one in report["lobbies"]] == ["new"] * 4
    missing = document.replace(lines("1.1", 1, seats[0]), lines("1.1", 1, seats[0][1:]))
    assert any("sits in this lobby" in said[0] for said in faults(api, wide, missing).values())


def test_every_fault_is_named_with_its_line_and_player(cup, api):
    document = (
        HEAD
        + "1.1,1,Player 1,1,no\r\n"
        + "1.1,1,Plaier 2,2,no\r\n"
        + "1.1,1,Player 3,4,no\r\n"
        + "1.2,1,Player 1,1,no\r\n"
        + "1.2,1,Player 9,2,no\r\n"
        + "7.1,1,Player 1,1,no\r\n"
    )

    assert faults(api, cup, document) == {
        "lines.3.player": ["No participant is called Plaier 2. Did you mean Player 2?"],
        "lines.4.player": ["The places have a gap: Player 3 is at 4, but nobody is at 3."],
        "lines.6.player": ["No participant is called Player 9. Did you mean Player 8?"],
        "lines.7.game": ["This tournament has no game 7.1: its stages know the days 1."],
    }


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("1.01,1,Player 1,1,no", "game", "Must be DAY.GAME, such as 2.6."),
        ("one,1,Player 1,1,no", "game", "Must be DAY.GAME, such as 2.6."),
        ("1.1,0,Player 1,1,no", "lobby", "Must be the number of a lobby, 1 to 999."),
        ("1.1,1,,1,no", "player", "Must be a name of at most 100 characters."),
        ("1.1,1,Player 1,9,no", "place", "Player 1: must be a place from 1 to 8, or absent."),
        ("1.1,1,Player 1,,", "place", "Player 1: must be a place from 1 to 8, or absent."),
        ("1.1,1,Player 1,1.0,no", "place", "Player 1: must be a place from 1 to 8, or absent."),
        (
            "1.1,1,Player 1,1,yes",
            "absent",
            "Player 1 has a place and was absent: it can only be one of both.",
        ),
        ("1.1,1,Player 1,,maybe", "absent", "Player 1: must be yes or no."),
        ("1.1,1,Player 1,,yes", "place", "Lobby 1 of game 1.1 has nobody with a place."),
        (
            "1.1,1,Player 2,1,no\r\n1.1,2,Player 2,1,no",
            "player",
            "Player 2 stands in game 1.1 twice: in line 2 too.",
        ),
        (
            "1.3,1,Player 1,1,no",
            "game",
            "Game 1.3 cannot have a result yet: the next game is 1.1.",
        ),
        (
            "7.1,1,Player 1,1,no",
            "game",
            "This tournament has no game 7.1: its stages know the days 1.",
        ),
    ],
)
def test_a_faulty_row_is_named(row, column, said, cup, api):
    line = 2 + row.count("\r\n")

    assert faults(api, cup, f"{HEAD}{row}\r\n") == {f"lines.{line}.{column}": [said]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (HEAD, "It has no results."),
        ("game,lobby,player\r\n1.1,1,Player 1\r\n", "It has no column place."),
        ("game,lobby,player,place,points\r\n", "unknown columns: points"),
        (f'{HEAD}1.1,1,"Player 1,1,no\r\n', "It is no CSV"),
        (HEAD + "1.1,1,Player 1,1,no\r\n" * 5001, "more than 5000 results"),
    ],
)
def test_a_text_that_is_no_such_file_is_refused(document, said, cup, api):
    [sentence] = faults(api, cup, document)["document"]

    assert said in sentence


def test_of_a_wrong_file_only_so_many_faults_are_named(cup, api):
    games = HEAD + "".join(
        lines(f"1.{n}", 1, [f"Nobody {n} {m}" for m in range(8)]) for n in range(1, 99)
    )

    found = faults(api, cup, games)

    assert found.pop("document") == ["There may be more faults: the file was read no further."]
    assert 200 <= len(found) < 220


def test_a_file_of_a_spreadsheet_comes_in(cup, api):
    text = "\ufeffPlayer;Place;Game;Lobby\r\n" + "".join(
        f"{name};{place};1.1;1\r\n" for place, name in enumerate(NAMES, start=1)
    )

    assert outcomes(brought_in(api, cup, text)) == [("1.1", 1, "new")]


@pytest.mark.parametrize(
    "body",
    [{}, {"document": 7}, {"document": ["a"]}, {"document": HEAD, "dry_run": "no"}],
)
def test_a_body_of_another_form_is_refused(body, cup, api):
    assert api.post(f"{path_of(cup)}/results/import", json=body).status_code == 400


def test_only_who_may_enter_results_brings_them_in(cup, api, viewer, stranger):
    enter(api, cup, "1.1", NAMES)
    text = download(viewer, cup)

    assert bring_in(viewer, cup, text).status_code == 403
    assert stranger.get(f"{path_of(cup)}/results.csv").status_code == 401
    assert api.get("/api/v1/tournaments/999999999/results.csv").status_code == 404
    assert put_result(api, cup, "1.2", {NAMES[0]: 1}).status_code == 200
