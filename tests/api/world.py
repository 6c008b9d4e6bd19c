"""What the tests of the API look at: one of everything, made over the API itself."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.api import Api
from tests.support.routes import DISCORD_ID, KEY, Route
from tests.support.server import MASTER_PASSWORD

WINDOW = "window-7"  # as the description's examples have it
PLAYERS = [f"Player {number}" for number in range(1, 9)]


@dataclass(frozen=True, slots=True)
class World:
    """A tournament with eight players and the result of one lobby, a graphic that shows it, a user.

    Of further graphics one is archived, and one is locked by the client that made the world.
    """

    ids: Mapping[str, int]

    def address(self, route: Route) -> str:
        """The route's address with everything in it that exists here."""
        return route.address(self.ids.get(USED.get(route.template, route.area)))

    def body(self, method: str, route: Route) -> dict[str, Any]:
        """The least that ``method`` accepts there; raises ``KeyError`` for an unknown route."""
        return {name: self._filled(value) for name, value in BODIES[method, route.template].items()}

    def _filled(self, value: Any) -> Any:
        if value is NEW_NAME:
            return f"Newcomer {next(_numbers)}"
        if value is NEW_LOGIN:
            return f"newcomer-{next(_numbers)}"
        if value is CHANGE:
            return self.ids["change"]
        return self.ids["tournaments"] if value is TOURNAMENT else value


# What a route acts on where it is not the area's own.
USED: Mapping[str, str] = {
    "/api/v1/archive/{pk}": "graphics",
    "/api/v1/archive/{pk}/restore": "archived",
    "/api/v1/archive/{pk}/permanent": "archived",
    "/api/v1/lock/{pk}": "locked",
    "/api/v1/lock/{pk}/refresh": "locked",
    "/api/v1/lock/{pk}/status": "locked",
}
# Stand for what is only known when a body is sent.
TOURNAMENT = object()
CHANGE = object()
NEW_NAME = object()
NEW_LOGIN = object()
_numbers = itertools.count(1)

BODIES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/graphics"): {"title": "Board", "event_name": "Cup"},
    ("PUT", "/api/v1/graphics/{pk}"): {"title": "Board, changed"},
    ("PATCH", "/api/v1/graphics/{pk}"): {"event_name": "Cup, changed"},
    ("DELETE", "/api/v1/graphics/{pk}"): {},
    ("DELETE", "/api/v1/graphics/{pk}/permanent"): {},
    ("POST", "/api/v1/graphics/{pk}/duplicate"): {},
    ("POST", "/api/v1/graphics/{pk}/revisions/{version}/restore"): {},
    ("POST", "/api/v1/archive/{pk}"): {},
    ("POST", "/api/v1/archive/{pk}/restore"): {},
    ("DELETE", "/api/v1/archive/{pk}/permanent"): {},
    ("POST", "/api/v1/lock/{pk}"): {},
    ("DELETE", "/api/v1/lock/{pk}"): {},
    ("POST", "/api/v1/lock/{pk}/refresh"): {},
    ("POST", "/api/v1/maintenance/cleanup-locks"): {},
    ("POST", "/api/v1/ws/overlays/reload"): {},
    ("POST", "/api/v1/tournaments"): {"name": "Another", "max_participants": 8},
    ("PUT", "/api/v1/tournaments/{pk}"): {"name": "Changed", "max_participants": 16},
    ("PATCH", "/api/v1/tournaments/{pk}"): {"description": "Changed"},
    ("DELETE", "/api/v1/tournaments/{pk}"): {},
    ("POST", "/api/v1/tournaments/{pk}/participants"): {"name": NEW_NAME},
    ("PUT", "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}/placements"): {
        "placements": {name: place for place, name in enumerate(reversed(PLAYERS), start=1)}
    },
    ("POST", "/api/v1/scoreboard/refresh"): {"tournament_id": TOURNAMENT},
    ("POST", "/api/v1/users"): {"username": NEW_LOGIN},
    ("PUT", "/api/v1/users/{pk}"): {"display_name": "Changed", "is_active": True},
    ("PATCH", "/api/v1/users/{pk}"): {"riot_id": "Changed#EUW"},
    ("DELETE", "/api/v1/users/{pk}"): {},
    ("PATCH", "/api/v1/users/me"): {"riot_id": "Dashboard#EUW"},
    ("POST", "/api/v1/configuration/{key}"): {},
    ("PUT", "/api/v1/configuration/{key}"): {"value": {"of": "a bot"}},
    ("DELETE", "/api/v1/configuration/{key}"): {},
    ("POST", "/api/v1/configuration/{key}/rollback"): {"change_id": CHANGE},
    ("POST", "/api/v1/configuration/bulk-update"): {KEY: 4},
    ("POST", "/api/v1/configuration/import"): {
        "document": "format: gal-configuration/1\nsettings: []\n"
    },
    ("POST", "/auth/login"): {"master_password": MASTER_PASSWORD},
    ("POST", "/auth/refresh"): {},
    ("POST", "/auth/logout"): {},
    ("POST", "/auth/ws-ticket"): {},
}


def make_world(api: Api) -> World:
    tournament = api.new_tournament(max_participants=64)["id"]
    for name in PLAYERS:
        answer = api.post(f"/api/v1/tournaments/{tournament}/participants", json={"name": name})
        assert answer.status_code == 201, answer.text
    places = {name: place for place, name in enumerate(PLAYERS, start=1)}
    standings = api.put(
        f"/api/v1/tournaments/{tournament}/games/1.1/lobbies/1/placements",
        json={"placements": places},
    )
    assert standings.status_code == 200, standings.text
    user = api.post("/api/v1/users", json={"username": f"player-{next(_numbers)}"})
    assert user.status_code == 201, user.text
    if api.get(f"/api/v1/users/discord/{DISCORD_ID}").status_code == 404:
        fields = {"username": f"player-{next(_numbers)}", "discord_id": DISCORD_ID}
        assert api.post("/api/v1/users", json=fields).status_code == 201
    api.post(f"/api/v1/configuration/{KEY}", json=1)  # by most worlds before this one
    for value in (2, 3):
        answer = api.put(f"/api/v1/configuration/{KEY}", json={"value": value})
        assert answer.status_code == 200, answer.text
    change = api.get(f"/api/v1/configuration/{KEY}/history").json()["history"][0]["id"]
    graphic, archived, locked = (api.new_graphic(tournament_id=tournament)["id"] for _ in range(3))
    done = [
        api.post(f"/api/v1/archive/{archived}"),
        api.post(f"/api/v1/lock/{locked}", json={"session_id": WINDOW}),
    ]
    assert [answer.status_code for answer in done] == [200, 200]
    return World(
        ids={
            "tournaments": tournament,
            "graphics": graphic,
            "archived": archived,
            "locked": locked,
            "change": change,
            "users": user.json()["id"],
            "scoreboard": standings.json()["snapshot_id"],
        }
    )
