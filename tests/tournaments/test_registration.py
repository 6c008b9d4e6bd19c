"""Places, the waitlist, check-in, withdrawal."""

import pytest

from tests.api.refusals import refusal
from tests.events import logbook
from tests.support.rows import audited
from tests.tournaments.deeds import enter, new_lobby, path_of

PATH = "/api/v1/tournaments"


def people(api, tournament, **query) -> list[dict]:
    answer = api.get(f"{path_of(tournament)}/participants", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["participants"]


def names(api, tournament, **query) -> list[str]:
    return [row["name"] for row in people(api, tournament, **query)]


def register(api, tournament, name, **fields):
    return api.post(f"{path_of(tournament)}/participants", json={"name": name, **fields})


def registered(api, tournament, *names) -> dict[str, dict]:
    answers = [register(api, tournament, name) for name in names]
    assert [answer.status_code for answer in answers] == [201] * len(names)
    return {answer.json()["name"]: answer.json() for answer in answers}


def step(api, tournament, participant, name, method="POST"):
    path = f"{path_of(tournament)}/participants/{participant['id']}/{name}"
    return api.request(method, path)


def move(api, tournament, status) -> None:
    answer = api.post(f"{path_of(tournament)}/transition", json={"status": status})
    assert answer.status_code == 200, answer.text


def refused(answer, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    return answer.json()


def test_participants_are_listed_in_the_order_of_arrival(api):
    tournament = api.new_tournament()
    bodies = [
        {"name": "Zed", "riot_id": "Zed#EUW", "seed": 2},
        {"name": "Ann", "seed": None},
        {"name": "名前"},
    ]

    added = [api.post(f"{path_of(tournament)}/participants", json=body) for body in bodies]

    assert [answer.status_code for answer in added] == [201] * 3
    assert people(api, tournament) == [answer.json() for answer in added]
    assert added[0].json() == {
        "id": added[0].json()["id"],
        "name": "Zed",
        "riot_id": "Zed#EUW",
        "seed": 2,
        "status": "registered",
        "waitlist_position": None,
        "members": [],
        "aliases": [],
        "manual_rank": None,
        "checked_in_at": None,
        "withdrawn_at": None,
    }
    assert names(api, tournament, skip=1, limit=1) == ["Ann"]
    path = f"{path_of(tournament)}/participants/{added[0].json()['id']}"
    assert api.get(path).json() == added[0].json()


def test_who_finds_no_place_waits_in_the_order_of_arrival(api):
    tournament = api.new_tournament(max_participants=2)

    added = registered(api, tournament, "Ann", "Bob", "Cid", "Dan")

    assert [row["status"] for row in added.values()] == ["registered"] * 2 + ["waiting"] * 2
    assert [row["waitlist_position"] for row in added.values()] == [None, None, 1, 2]
    assert people(api, tournament) == list(added.values())
    assert names(api, tournament, status="waiting") == ["Cid", "Dan"]
    assert api.get(path_of(tournament)).json()["current_participants"] == 2
    statistics = api.get(f"{path_of(tournament)}/statistics").json()
    assert (statistics["waiting"], statistics["participation_rate"]) == (2, 100.0)
    wrong = api.get(f"{path_of(tournament)}/participants", params={"status": "absent"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["status"])


def test_a_registration_that_breaks_a_rule_is_refused(api):
    tournament = api.new_tournament()
    registered(api, tournament, "Ann")
    bodies = [
        {},
        {"name": "x" * 101},
        {"name": "a", "seed": 0},
        {"name": "a\u202eb"},
        {"name": "a", "late": "yes"},
        {"name": "a", "members": "Bob"},
        {"name": "a", "members": [{"name": 7}]},
    ]

    for body in bodies:
        answer = api.post(f"{path_of(tournament)}/participants", json=body)
        assert answer.status_code == 400, body

    refused(register(api, tournament, "Ann"), "participant_exists")
    assert names(api, tournament) == ["Ann"]
    assert api.post(f"{PATH}/{2**40}/participants", json={"name": "a"}).status_code == 404


@pytest.mark.parametrize(
    ("status", "takes", "takes_late"),
    [
        ("draft", True, True),
        ("registration_open", True, True),
        ("registration_closed", False, True),
        ("check_in", False, True),
        ("in_progress", True, True),
        ("postponed", False, True),
        ("completed", False, False),
        ("cancelled", False, False),
    ],
)
def test_registration_opens_and_closes(status, takes, takes_late, api):
    tournament = api.new_tournament(status=status)

    plain = register(api, tournament, "Ann")
    late = register(api, tournament, "Bob", late=True)
    faulty = register(api, tournament, "")

    assert (plain.status_code, late.status_code) == (201 if takes else 409, [409, 201][takes_late])
    assert faulty.status_code == (400 if takes else 409)
    for answer in (plain, late):
        if answer.status_code == 409:
            assert refused(answer, "registration_closed")["status"] == status


def test_a_withdrawal_promotes_who_came_first(api, server):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid", "Dan", "Eve")
    head = logbook.head(server)

    gone = step(api, tournament, added["Cid"], "withdraw").json()
    step(api, tournament, added["Ann"], "withdraw")
    again = step(api, tournament, added["Ann"], "withdraw")

    assert (gone["status"], gone["withdrawn_at"] is None) == ("withdrawn", False)
    assert (again.status_code, again.json()["status"]) == (200, "withdrawn")
    assert names(api, tournament, status="registered") == ["Bob", "Dan"]
    assert names(api, tournament, status="waiting") == ["Eve"]
    told = [entry.payload["change"] for entry in logbook.entries(server, after=head)]
    assert [change["kind"] for change in told] == ["participant.withdrawn"] * 2
    assert told[1]["promoted"] == [{"id": added["Dan"]["id"], "name": "Dan"}]
    assert audited(server, "participant.promoted")[-1][2] == added["Dan"]["id"]


def test_who_comes_back_is_last(api):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid")
    step(api, tournament, added["Ann"], "withdraw")

    back = register(api, tournament, "Ann", seed=4)

    assert back.status_code == 201
    assert (back.json()["id"], back.json()["seed"]) == (added["Ann"]["id"], 4)
    assert (back.json()["status"], back.json()["waitlist_position"]) == ("waiting", 1)
    assert back.json()["withdrawn_at"] is None
    assert names(api, tournament) == ["Bob", "Cid", "Ann"]


def test_more_places_are_filled_from_the_waitlist(api, server):
    tournament = api.new_tournament(max_participants=2)
    registered(api, tournament, "Ann", "Bob", "Cid", "Dan", "Eve")
    head = logbook.head(server)

    api.patch(path_of(tournament), json={"max_participants": 4})

    assert names(api, tournament, status="waiting") == ["Eve"]
    [told] = logbook.entries(server, after=head)
    assert [row["name"] for row in told.payload["change"]["promoted"]] == ["Cid", "Dan"]
    assert told.public["tournament"]["current_participants"] == 4


def test_a_removal_gives_the_place_to_who_waits(api):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid")
    path = f"{path_of(tournament)}/participants/{added['Ann']['id']}"

    answer = api.delete(path)

    assert answer.json() == {"message": "Participant Ann was removed."}
    assert names(api, tournament, status="registered") == ["Bob", "Cid"]
    gone = api.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "participant_not_found")


def test_people_check_in_while_it_is_time(api, server):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid")
    early = step(api, tournament, added["Ann"], "check-in")
    move(api, tournament, "check_in")
    head = logbook.head(server)

    there = step(api, tournament, added["Ann"], "check-in")
    again = step(api, tournament, added["Ann"], "check-in")
    waiting = step(api, tournament, added["Cid"], "check-in")

    assert refused(early, "check_in_closed")["status"] == "draft"
    assert (there.json()["status"], there.json()["checked_in_at"] is None) == ("checked_in", False)
    assert again.json() == there.json()
    assert refused(waiting, "wrong_entry_status")["status"] == "waiting"
    assert api.get(path_of(tournament)).json()["current_participants"] == 2
    assert [entry.name for entry in logbook.entries(server, after=head)] == [
        "participant.checked_in"
    ]
    back = step(api, tournament, added["Ann"], "check-in", "DELETE").json()
    assert (back["status"], back["checked_in_at"]) == ("registered", None)


def test_who_does_not_check_in_loses_the_place_to_who_waits(api, server):
    tournament = api.new_tournament(max_participants=3)
    added = registered(api, tournament, "Ann", "Bob", "Cid", "Dan")
    early = api.post(f"{path_of(tournament)}/check-in/close")
    move(api, tournament, "check_in")
    step(api, tournament, added["Bob"], "check-in")
    head = logbook.head(server)

    answer = api.post(f"{path_of(tournament)}/check-in/close")

    refused(early, "check_in_closed")
    assert answer.json() == {"withdrawn": ["Ann", "Cid"]}
    assert names(api, tournament, status="checked_in") == ["Bob"]
    assert names(api, tournament, status="registered") == ["Dan"]
    assert len(logbook.entries(server, after=head)) == 1


def test_in_an_event_that_has_begun_staff_choose_the_substitute(api):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid", "Dan")
    full = step(api, tournament, added["Cid"], "admit")
    enter(api, tournament, "1.1", ["Ann", "Bob"])

    step(api, tournament, added["Ann"], "withdraw")
    waiting = names(api, tournament, status="waiting")
    admitted = step(api, tournament, added["Dan"], "admit")
    not_waiting = step(api, tournament, added["Bob"], "admit")

    assert refused(full, "tournament_full")["max_participants"] == 2
    assert waiting == ["Cid", "Dan"]
    assert admitted.json()["status"] == "registered"
    refused(not_waiting, "wrong_entry_status")
    rows = api.get(f"{path_of(tournament)}/standings").json()["standings"]
    assert [row["player_name"] for row in rows] == ["Ann", "Bob", "Dan"]


def test_who_has_played_and_withdraws_stays_in_the_standings(api):
    tournament = new_lobby(api)
    first = tournament["names"][0]
    enter(api, tournament, "1.1", tournament["names"])
    [ann] = [row for row in people(api, tournament) if row["name"] == first]

    step(api, tournament, ann, "withdraw")
    rows = enter(api, tournament, "1.2", tournament["names"][1:])

    assert rows["complete"] is True
    assert first in [row["player_name"] for row in rows["standings"]]
    removal = api.delete(f"{path_of(tournament)}/participants/{ann['id']}")
    refused(removal, "participant_seated")


def test_who_waits_has_no_result_and_no_row(api):
    tournament = api.new_tournament(max_participants=2)
    registered(api, tournament, "Ann", "Bob", "Cid")
    path = f"{path_of(tournament)}/games/1.1/lobbies/1/placements"

    answer = api.put(path, json={"placements": {"Ann": 1, "Cid": 2}})

    assert answer.json()["errors"] == {"placements.Cid": ["Cid is on the waitlist."]}
    standings = api.get(f"{path_of(tournament)}/standings").json()["standings"]
    assert [row["player_name"] for row in standings] == ["Ann", "Bob"]


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_when_it_is_over_who_took_part_is_settled(status, api):
    tournament = api.new_tournament(max_participants=2)
    added = registered(api, tournament, "Ann", "Bob", "Cid")
    for then in ("in_progress", status):
        move(api, tournament, then)

    for name, deed in (("Ann", "withdraw"), ("Cid", "admit")):
        answer = step(api, tournament, added[name], deed)
        assert refused(answer, "tournament_over")["status"] == status


def test_a_participant_is_changed_by_name_of_the_fields(api):
    tournament = api.new_tournament()
    added = registered(api, tournament, "Ann", "Bob")
    path = f"{path_of(tournament)}/participants/{added['Ann']['id']}"

    changed = api.patch(path, json={"name": "Anna", "aliases": ["Ann"], "manual_rank": 1})
    taken = api.patch(path, json={"name": "Bob"})

    assert changed.json() == added["Ann"] | {
        "name": "Anna",
        "aliases": ["Ann"],
        "manual_rank": 1,
    }
    assert (taken.status_code, list(taken.json()["errors"])) == (400, ["name"])


def test_a_team_is_one_participant_with_its_members(api):
    tournament = api.new_tournament(team_size=2)
    pair = [{"name": "Ann", "riot_id": "Ann#EUW"}, {"name": "Bob"}]

    team = register(api, tournament, "Red", members=pair)
    unnamed = register(api, tournament, "Blue")

    assert tournament["team_size"] == 2
    assert team.json()["members"] == [
        {"name": "Ann", "riot_id": "Ann#EUW"},
        {"name": "Bob", "riot_id": ""},
    ]
    assert unnamed.json()["members"] == []
    assert api.get(path_of(tournament)).json()["current_participants"] == 2
    faults = {
        "members": [{"name": "Cid"}],
        "members.0.name": [{"name": "Ann"}, {"name": "Cid"}],
        "members.1.name": [{"name": "Cid"}, {"name": "Cid"}],
    }
    path = f"{path_of(tournament)}/participants/{unnamed.json()['id']}"
    for field, members in faults.items():
        for answer in (
            register(api, tournament, "Green", members=members),
            api.patch(path, json={"members": members}),
        ):
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    alone = register(api, api.new_tournament(), "Red", members=pair)
    assert (alone.status_code, list(alone.json()["errors"])) == (400, ["members"])


def test_members_that_change_are_whole_as_new_ones(api):
    tournament = api.new_tournament(team_size=2)
    team = register(api, tournament, "Red").json()
    path = f"{path_of(tournament)}/participants/{team['id']}"

    nameless = api.patch(path, json={"members": [{"riot_id": "Ann#EUW"}, {"name": "Bob"}]})
    changed = api.patch(path, json={"members": [{"name": "Ann"}, {"name": "Bob"}]})

    assert refusal(nameless, 400, "validation_failed")["errors"] == {
        "members.0.name": ["This field is required."]
    }
    assert changed.json()["members"] == [
        {"name": "Ann", "riot_id": ""},
        {"name": "Bob", "riot_id": ""},
    ]


def test_a_participant_of_another_tournament_is_not_found(api):
    one, other = api.new_tournament(), api.new_tournament()
    ann = registered(api, one, "Ann")["Ann"]

    for answer in (
        step(api, other, ann, "withdraw"),
        api.get(f"{path_of(other)}/participants/{ann['id']}"),
        api.delete(f"{path_of(other)}/participants/{ann['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "participant_not_found")
    assert names(api, one, status="registered") == ["Ann"]


def test_a_viewer_changes_nobody(api, viewer):
    tournament = api.new_tournament()
    ann = registered(api, tournament, "Ann")["Ann"]

    for name in ("check-in", "withdraw", "admit"):
        assert step(viewer, tournament, ann, name).status_code == 403
    assert names(viewer, tournament) == ["Ann"]
