"""Draws over REST: proposed, published, kept; and the games that follow."""

import pytest

from tests.events import logbook
from tests.support.rows import audited, rows
from tests.tournaments.deeds import enter, new_lobby, path_of, put_result


def propose(api, tournament, **fields):
    return api.post(f"{path_of(tournament)}/draws/proposal", json=fields)


def publish(api, tournament, **fields):
    return api.post(f"{path_of(tournament)}/draws", json=fields)


def names_in(drawn: dict) -> list[list[str]]:
    return [[seat["name"] for seat in lobby["seats"]] for lobby in drawn["lobbies"]]


def players(*numbers: int) -> list[str]:
    return [f"Player {number}" for number in numbers]


def with_format(api, tournament, **stage):
    stage = {"name": "Day 1", "days": [1], **stage}
    answer = api.put(f"{path_of(tournament)}/format", json={"stages": [stage]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def play(api, tournament, game: str, drawn: list[list[str]]) -> dict:
    for number, lobby in enumerate(drawn, start=1):
        standings = enter(api, tournament, game, lobby, lobby=number)
    return standings


def seats(server, tournament, game: str) -> list[list[str]]:
    """Who has a seat in each lobby, as the database has it."""
    day, number = game.split(".")
    found = rows(
        server,
        "SELECT l.number, p.name FROM tournaments_placement s "
        "JOIN tournaments_lobby l ON l.id = s.lobby_id JOIN tournaments_game g ON g.id = l.game_id "
        "JOIN tournaments_participant p ON p.id = s.participant_id "
        "WHERE g.tournament_id = %s AND g.day = %s AND g.number = %s ORDER BY l.number, s.id",
        tournament["id"],
        int(day),
        int(number),
    )
    lobbies: dict[int, list[str]] = {}
    for lobby, name in found:
        lobbies.setdefault(lobby, []).append(name)
    return list(lobbies.values())


def refused(answer, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (409, code), answer.text
    return answer.json()


def test_a_proposal_changes_nothing(api, server):
    tournament = new_lobby(api, players=16)
    head = logbook.head(server)

    answer = propose(api, tournament)

    proposal = answer.json()
    assert answer.status_code == 200
    assert names_in(proposal) == [
        players(1, 4, 5, 8, 9, 12, 13, 16),
        players(2, 3, 6, 7, 10, 11, 14, 15),
    ]
    assert (proposal["game"], proposal["rule"], proposal["after"]) == ("1.1", "snake", None)
    assert logbook.head(server) == head
    assert seats(server, tournament, "1.1") == []
    assert api.get(f"{path_of(tournament)}/draws").json() == {"draws": [], "total": 0}


def test_what_was_proposed_is_published_and_kept(api, server):
    tournament = new_lobby(api, players=9)
    proposal = propose(api, tournament, rule="random").json()
    head = logbook.head(server)

    answer = publish(
        api,
        tournament,
        rule="random",
        seed=proposal["seed"],
        game=proposal["game"],
        fingerprint=proposal["fingerprint"],
    )

    draw = answer.json()
    assert answer.status_code == 201
    assert names_in(draw) == names_in(proposal) == seats(server, tournament, "1.1")
    assert sorted(map(len, names_in(draw))) == [4, 5]
    assert (draw["rule"], draw["seed"]) == ("random", proposal["seed"])
    assert (draw["drawn_by"], draw["replaced_at"]) == ("dashboard_user", None)
    assert api.get(f"{path_of(tournament)}/draws").json() == {"draws": [draw], "total": 1}
    told = logbook.entries(server, after=head)
    assert [entry.name for entry in told] == ["draw.published", "standings.published"]
    assert told[0].payload["change"]["game"] == "1.1"
    assert [lobby["lobby"] for lobby in told[1].payload["standings"]["lobbies"]] == [1, 2]
    assert audited(server, "draw.published")[-1][2] == tournament["id"]


def test_the_same_seed_draws_the_same(api):
    tournament = new_lobby(api, players=24)

    drawn = [propose(api, tournament, rule="random", seed=seed).json() for seed in (7, 7, 8)]

    assert names_in(drawn[0]) == names_in(drawn[1]) != names_in(drawn[2])
    assert sorted(map(len, names_in(drawn[2]))) == [8, 8, 8]


def test_a_draw_that_is_not_what_was_proposed_is_not_published(api, server):
    tournament = new_lobby(api, players=16)
    proposal = propose(api, tournament).json()
    listed = api.get(f"{path_of(tournament)}/participants").json()["participants"]
    api.post(f"{path_of(tournament)}/participants/{listed[0]['id']}/withdraw")

    answer = publish(api, tournament, fingerprint=proposal["fingerprint"])

    refused(answer, "draw_changed")
    assert seats(server, tournament, "1.1") == []
    assert names_in(propose(api, tournament).json())[0] == players(2, 5, 6, 9, 10, 13, 14)


def test_a_game_without_results_is_drawn_anew_and_both_draws_are_kept(api, server):
    tournament = new_lobby(api, players=16)
    first = publish(api, tournament).json()

    second = publish(api, tournament, rule="swiss").json()

    assert names_in(second) == [players(*range(1, 9)), players(*range(9, 17))]
    assert seats(server, tournament, "1.1") == names_in(second)
    listed = api.get(f"{path_of(tournament)}/draws").json()["draws"]
    assert [draw["id"] for draw in listed] == [second["id"], first["id"]]
    assert [draw["replaced_at"] is None for draw in listed] == [True, False]


def test_by_hand_staff_say_who_sits_where(api):
    tournament = new_lobby(api, players=4)
    lobbies = [players(1, 3), players(2, 4)]

    assert names_in(publish(api, tournament, rule="manual", lobbies=lobbies).json()) == lobbies
    faults = {
        "lobbies": None,
        "lobbies.0.1": [["Player 1", "Nobody"]],
        "lobbies.1.0": [["Player 1"], ["Player 1"]],
        "lobbies.0": [[]],
    }
    for field, wrong in faults.items():
        body = {"lobbies": wrong} if wrong else {}
        answer = publish(api, tournament, rule="manual", **body)
        assert (answer.status_code, next(iter(answer.json()["errors"]))) == (400, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rule": "luck"}, "rule"),
        ({"game": "1"}, "game"),
        ({"game": "1.1\n"}, "game"),
        ({"game": 1.1}, "game"),
        ({"seed": 0}, "seed"),
        ({"seed": "7"}, "seed"),
        ({"lobbies": "all"}, "lobbies"),
        ({"lobbies": [["x"] * 9]}, "lobbies.0"),
        ({"fingerprint": 7}, "fingerprint"),
    ],
    ids=repr,
)
def test_a_faulty_wish_is_refused_at_its_field(body, field, api):
    answer = publish(api, new_lobby(api), **body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_draw_holds_for_as_many_games_as_the_stage_says(api, server):
    tournament = new_lobby(api, players=16)
    with_format(api, tournament, games=3, redraw_every=2)
    drawn = names_in(publish(api, tournament).json())

    enter(api, tournament, "1.1", drawn[0])
    half = seats(server, tournament, "1.2")
    standings = enter(api, tournament, "1.1", drawn[1], lobby=2)

    assert half == []
    assert seats(server, tournament, "1.2") == drawn
    assert [lobby["game"] for lobby in standings["lobbies"]] == ["1.2", "1.2"]
    play(api, tournament, "1.2", drawn)
    assert seats(server, tournament, "1.3") == []
    again = publish(api, tournament).json()
    assert (again["game"], again["after"]) == ("1.3", "1.2")
    play(api, tournament, "1.3", names_in(again))
    # the day has three games, and there is no other day
    refused(propose(api, tournament), "game_out_of_order")


@pytest.mark.parametrize("is_drawn", [True, False])
def test_a_game_that_is_only_seated_may_be_skipped_for_the_next_day(is_drawn, api, server):
    tournament = new_lobby(api)
    with_format(api, tournament, days=[1, 2])
    publish(api, tournament)
    enter(api, tournament, "1.1", tournament["names"])
    assert seats(server, tournament, "1.2") == [tournament["names"]]

    if is_drawn:
        assert publish(api, tournament, game="2.1").status_code == 201
    standings = enter(api, tournament, "2.1", tournament["names"])

    assert seats(server, tournament, "1.2") == []
    assert standings["round_names"] == ["round_1", "round_2"]


def test_swiss_every_game_lets_equals_meet(api):
    tournament = new_lobby(api, players=16)
    with_format(api, tournament, redraw_every=1, draw_rule="swiss")
    drawn = names_in(publish(api, tournament).json())

    play(api, tournament, "1.1", drawn)
    second = publish(api, tournament).json()

    assert second["rule"] == "swiss"
    order = [name for pair in zip(*drawn, strict=True) for name in pair]
    assert names_in(second) == [order[:8], order[8:]]


def test_of_a_cut_those_who_went_on_are_drawn(api):
    tournament = new_lobby(api, players=16)
    with_format(api, tournament, redraw_every=1, cuts=[{"day": 1, "game": 1, "to": 8}])
    drawn = names_in(publish(api, tournament).json())
    play(api, tournament, "1.1", drawn)

    second = publish(api, tournament).json()

    best = {name for lobby in drawn for name in lobby[:4]}
    assert set(names_in(second)[0]) == best
    assert len(second["lobbies"]) == 1


def test_a_tie_at_the_cut_is_for_staff_to_decide(api, server):
    tournament = new_lobby(api, players=16)
    with_format(api, tournament, redraw_every=1, cuts=[{"day": 1, "game": 1, "to": 7}])
    drawn = names_in(publish(api, tournament).json())
    play(api, tournament, "1.1", drawn)

    undecided = refused(publish(api, tournament), "cut_undecided")
    chosen = undecided["tied"][0]
    [entry] = [
        row
        for row in api.get(f"{path_of(tournament)}/participants").json()["participants"]
        if row["name"] == chosen
    ]
    api.patch(f"{path_of(tournament)}/participants/{entry['id']}", json={"manual_rank": 1})

    assert (undecided["cut"], len(undecided["tied"])) == (7, 2)
    assert chosen in names_in(publish(api, tournament).json())[0]


def test_a_draw_has_its_time(api):
    tournament = new_lobby(api, players=16)
    drawn = names_in(publish(api, tournament).json())
    ahead = propose(api, tournament, game="1.2")
    enter(api, tournament, "1.1", drawn[0])

    for answer, code in (
        (ahead, "game_out_of_order"),
        (propose(api, tournament, game="1.1"), "game_played"),
        (propose(api, tournament, game="1.2"), "game_open"),
        (propose(api, api.new_tournament()), "nobody_to_draw"),
    ):
        refused(answer, code)
    unknown = propose(api, tournament, game="7.1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "game_not_found")


def test_a_result_names_everybody_who_was_drawn(api):
    tournament = new_lobby(api)
    publish(api, tournament)
    first, *others = tournament["names"]

    forgotten = put_result(api, tournament, "1.1", {name: n for n, name in enumerate(others, 1)})
    enter(api, tournament, "1.1", others, absent=[first])

    assert forgotten.json()["errors"] == {
        f"placements.{first}": [f"{first} sits in this lobby: give a place, or say absent."]
    }


def test_who_withdraws_leaves_a_lobby_of_seven(api, server):
    tournament = new_lobby(api)
    publish(api, tournament)
    entry = api.get(f"{path_of(tournament)}/participants").json()["participants"][0]
    enter(api, tournament, "1.1", tournament["names"])
    api.post(f"{path_of(tournament)}/participants/{entry['id']}/withdraw")

    standings = enter(api, tournament, "1.2", tournament["names"][1:])

    assert standings["complete"] is True
    assert seats(server, tournament, "1.3") == [tournament["names"][1:]]


def test_a_checkmate_final_is_drawn_once_and_ends_with_its_champion(api, server):
    tournament = new_lobby(api)
    with_format(api, tournament, threshold=8)
    publish(api, tournament)
    enter(api, tournament, "1.1", tournament["names"])

    standings = enter(api, tournament, "1.2", tournament["names"])

    assert standings["standings"][0]["status"] == "champion"
    assert seats(server, tournament, "1.3") == []
    refused(propose(api, tournament), "event_decided")


def test_teams_sit_four_to_a_lobby(api):
    tournament = new_lobby(api, players=8, team_size=2)

    assert [len(lobby) for lobby in names_in(propose(api, tournament).json())] == [4, 4]


def test_a_viewer_sees_draws_and_draws_nothing(api, viewer):
    tournament = new_lobby(api)
    publish(api, tournament)

    assert viewer.get(f"{path_of(tournament)}/draws").json()["total"] == 1
    assert propose(viewer, tournament).status_code == 403
    assert publish(viewer, tournament).status_code == 403
