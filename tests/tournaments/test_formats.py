"""The format of a tournament: stages with their own rules, and presets."""

import pytest

from tests.events import logbook
from tests.support.rows import audited
from tests.tournaments.deeds import enter, new_lobby, path_of

PLAIN = {
    "name": "Day 1",
    "days": [1],
    "cuts": [],
    "threshold": None,
    "points": None,
    "chain": None,
    "carries": False,
    "games": None,
    "redraw_every": None,
    "draw_rule": "snake",
}


def change(api, tournament, **body):
    return api.put(f"{path_of(tournament)}/format", json=body)


def stages_of(api, tournament) -> list[dict]:
    return api.get(f"{path_of(tournament)}/format").json()["stages"]


def test_a_tournament_begins_with_one_day(api):
    assert stages_of(api, api.new_tournament()) == [PLAIN]


def test_every_preset_is_given_as_it_is_listed(api):
    listed = api.get("/api/v1/tournaments/formats").json()
    tournament = api.new_tournament()

    assert listed["total"] == len(listed["formats"]) >= 4
    for preset in listed["formats"]:
        made = api.new_tournament(preset=preset["preset"])
        changed = change(api, tournament, preset=preset["preset"])
        assert stages_of(api, made) == changed.json()["stages"] == preset["stages"]


def test_presets_are_what_their_names_say(api):
    formats = {
        one["preset"]: one["stages"]
        for one in api.get("/api/v1/tournaments/formats").json()["formats"]
    }

    assert [cut["to"] for stage in formats["americas_cup"] for cut in stage["cuts"]] == [
        64,
        32,
        16,
        8,
    ]
    assert [stage["threshold"] for stage in formats["tacticians_crown"]] == [None, 20]
    assert formats["single_day"][0]["redraw_every"] == 2
    assert formats["two_days"][0]["days"] == [1, 2]
    assert formats["checkmate_final"][0]["threshold"] == 20


def test_stages_of_ones_own_come_out_as_they_went_in(api, server):
    tournament = api.new_tournament()
    first = {
        "name": "Groups",
        "days": [1, 2],
        "cuts": [{"day": 1, "game": 4, "to": 32}, {"day": 2, "game": None, "to": 8}],
        "threshold": None,
        "points": {"1": 10, "2": 8},
        "chain": ["points", "average_placement"],
        "carries": False,
        "games": 5,
        "redraw_every": 1,
        "draw_rule": "swiss",
    }
    final = PLAIN | {"name": "Final", "days": [3], "carries": True, "threshold": 20}
    head = logbook.head(server)

    answer = change(api, tournament, stages=[final, first])
    again = change(api, tournament, stages=[first, final])

    assert answer.json() == {"tournament_id": tournament["id"], "stages": [first, final]}
    assert again.json() == answer.json()
    assert [entry.name for entry in logbook.entries(server, after=head)] == [
        "tournament.format_changed"
    ]
    assert audited(server, "tournament.format_changed")[-1][2] == tournament["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "stages"),
        ({"preset": "single_day", "stages": [PLAIN]}, "stages"),
        ({"preset": "knockout"}, "preset"),
        ({"stages": []}, "stages"),
        ({"stages": {}}, "stages"),
        ({"stages": [{**PLAIN, "name": ""}]}, "stages.0.name"),
        ({"stages": [{**PLAIN, "days": []}]}, "stages.0.days"),
        ({"stages": [{**PLAIN, "days": [1, 1]}]}, "stages.0.days"),
        ({"stages": [{**PLAIN, "days": [0]}]}, "stages.0.days.0"),
        ({"stages": [PLAIN, {**PLAIN, "name": "Again"}]}, "stages.1.days"),
        ({"stages": [{**PLAIN, "cuts": [{"day": 2, "to": 8}]}]}, "stages.0.cuts"),
        ({"stages": [{**PLAIN, "cuts": [{"day": 1, "to": 0}]}]}, "stages.0.cuts.0.to"),
        (
            {"stages": [{**PLAIN, "cuts": [{"day": 1, "game": 2, "to": 8}, {"day": 1, "to": 8}]}]},
            "stages.0.cuts",
        ),
        ({"stages": [{**PLAIN, "points": {"9": 1}}]}, "stages.0.points"),
        ({"stages": [{**PLAIN, "points": {"1": -1}}]}, "stages.0.points.1"),
        ({"stages": [{**PLAIN, "chain": ["luck"]}]}, "stages.0.chain.0"),
        ({"stages": [{**PLAIN, "chain": ["points", "points"]}]}, "stages.0.chain"),
        ({"stages": [{**PLAIN, "carries": True}]}, "stages.0.carries"),
        ({"stages": [{**PLAIN, "carries": 1}]}, "stages.0.carries"),
        ({"stages": [{**PLAIN, "redraw_every": 0}]}, "stages.0.redraw_every"),
        ({"stages": [{**PLAIN, "draw_rule": "luck"}]}, "stages.0.draw_rule"),
        ({"stages": [{**PLAIN, "threshold": 2**40}]}, "stages.0.threshold"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_format_is_refused_at_its_field(body, field, api):
    tournament = api.new_tournament()

    answer = change(api, tournament, **body)

    assert answer.status_code == 400, answer.text
    assert list(answer.json()["errors"]) == [field]
    assert stages_of(api, tournament) == [PLAIN]


def test_a_day_that_was_played_keeps_a_stage(api):
    tournament = new_lobby(api)
    enter(api, tournament, "1.1", tournament["names"])

    answer = change(api, tournament, stages=[PLAIN | {"days": [2]}])

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["stages"])


def test_each_stage_counts_by_its_own_points_and_chain(api):
    tournament = new_lobby(api)
    names = tournament["names"]
    own = {"points": {"1": 100}, "chain": ["points", "seed"]}
    change(api, tournament, stages=[PLAIN, PLAIN | {"name": "Day 2", "days": [2], **own}])

    first = enter(api, tournament, "1.1", names)
    second = enter(api, tournament, "2.1", names[::-1])

    assert first["standings"][0]["total_points"] == 8
    assert (second["standings"][0]["player_name"], second["standings"][0]["total_points"]) == (
        names[-1],
        100,
    )
    assert second["standings"][0]["event_points"] == 101
    assert (first["chain"][1], second["chain"]) == ("top4_plus_wins", ["points", "seed"])


def test_a_stage_that_carries_goes_on_with_the_points_before_it(api):
    tournament = new_lobby(api)
    names = tournament["names"]
    change(
        api,
        tournament,
        stages=[PLAIN, PLAIN | {"name": "Day 2", "days": [2], "carries": True, "threshold": 15}],
    )
    enter(api, tournament, "1.1", names)

    second = enter(api, tournament, "2.1", names)
    third = enter(api, tournament, "2.2", names)

    best = second["standings"][0]
    assert (best["total_points"], best["rank_change"], best["status"]) == (16, 0, "in_check")
    assert third["standings"][0]["status"] == "champion"
