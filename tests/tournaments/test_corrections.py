"""Correcting several lobbies at once: what it would change, making it, taking it back."""

from typing import Any

import pytest

from tests.events import logbook
from tests.realtime.wire import overlay
from tests.support.rows import audited, value
from tests.tournaments.deeds import (
    corrected,
    enter,
    history,
    in_order,
    new_lobby,
    path_of,
    put_result,
    standings,
)
from tests.tournaments.event_files import CROWN

NAMES = [f"Player {number}" for number in range(1, 9)]
SWAPPED = [NAMES[1], NAMES[0], *NAMES[2:]]
WRITTEN = ("tournaments_resultsheet", "tournaments_correction")


@pytest.fixture
def cup(api) -> dict:
    """A tournament of eight, one game played."""
    made = new_lobby(api)
    enter(api, made, "1.1", NAMES)
    return made


@pytest.fixture
def wide(api) -> dict:
    """A tournament of two lobbies, one game drawn by snake and played."""
    made = new_lobby(api, players=16)
    drawn = api.post(f"{path_of(made)}/draws", json={}).json()["lobbies"]
    for lobby in drawn:
        names = [seat["name"] for seat in lobby["seats"]]
        enter(api, made, "1.1", names, lobby=lobby["lobby"])
        made[f"lobby {lobby['lobby']}"] = names
    return made


def preview(api, tournament, *results: dict, **fields: Any):
    path = f"{path_of(tournament)}/corrections/preview"
    return api.post(path, json={"results": list(results), **fields})


def correct(api, tournament, *results: dict, **fields: Any):
    path = f"{path_of(tournament)}/corrections"
    return api.post(path, json={"results": list(results), **fields})


def undo(api, tournament, correction: dict, **fields: Any):
    path = f"{path_of(tournament)}/corrections/{correction['id']}/undo"
    return api.post(path, json=fields)


def refused(answer, code: str, status: int = 409) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def comparable(table: dict) -> dict:
    """Standings without what each publication has of its own."""
    return {name: value for name, value in table.items() if name != "snapshot_id"}


def with_format(api, tournament, **stage) -> None:
    stages = [{"name": "Day 1", "days": [1], **stage}]
    api.put(f"{path_of(tournament)}/format", json={"stages": stages}).raise_for_status()


def names_of(people: list[dict]) -> list[str]:
    return [one["name"] for one in people]


def names_in(lobbies: list[dict]) -> list[list[str]]:
    return [names_of(lobby["seats"]) for lobby in lobbies]


def written(server) -> list[int]:
    """What calls have written; what ends by time meanwhile is not counted."""
    rows = [value(server, f"SELECT count(*) FROM {table}") for table in WRITTEN]  # noqa: S608
    return [*rows, logbook.deeds(server), logbook.head(server)]


def assert_true(told: dict, before: dict, after: dict) -> None:
    """``told`` are exactly the rows in which the two standings differ."""
    shown = ("rank", "tied", "total_points", "status")
    then, now = (
        {row["player_name"]: {name: row[name] for name in shown} for row in table["standings"]}
        for table in (before, after)
    )
    moved = {name for name in now if then[name] != now[name]}
    assert {row["player_name"] for row in told["standings"]} == moved
    for row in told["standings"]:
        assert (row["before"], row["after"]) == (then[row["player_name"]], now[row["player_name"]])


def test_a_preview_tells_what_would_change_and_writes_nothing(cup, api, server):
    before, seen = standings(api, cup), written(server)

    answer = preview(api, cup, corrected("1.1", SWAPPED), reason="The recording shows it.")

    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert (written(server), standings(api, cup)) == (seen, before)
    assert told["lobbies"] == [
        {
            "game": "1.1",
            "lobby": 1,
            "before": {"placements": in_order(NAMES), "absent": []},
            "after": {"placements": in_order(SWAPPED), "absent": []},
        }
    ]
    assert [row["player_name"] for row in told["standings"]] == SWAPPED[:2]
    assert (told["champion"], told["cuts"], told["draws"], told["graphics"]) == (None, [], [], [])
    correct(api, cup, corrected("1.1", SWAPPED)).raise_for_status()
    assert_true(told, before, standings(api, cup))


