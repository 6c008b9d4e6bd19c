"""The life of a tournament: which status follows on which, by every door."""

from itertools import cycle

import pytest

from tests.events import logbook
from tests.support.rows import audited
from tests.tournaments.deeds import path_of
from tournaments.choices import TournamentStatus
from tournaments.lifecycle import MOVES

STATUSES = TournamentStatus.values
# The least that brings a tournament into a status, one move after the other.
WAYS = {
    "draft": [],
    "registration_open": ["registration_open"],
    "registration_closed": ["registration_closed"],
    "check_in": ["check_in"],
    "in_progress": ["in_progress"],
    "completed": ["in_progress", "completed"],
    "cancelled": ["cancelled"],
    "postponed": ["postponed"],
}


def move(api, tournament, status, **fields):
    return api.post(f"{path_of(tournament)}/transition", json={"status": status, **fields})


def brought_to(api, status) -> dict:
    tournament = api.new_tournament()
    for step in WAYS[status]:
        assert move(api, tournament, step).status_code == 200
    return tournament


@pytest.mark.parametrize("before", STATUSES)
def test_a_status_follows_only_on_some(before, api):
    tournament = brought_to(api, before)
    legal = [move.value for move in MOVES[before]]

    for wanted in sorted(set(STATUSES) - {before, *legal}):
        for answer in (
            move(api, tournament, wanted),
            api.patch(path_of(tournament), json={"status": wanted, "name": "Moved"}),
            api.put(path_of(tournament), json={"status": wanted}),
        ):
            refused = answer.json()
            assert (answer.status_code, refused["code"]) == (409, "illegal_transition")
            assert (refused["status"], refused["wanted"]) == (before, wanted)
            assert refused["legal"] == legal
            assert ", ".join(legal) in refused["detail"]

    now = api.get(path_of(tournament)).json()
    assert (now["status"], now["name"]) == (before, tournament["name"])
    assert api.get(f"{path_of(tournament)}/transition").json() == {
        "status": before,
        "legal": legal,
    }


@pytest.mark.parametrize("before", STATUSES)
def test_what_follows_is_taken_by_every_door(before, api):
    for wanted, door in zip(MOVES[before], cycle(["POST", "PUT", "PATCH"]), strict=False):
        tournament = brought_to(api, before)

        if door == "POST":
            answer = move(api, tournament, wanted)
        else:
            answer = api.request(door, path_of(tournament), json={"status": wanted})

        assert (answer.status_code, answer.json()["status"]) == (200, wanted)


def test_a_whole_life_as_the_dashboard_walks_it(api):
    tournament = api.new_tournament()

    for status in STATUSES:
        answer = api.patch(path_of(tournament), json={"status": status})
        assert answer.json()["status"] == status


def test_a_move_is_told_once_and_kept(api, server):
    tournament = api.new_tournament()
    head = logbook.head(server)

    move(api, tournament, "cancelled", reason="Too few came.")
    again = move(api, tournament, "cancelled")

    [told] = logbook.entries(server, after=head)
    assert again.status_code == 200
    assert (told.type, told.name) == ("tournament_update", "tournament.status_changed")
    assert told.payload["action"] == "updated"
    assert told.payload["change"] == {
        "kind": "tournament.status_changed",
        "before": "draft",
        "after": "cancelled",
        "reason": "Too few came.",
        "game": None,
        "participants": [],
        "promoted": [],
    }
    assert (told.public["tournament"]["status"], "change" in told.public) == ("cancelled", False)
    assert audited(server, "tournament.status_changed")[-1] == (
        "dashboard_user",
        "tournament",
        tournament["id"],
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "live"}, "status"),
        ({"status": None}, "status"),
        ({"status": ["draft"]}, "status"),
        ({"status": "cancelled", "reason": "x" * 501}, "reason"),
        ({"status": "cancelled", "reason": 7}, "reason"),
    ],
    ids=repr,
)
def test_a_faulty_move_is_refused_at_its_field(body, field, api):
    answer = api.post(f"{path_of(api.new_tournament())}/transition", json=body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_tournament_may_begin_anywhere(api):
    for status in STATUSES:
        assert api.new_tournament(status=status)["status"] == status


def test_a_viewer_sees_what_may_follow_and_moves_nothing(api, viewer):
    tournament = api.new_tournament()

    assert viewer.get(f"{path_of(tournament)}/transition").json()["status"] == "draft"
    assert move(viewer, tournament, "cancelled").status_code == 403
