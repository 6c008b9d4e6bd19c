"""A show goes from one installation to another, of the other database, and is the same there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewServer
from tests.support.api import Api
from tests.support.rows import rows, value
from tests.support.server import RunningServer
from tests.transfer.files import MANIFEST, Members, members_in

MAKE = "from tests.transfer.shows import make_rich_show; print('made', make_rich_show().pk)"
OWN_NUMBERS = re.compile(r'"(id|tournament_id|created_at|updated_at)": ?("[^"]*"|[0-9]+)')

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(300)]


@pytest.fixture(params=[("sqlite", "postgresql"), ("postgresql", "sqlite")], ids="-to-".join)
def houses(request: pytest.FixtureRequest, new_server: NewServer) -> list[RunningServer]:
    return [new_server(engine=engine) for engine in request.param]


def number_in(word: str, said: str) -> list[int]:
    return [int(number) for number in re.findall(rf"^{word} ([0-9]+)", said, re.MULTILINE)]


def exported(house: RunningServer, tournament: int, file: Path) -> Members:
    house.manage("export_show", str(tournament), str(file))
    return members_in(file)


def of_the_show(members: Members) -> dict[str, Any]:
    """Without what is of the installation: when it was written, and its number on air."""
    manifest = json.loads(members[MANIFEST])
    return {**members, MANIFEST: manifest | {"written_at": "", "settings_left_out": []}}


def views_of(house: RunningServer, tournament: int) -> list[str]:
    """What overlays draw, but for the numbers that the graphics have in this house."""
    live = "SELECT id FROM graphics_graphic WHERE tournament_id = %s AND NOT archived ORDER BY id"
    with Api(house) as stranger:
        answers = [
            stranger.get(f"/api/v1/graphics/{pk}/view") for (pk,) in rows(house, live, tournament)
        ]
    assert [answer.status_code for answer in answers] == [200]
    return [OWN_NUMBERS.sub("", answer.text) for answer in answers]


def standings_of(api: Api, tournament: int) -> list[tuple[Any, ...]]:
    answer = api.get(f"/api/v1/tournaments/{tournament}/standings").json()
    told = ("rank", "tied", "player_name", "total_points", "event_points", "round_scores", "status")
    return [tuple(row[name] for name in told) for row in answer["standings"]]


def test_a_show_is_the_same_in_another_house(houses: list[RunningServer], tmp_path: Path):
    here, there = houses
    [cup] = number_in("made", here.manage("shell", "-v0", "-c", MAKE).stdout)
    taken = tmp_path / "cup.galshow"

    first = exported(here, cup, taken)
    looked = there.manage("import_show", str(taken), "--check", "--with-settings").stdout
    made_by_looking = value(there, "SELECT count(*) FROM tournaments_tournament")
    said = there.manage("import_show", str(taken), "--with-settings").stdout
    [copy] = number_in("Tournament", said)
    back = exported(there, copy, tmp_path / "back.galshow")

    assert "Nothing was changed." in looked
    assert made_by_looking == 0
    assert of_the_show(back) == of_the_show(first)
    assert b"@example.org" not in b"".join(first.values())
    assert views_of(here, cup) == views_of(there, copy)
    with Api(here) as one, Api(there) as other:
        one.login()
        other.login()
        assert standings_of(one, cup) == standings_of(other, copy)
        go_on_with(one, cup)
        go_on_with(other, copy)
        assert standings_of(one, cup) == standings_of(other, copy)


def go_on_with(api: Api, tournament: int) -> None:
    """Undo a correction that came along, correct another lobby, confirm what waits, draw on."""
    path = f"/api/v1/tournaments/{tournament}"
    newest = api.get(f"{path}/corrections").json()["corrections"][0]
    undone = api.post(f"{path}/corrections/{newest['id']}/undo", json={})
    assert undone.is_success, undone.text
    [waiting] = api.get(f"{path}/submissions").json()["submissions"]
    confirmed = api.post(f"{path}/submissions/{waiting['id']}/confirm", json={})
    assert confirmed.is_success, confirmed.text
    placements = {"Team 3": 1, "Team 2": 2, "Team 1": 3}
    result = {"placements": placements, "absent": ["Team 4"]}
    corrected = api.put(f"{path}/games/1.2/lobbies/1/placements", json=result)
    assert corrected.is_success, corrected.text