def test_players_change_lobbies_in_one_correction_and_back(wide, api, server):
    before, seen = standings(api, wide), logbook.head(server)
    first, second = wide["lobby 1"], wide["lobby 2"]
    results = [
        corrected("1.1", [second[0], *first[1:]]),
        corrected("1.1", [first[0], *second[1:]], lobby=2),
    ]
    refused(correct(api, wide, results[0]), "validation_failed", 400)  # who else sits there?

    answer = correct(api, wide, *results, reason="They had changed seats.")

    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert [lobby["before"]["placements"] for lobby in made["lobbies"]] == [
        in_order(first),
        in_order(second),
    ]
    told, published = logbook.entries(server, after=seen)
    assert (told.type, told.public) == ("placement_update", None)
    assert told.payload == {
        "action": "corrected_together",
        "tournament_id": wide["id"],
        "correction_id": made["id"],
        "undoes": None,
        "reason": "They had changed seats.",
        "lobbies": [{**result, "absent": []} for result in results],
        "actor": "dashboard_user",
    }
    assert (published.type, published.payload["standings"]) == (
        "standings_update",
        standings(api, wide),
    )
    [*_, deed] = audited(server, "placement.corrected_together")
    assert deed[:2] == ("dashboard_user", "correction")

    back = undo(api, wide, made, reason="It was right.").json()

    assert (back["undoes"], back["lobbies"][0]["before"]) == (
        made["id"],
        made["lobbies"][0]["after"],
    )
    assert comparable(standings(api, wide)) == comparable(before)
    assert [one["status"] for one in history(api, wide, "1.1", 2)] == [
        "confirmed",
        "replaced",
        "replaced",
    ]
    listed = api.get(f"{path_of(wide)}/corrections").json()
    assert (listed["corrections"], listed["total"]) == (
        [back, {**made, "undone_by": back["id"]}],
        2,
    )
    assert undo(api, wide, back).status_code == 201


def test_absences_come_and_go_with_a_correction(cup, api):
    before = standings(api, cup)

    made = correct(api, cup, corrected("1.1", NAMES[:6], absent=NAMES[7:5:-1])).json()

    assert made["lobbies"][0]["after"]["absent"] == NAMES[6:]
    assert {row["total_points"] for row in standings(api, cup)["standings"][6:]} == {0}
    undo(api, cup, made).raise_for_status()
    assert comparable(standings(api, cup)) == comparable(before)


def test_what_was_looked_at_is_what_is_done(cup, api, server):
    wanted = corrected("1.1", SWAPPED)
    told = preview(api, cup, wanted).json()
    enter(api, cup, "1.2", NAMES)  # and it would do something else
    seen = logbook.head(server)

    answer = correct(api, cup, wanted, fingerprint=told["fingerprint"])

    newest = refused(answer, "correction_changed")["fingerprint"]
    assert logbook.head(server) == seen
    assert newest == preview(api, cup, wanted).json()["fingerprint"] != told["fingerprint"]
    assert correct(api, cup, wanted, fingerprint=newest).status_code == 201


def test_a_correction_is_taken_back_once_and_only_as_it_was_left(cup, api):
    made = correct(api, cup, corrected("1.1", SWAPPED)).json()
    enter(api, cup, "1.1", NAMES[::-1])

    since = refused(undo(api, cup, made), "corrected_since")

    assert since["lobbies"] == [{"game": "1.1", "lobby": 1}]
    second = correct(api, cup, corrected("1.1", SWAPPED)).json()
    back = undo(api, cup, second).json()
    assert refused(undo(api, cup, second), "correction_undone")["undone_by"] == back["id"]
    refused(undo(api, new_lobby(api), second), "correction_not_found", 404)


def test_only_results_are_corrected_and_only_to_others(cup, api):
    for call in (preview, correct):
        missing = refused(call(api, cup, corrected("1.2", NAMES)), "nothing_to_correct")
        assert (missing["game"], missing["lobby"]) == ("1.2", 1)
        refused(call(api, cup, corrected("1.1", NAMES, lobby=2)), "nothing_to_correct")
        refused(call(api, cup, corrected("2.1", NAMES)), "game_not_found", 404)
        refused(call(api, cup, corrected("1.1", NAMES)), "nothing_changed")
    answer = refused(undo(api, cup, {"id": 2**40}), "correction_not_found", 404)
    assert answer["detail"] == "There is no such correction."


@pytest.mark.parametrize(
    ("results", "path", "sentence"),
    [
        ([corrected("1.1", ["Playr 1"])], "results.0.placements.Playr 1", "Did you mean Player 1?"),
        ([corrected("1.1", SWAPPED)] * 2, "results.1.lobby", "is corrected twice"),
        ([corrected("1.1", SWAPPED) | {"game": "1"}], "results.0.game", "DAY.GAME"),
        ([corrected("1.1", SWAPPED) | {"lobby": 0}], "results.0.lobby", "greater than"),
        ([corrected("1.1", [])], "results.0.placements", "may not be empty"),
        ([], "results", "may not be empty"),
    ],
    ids=str,
)
def test_faults_are_named_by_the_path_of_their_field(results, path, sentence, cup, api):
    for call in (preview, correct):
        errors = refused(call(api, cup, *results), "validation_failed", 400)["errors"]
        assert sentence in " ".join(errors[path])


