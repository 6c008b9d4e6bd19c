"""Results that wait until somebody confirms or rejects them, and the history of a lobby."""

import pytest

from tests.events import logbook
from tests.support.rows import audited, rows
from tests.tournaments.deeds import (
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

NAMES = [f"Player {number}" for number in range(1, 9)]
SWAPPED = [NAMES[1], NAMES[0], *NAMES[2:]]


@pytest.fixture
def cup(api) -> dict:
    return new_lobby(api)


def waiting(api, tournament) -> list[dict]:
    listed = api.get(f"{path_of(tournament)}/submissions").json()
    assert listed["total"] == len(listed["submissions"])
    return listed["submissions"]


def statuses(api, tournament, game: str, lobby: int = 1) -> list[str]:
    return [sheet["status"] for sheet in history(api, tournament, game, lobby)]


def refused(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def new_events(server, seen: int) -> list:
    return logbook.entries(server, after=seen)


def test_a_submission_counts_for_nothing_and_waits(cup, api, server):
    before, seen = standings(api, cup), logbook.head(server)

    answer = submit(api, cup, "1.1", NAMES[:7], absent=NAMES[7:], note="By the captain.")

    sheet = answer.json()
    assert answer.status_code == 201, answer.text
    assert (sheet["status"], sheet["game"], sheet["lobby"]) == ("submitted", "1.1", 1)
    assert (sheet["placements"], sheet["absent"]) == (in_order(NAMES[:7]), NAMES[7:])
    assert (sheet["submitted_by"], sheet["decided_by"]) == ("dashboard_user", None)
    assert waiting(api, cup) == history(api, cup, "1.1") == [sheet]
    assert standings(api, cup) == before
    [told] = new_events(server, seen)
    assert (told.type, told.name, told.public) == ("placement_update", "placement.submitted", None)
    assert told.payload == {
        "action": "submitted",
        "tournament_id": cup["id"],
        "game": "1.1",
        "lobby": 1,
        "placements": in_order(NAMES[:7]),
        "absent": NAMES[7:],
        "submission_id": sheet["id"],
        "note": "By the captain.",
        "actor": "dashboard_user",
    }
    assert audited(server, "placement.submitted")[-1][:2] == ("dashboard_user", "lobby")


def test_a_confirmed_submission_is_the_result(cup, api, server):
    other = new_lobby(api)
    expected = enter(api, other, "1.1", NAMES)
    sheet, seen = submit(api, cup, "1.1", NAMES).json(), logbook.head(server)

    answer = decide(api, cup, sheet["id"], "confirm")

    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["decided_by"]) == ("confirmed", "dashboard_user")
    assert waiting(api, cup) == []
    assert points(standings(api, cup)) == points(expected)
    placed, published = new_events(server, seen)
    assert (placed.payload["action"], placed.payload["submission_id"]) == ("recorded", sheet["id"])
    assert published.payload["standings"] == standings(api, cup)


def points(table: dict) -> dict[str, int]:
    return {row["player_name"]: row["total_points"] for row in table["standings"]}


def test_a_lobby_has_a_history_and_one_result(cup, api):
    enter(api, cup, "1.1", NAMES)
    proposals = [submit(api, cup, "1.1", names).json()["id"] for names in (SWAPPED, NAMES[::-1])]
    assert statuses(api, cup, "1.1") == ["submitted", "submitted", "confirmed"]

    decide(api, cup, proposals[0], "confirm")
    decide(api, cup, proposals[1], "reject", reason="Read from the wrong end.")
    enter(api, cup, "1.1", NAMES)

    told = history(api, cup, "1.1")
    assert [sheet["status"] for sheet in told] == ["confirmed", "rejected", "replaced", "replaced"]
    assert told[1]["reason"] == "Read from the wrong end."
    assert standings(api, cup)["standings"][0]["player_name"] == NAMES[0]
    page = api.get(f"{path_of(cup)}/games/1.1/lobbies/1/results?skip=1&limit=2").json()
    assert (page["results"], page["total"]) == (told[1:3], 4)
    assert history(api, cup, "1.1", lobby=7) == []


def test_what_says_the_same_takes_the_place_and_moves_nobody(cup, api, server):
    enter(api, cup, "1.1", NAMES)
    sheet = submit(api, cup, "1.1", NAMES).json()["id"]
    before, seen = standings(api, cup), logbook.head(server)

    decide(api, cup, sheet, "confirm")

    assert statuses(api, cup, "1.1") == ["confirmed", "replaced"]
    [told] = new_events(server, seen)
    assert (told.payload["action"], told.payload["submission_id"]) == ("corrected", sheet)
    assert standings(api, cup) == before


def test_a_rejection_is_told(cup, api, server):
    sheet, seen = submit(api, cup, "1.1", NAMES).json()["id"], logbook.head(server)

    decide(api, cup, sheet, "reject", reason="Another lobby.")

    [told] = new_events(server, seen)
    assert (told.payload["action"], told.payload["reason"]) == ("rejected", "Another lobby.")
    assert (told.payload["placements"], told.payload["submission_id"]) == (in_order(NAMES), sheet)
    assert audited(server, "placement.rejected")[-1][:2] == ("dashboard_user", "lobby")


@pytest.mark.parametrize("first", ["confirm", "reject"])
@pytest.mark.parametrize("then", ["confirm", "reject"])
def test_a_decision_is_made_once(first, then, cup, api, server):
    sheet = submit(api, cup, "1.1", NAMES).json()["id"]
    decided = decide(api, cup, sheet, first).json()
    seen = logbook.head(server)

    answer = decide(api, cup, sheet, then)

    said = refused(answer, 409, "submission_decided")
    assert (said["status"], said["decided_by"]) == (decided["status"], "dashboard_user")
    assert logbook.head(server) == seen


def test_a_submission_of_elsewhere_is_not_there(cup, api):
    sheet = submit(api, new_lobby(api), "1.1", NAMES).json()["id"]

    refused(decide(api, cup, sheet, "confirm"), 404, "submission_not_found")
    refused(decide(api, cup, 2**62, "reject"), 404, "submission_not_found")


def test_a_submission_is_judged_like_a_result(cup, api):
    enter(api, cup, "1.1", NAMES)

    unknown = submit(api, cup, "1.2", ["Playr 1"])
    nowhere = submit(api, cup, "2.1", NAMES)
    early = submit(api, cup, "1.3", NAMES)
    malformed = submit(api, cup, "1.2", NAMES, note=5)
    malformed_nowhere = submit(api, cup, "2.1", NAMES, note=5)

    said = refused(unknown, 400, "validation_failed")["errors"]["placements.Playr 1"]
    assert said == ["No participant is called Playr 1. Did you mean Player 1?"]
    refused(nowhere, 404, "game_not_found")
    assert refused(early, 409, "game_out_of_order")["next_game"] == "1.2"
    assert "note" in refused(malformed, 400, "validation_failed")["errors"]
    refused(malformed_nowhere, 404, "game_not_found")


def test_a_confirmation_is_judged_by_the_rules_of_its_moment(api):
    cup = new_lobby(api, players=16)
    names = cup["names"]
    here = submit(api, cup, "1.1", names[:8]).json()["id"]
    there = submit(api, cup, "1.1", [*names[8:15], names[0]], lobby=2).json()["id"]
    decide(api, cup, here, "confirm")

    answer = decide(api, cup, there, "confirm")

    said = refused(answer, 400, "validation_failed")["errors"]
    assert said == {f"placements.{names[0]}": [f"{names[0]} sits in lobby 1 of this game."]}
    assert [sheet["id"] for sheet in waiting(api, cup)] == [there]


def test_a_name_that_changed_meanwhile_is_the_same_participant(cup, api):
    sheet = submit(api, cup, "1.1", NAMES).json()["id"]
    people = api.get(f"{path_of(cup)}/participants").json()["participants"]
    renamed = f"{path_of(cup)}/participants/{people[0]['id']}"
    api.patch(renamed, json={"name": "Ann"}).raise_for_status()

    answer = decide(api, cup, sheet, "confirm").json()

    assert list(answer["placements"])[:2] == ["Ann", NAMES[1]]
    assert standings(api, cup)["standings"][0]["player_name"] == "Ann"


def test_what_waits_does_not_stand_in_the_way_of_a_draw(cup, api):
    sheet = submit(api, cup, "1.1", NAMES).json()["id"]
    before = api.get(f"{path_of(cup)}/statistics").json()

    for _ in range(2):
        assert api.post(f"{path_of(cup)}/draws", json={}).status_code == 201

    assert before["games_played"] == 0
    assert [one["id"] for one in waiting(api, cup)] == [sheet]
    assert decide(api, cup, sheet, "confirm").status_code == 200
    assert standings(api, cup)["complete"] is True


def test_what_waits_for_a_game_that_was_skipped_stays_and_is_refused(api):
    cup = new_lobby(api, players=16)
    stages = [{"name": "Days", "days": [1, 2], "redraw_every": None}]
    api.put(f"{path_of(cup)}/format", json={"stages": stages}).raise_for_status()
    drawn = api.post(f"{path_of(cup)}/draws", json={}).json()["lobbies"]
    first, second = ([seat["name"] for seat in lobby["seats"]] for lobby in drawn)
    enter(api, cup, "1.1", first)
    enter(api, cup, "1.1", second, lobby=2)
    sheet = submit(api, cup, "1.2", first).json()["id"]  # seated by the draw of 1.1

    table = enter(api, cup, "2.1", first)

    assert table["round_names"] == ["round_1", "round_2"]
    assert [one["id"] for one in waiting(api, cup)] == [sheet]
    refused(decide(api, cup, sheet, "confirm"), 409, "game_out_of_order")
    assert decide(api, cup, sheet, "reject").status_code == 200
    assert enter(api, cup, "2.1", second, lobby=2)["after"] == "2.1"


def test_nobody_has_begun_to_play_by_a_submission(api):
    cup = new_lobby(api, players=2)
    people = f"{path_of(cup)}/participants"
    api.post(f"{path_of(cup)}/transition", json={"status": "registration_open"}).raise_for_status()
    api.post(people, json={"name": "Ann"}).raise_for_status()
    submit(api, cup, "1.1", ["Player 1"])

    [second] = [one for one in api.get(people).json()["participants"] if one["name"] == "Player 2"]
    api.post(f"{people}/{second['id']}/withdraw").raise_for_status()

    [ann] = [one for one in api.get(people).json()["participants"] if one["name"] == "Ann"]
    assert ann["status"] == "registered"


def test_whoever_a_result_names_is_not_removed(cup, api):
    submit(api, cup, "1.1", NAMES[:2])
    people = api.get(f"{path_of(cup)}/participants").json()["participants"]

    named = api.delete(f"{path_of(cup)}/participants/{people[1]['id']}")
    unnamed = api.delete(f"{path_of(cup)}/participants/{people[7]['id']}")

    assert refused(named, 409, "participant_seated")["lobbies"] == 1
    assert unnamed.status_code == 200


def test_a_lobby_of_teams_has_fewer_places(api):
    cup = new_lobby(api, players=6, team_size=2)
    names = cup["names"]

    placed = put_result(api, cup, "1.1", in_order(names[:5]))
    absent = put_result(api, cup, "1.1", in_order(names[:4]), absent=names[4:])

    assert refused(placed, 400, "validation_failed")["errors"] == {
        "placements.Player 5": [
            "A lobby of this tournament seats 4: there is no place 5 for Player 5."
        ]
    }
    assert refused(absent, 400, "validation_failed")["errors"] == {
        f"absent.{name}": [f"A lobby of this tournament seats 4: {name} is one too many."]
        for name in names[4:]
    }
    assert enter(api, cup, "1.1", names[:4])["after"] == "1.1"


def test_the_database_knows_one_confirmed_result_of_a_lobby(cup, api, server):
    enter(api, cup, "1.1", NAMES)
    enter(api, cup, "1.1", SWAPPED)
    sheet = history(api, cup, "1.1")[1]["id"]

    with pytest.raises(Exception, match=r"(?i)unique"):
        rows(
            server,
            "UPDATE tournaments_resultsheet SET status = 'confirmed' WHERE id = %s",
            sheet,
        )
