"""What the standings show of people is on air as soon as it changes, once anything is published."""

import pytest

from tests.events import logbook
from tests.tournaments.deeds import enter, new_lobby, path_of


@pytest.fixture
def cup(api) -> dict:
    """Four who have played, a fifth who waits."""
    cup = new_lobby(api, players=4, status="registration_open")
    enter(api, cup, "1.1", cup["names"])
    answer = api.post(f"{path_of(cup)}/participants", json={"name": "Late"})
    assert answer.json()["status"] == "waiting", answer.text
    return cup


def ids(api, cup) -> dict[str, int]:
    everybody = api.get(f"{path_of(cup)}/participants").json()["participants"]
    return {one["name"]: one["id"] for one in everybody}


def shown(api, cup) -> dict[str, str | None]:
    """The newest scoreboard: the Riot id by name."""
    newest = api.get(f"/api/v1/scoreboard/latest?tournament_id={cup['id']}").json()
    return {entry["player_name"]: entry["riot_id"] for entry in newest["entries"]}


def published(server, after: int) -> list[str]:
    told = logbook.entries(server, after=after)
    return [entry.payload["actor"] for entry in told if entry.type == "standings_update"]


@pytest.mark.parametrize(
    "fields",
    [{"name": "Renamed"}, {"riot_id": "P1#EUW"}, {"seed": 9}, {"manual_rank": 1}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_change_of_what_is_shown_is_published(fields, cup, api, server):
    head = logbook.head(server)

    one = f"{path_of(cup)}/participants/{ids(api, cup)['Player 1']}"
    api.patch(one, json=fields).raise_for_status()

    assert published(server, head) == ["dashboard_user"]
    name, riot_id = fields.get("name", "Player 1"), fields.get("riot_id")
    assert shown(api, cup)[name] == riot_id


def test_a_change_of_what_is_not_shown_is_not(cup, api, server):
    head = logbook.head(server)

    one = f"{path_of(cup)}/participants/{ids(api, cup)['Player 1']}"
    api.patch(one, json={"aliases": ["P1"]}).raise_for_status()
    api.post(f"{path_of(cup)}/participants", json={"name": "Later"}).raise_for_status()

    assert published(server, head) == []


def test_who_gives_up_or_gets_a_place_is_published(cup, api, server):
    people = f"{path_of(cup)}/participants"
    known = ids(api, cup)
    head = logbook.head(server)

    api.post(f"{people}/{known['Player 1']}/withdraw").raise_for_status()
    assert len(published(server, head)) == 1
    assert "Late" not in shown(api, cup)  # an event that has begun: nobody moves up by himself
    api.post(f"{people}/{known['Late']}/admit").raise_for_status()
    assert len(published(server, head)) == 2
    assert "Late" in shown(api, cup)
    api.delete(f"{people}/{known['Late']}").raise_for_status()
    assert len(published(server, head)) == 3
    assert "Late" not in shown(api, cup)
    api.post(people, json={"name": "Substitute"}).raise_for_status()
    assert len(published(server, head)) == 4
    assert "Substitute" in shown(api, cup)
    api.delete(f"{people}/{ids(api, cup)['Substitute']}").raise_for_status()
    back = api.post(people, json={"name": "Player 1", "riot_id": "Back#EUW"})
    back.raise_for_status()
    assert len(published(server, head)) == 6
    assert shown(api, cup)["Player 1"] == "Back#EUW"


def test_who_moves_up_before_the_first_game_is_published(api, server):
    cup = new_lobby(api, players=2, status="registration_open")
    api.post(f"{path_of(cup)}/participants", json={"name": "Late"}).raise_for_status()
    api.post("/api/v1/scoreboard/refresh", json={"tournament_id": cup["id"]}).raise_for_status()
    head = logbook.head(server)

    api.patch(path_of(cup), json={"max_participants": 3}).raise_for_status()

    assert published(server, head) == ["dashboard_user"]
    assert "Late" in shown(api, cup)


def test_the_size_of_teams_is_settled_with_the_first_lobby(api, server):
    cup = new_lobby(api, players=4)
    api.patch(path_of(cup), json={"team_size": 2}).raise_for_status()
    api.post(f"{path_of(cup)}/draws", json={}).raise_for_status()
    head = logbook.head(server)

    answer = api.patch(path_of(cup), json={"team_size": 1, "name": "Solo"})

    assert answer.status_code == 409
    said = answer.json()
    assert (said["code"], said["lobbies"], said["team_size"]) == ("team_size_settled", 1, 2)
    assert api.patch(path_of(cup), json={"team_size": 2}).status_code == 200
    assert api.get(path_of(cup)).json()["name"] == cup["name"]
    assert logbook.head(server) == head