def test_a_cut_and_the_draw_after_it_are_looked_at(cup, api):
    with_format(api, cup, cuts=[{"day": 1, "game": 1, "to": 4}])
    draw = api.post(f"{path_of(cup)}/draws", json={}).json()
    beyond = [*NAMES[:3], NAMES[4], NAMES[3], *NAMES[5:]]

    told = preview(api, cup, corrected("1.1", beyond)).json()

    [cut], [changed] = told["cuts"], told["draws"]
    assert (cut["day"], cut["game"], cut["to"], cut["is_played"]) == (1, 1, 4, False)
    assert (names_of(cut["comes_in"]), names_of(cut["falls_out"])) == ([NAMES[4]], [NAMES[3]])
    assert (changed["draw_id"], changed["is_played"]) == (draw["id"], False)
    assert changed["after"] == "1.1"
    assert names_in(changed["drawn"]) == names_in(draw["lobbies"]) == [NAMES[:4]]
    assert names_in(changed["would_be"]) == [[*NAMES[:3], NAMES[4]]]
    harmless = preview(api, cup, corrected("1.1", [*NAMES[:6], NAMES[7], NAMES[6]])).json()
    assert harmless["cuts"] == [{**cut, "comes_in": [], "falls_out": []}]
    assert harmless["draws"] == []

    correct(api, cup, corrected("1.1", beyond)).raise_for_status()

    # who sits where is for staff to decide
    [held] = api.get(f"{path_of(cup)}/draws").json()["draws"]
    assert (held, standings(api, cup)["lobbies"][0]["game"]) == (draw, "1.2")
    enter(api, cup, "1.2", NAMES[:4])
    back = preview(api, cup, corrected("1.1", NAMES)).json()
    assert names_of(back["cuts"][0]["comes_in"]) == [NAMES[3]]
    assert names_in(back["draws"][0]["would_be"]) == [NAMES[:4]]  # as it was drawn
    other = preview(api, cup, corrected("1.1", [*NAMES[:2], *NAMES[4:6], *NAMES[2:4]])).json()
    assert [one["is_played"] for one in (*other["cuts"], *other["draws"])] == [True, True]


def test_who_has_withdrawn_is_no_reason_for_another_draw(cup, api):
    with_format(api, cup, cuts=[{"day": 1, "game": 1, "to": 4}])
    people = api.get(f"{path_of(cup)}/participants").json()["participants"]

    def withdraw(name: str) -> None:
        [one] = [one for one in people if one["name"] == name]
        api.post(f"{path_of(cup)}/participants/{one['id']}/withdraw").raise_for_status()

    def would_be(*order: int) -> list[list[list[str]]]:
        names = [f"Player {number}" for number in order]
        told = preview(api, cup, corrected("1.1", names)).json()
        return [names_in(draw["would_be"]) for draw in told["draws"]]

    withdraw(NAMES[2])
    drawn = api.post(f"{path_of(cup)}/draws", json={}).json()["lobbies"]
    assert names_in(drawn) == [["Player 1", "Player 2", "Player 4", "Player 5"]]
    withdraw(NAMES[4])

    assert would_be(1, 2, 3, 5, 4, 6, 7, 8) == []  # both play anyway
    assert would_be(1, 6, 3, 4, 5, 2, 7, 8) == [[["Player 1", "Player 6", "Player 4", "Player 5"]]]


@pytest.mark.parametrize(
    ("draw", "is_listed"), [({"rule": "swiss"}, True), ({"rule": "random", "seed": 7}, False)]
)
def test_a_draw_is_compared_by_its_own_rule(draw, is_listed, wide, api):
    made = api.post(f"{path_of(wide)}/draws", json=draw).json()
    first = wide["lobby 1"]

    told = preview(api, wide, corrected("1.1", first[::-1])).json()

    assert [one["draw_id"] for one in told["draws"]] == [made["id"]] * is_listed
    for one in told["draws"]:
        assert names_in(one["drawn"]) == names_in(made["lobbies"]) != names_in(one["would_be"])


def test_a_draw_by_hand_has_no_rule_to_follow(wide, api):
    by_hand = [wide["lobby 1"], wide["lobby 2"]]
    made = api.post(f"{path_of(wide)}/draws", json={"rule": "manual", "lobbies": by_hand}).json()

    told = preview(api, wide, corrected("1.1", wide["lobby 1"][::-1])).json()

    [changed] = told["draws"]
    assert (changed["draw_id"], changed["would_be"]) == (made["id"], None)
    assert names_in(changed["drawn"]) == by_hand


def test_the_title_may_be_given_and_taken(cup, api):
    with_format(api, cup, threshold=8)
    decided = enter(api, cup, "1.2", NAMES)
    assert decided["standings"][0]["status"] == "champion"

    taken = preview(api, cup, corrected("1.2", SWAPPED)).json()["champion"]
    given = preview(api, cup, corrected("1.1", SWAPPED), corrected("1.2", SWAPPED)).json()

    assert (taken["before"]["name"], taken["after"]) == (NAMES[0], None)
    assert given["champion"]["after"]["name"] == NAMES[1]
    made = correct(api, cup, corrected("1.2", SWAPPED)).json()
    enter(api, cup, "1.3", NAMES[::-1])
    # taken back, the title would have been won before a game that was played
    said = refused(undo(api, cup, made), "games_after_champion")
    assert (said["champion"], said["decided_in"], said["games"]) == (NAMES[0], "1.2", ["1.3"])


def test_no_result_leaves_games_after_the_champion(cup, api):
    with_format(api, cup, threshold=8)
    enter(api, cup, "1.2", SWAPPED)
    enter(api, cup, "1.3", NAMES[::-1])
    before = standings(api, cup)

    for answer in (
        put_result(api, cup, "1.2", in_order(NAMES)),
        preview(api, cup, corrected("1.2", NAMES)),
        correct(api, cup, corrected("1.2", NAMES)),
    ):
        assert refused(answer, "games_after_champion")["games"] == ["1.3"]
    assert standings(api, cup) == before
    # while nobody is champion by it, an earlier game is corrected as ever
    assert put_result(api, cup, "1.3", in_order(SWAPPED)).status_code == 200


def test_a_title_that_is_taken_lets_the_day_go_on(cup, api):
    with_format(api, cup, threshold=8)
    api.post(f"{path_of(cup)}/draws", json={"game": "1.2"}).raise_for_status()
    ended = enter(api, cup, "1.2", NAMES)
    assert ended["lobbies"][0]["game"] == "1.2"

    correct(api, cup, corrected("1.1", SWAPPED)).raise_for_status()

    table = standings(api, cup)
    assert (table["standings"][0]["status"], table["lobbies"][0]["game"]) == ("in_check", "1.3")


def test_who_withdrew_after_playing_and_waits_again_keeps_the_result(api):
    cup = new_lobby(api, players=2)
    people = f"{path_of(cup)}/participants"
    api.post(f"{path_of(cup)}/transition", json={"status": "registration_open"}).raise_for_status()
    api.post(people, json={"name": "Ann"}).raise_for_status()
    enter(api, cup, "1.1", ["Player 1", "Player 2"])
    by_name = {one["name"]: one["id"] for one in api.get(people).json()["participants"]}
    api.post(f"{people}/{by_name['Player 2']}/withdraw").raise_for_status()
    api.post(f"{people}/{by_name['Ann']}/admit").raise_for_status()
    back = api.post(people, json={"name": "Player 2"}).json()
    assert back["status"] == "waiting"

    answer = correct(api, cup, corrected("1.1", ["Player 2", "Player 1"]))
    new = put_result(api, cup, "1.2", in_order(["Player 1", "Player 2"]))

    assert answer.status_code == 201, answer.text
    assert new.json()["errors"] == {"placements.Player 2": ["Player 2 is on the waitlist."]}


async def test_the_graphics_on_screen_are_named(cup, api, server):
    shown, archived = (
        api.new_graphic(title=title, tournament_id=cup["id"])["id"] for title in ("On", "Off")
    )
    api.post(f"/api/v1/archive/{archived}").raise_for_status()
    api.new_graphic()

    async with overlay(server, shown) as socket:
        await socket.frames(2)
        told = preview(api, cup, corrected("1.1", SWAPPED)).json()

    assert told["graphics"] == [
        {"id": shown, "title": "On", "archived": False, "overlays": 1},
        {"id": archived, "title": "Off", "archived": True, "overlays": 0},
    ]


def test_a_real_event_is_corrected_as_its_preview_says_and_back(api, server):
    server.manage("import_event", str(CROWN))
    found = api.get("/api/v1/tournaments", params={"search": "Tactician's Crown"}).json()
    event = next(one for one in found["tournaments"] if one["name"].startswith("Inkborn"))
    before = standings(api, event)
    [sheet] = history(api, event, "1.3", 2)
    assert (sheet["status"], sheet["submitted_by"]) == ("confirmed", "system")
    wanted = [
        corrected(game, list(history(api, event, game, lobby)[0]["placements"])[::-1], lobby=lobby)
        for game, lobby in (("1.3", 2), ("2.6", 1))
    ]

    told = preview(api, event, *wanted).json()
    made = correct(api, event, *wanted, fingerprint=told["fingerprint"]).json()

    assert_true(told, before, standings(api, event))
    [cut] = told["cuts"]
    assert (cut["day"], cut["to"], cut["is_played"]) == (2, 8, True)
    assert cut["falls_out"]
    assert told["champion"] is None
    undo(api, event, made).raise_for_status()
    assert comparable(standings(api, event)) == comparable(before)
