"""What the tests of the API look at: one of everything, made over the API itself."""

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.api import Api
from tests.support.routes import DISCORD_ID, KEY, Route
from tests.support.server import MASTER_PASSWORD, RunningServer

WINDOW = "window-7"  # as the description's examples have it
PLAYERS = [f"Player {number}" for number in range(1, 9)]


@dataclass(frozen=True, slots=True)
class World:
    """A tournament with eight players and the result of one lobby, a graphic that shows it, a user,
    another session of the same account. That result was corrected, and another one waits.

    Another tournament is in its check-in. A third one has begun, with a gap and one who waits. The
    graphic has a key. Of further graphics one is archived, and one is locked by the client that
    made the world.
    """

    ids: Mapping[str, int]
    key: str

    def address(self, route: Route) -> str:
        """The route's address with everything in it that exists here."""
        pk = self.ids.get(USED.get(route.template, route.area))
        return route.address(
            pk,
            participant=self.ids[PEOPLE.get(route.template, "participant")],
            submission=self.ids["submission"],
            correction=self.ids["correction"],
            key_id=self.ids["key"],
            overlay_key=self.key,
        )

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
    "/auth/sessions/{pk}": "sessions",
    "/api/v1/tournaments/{pk}/check-in/close": "checking_in",
    "/api/v1/tournaments/{pk}/participants/{participant}": "checking_in",
    "/api/v1/tournaments/{pk}/participants/{participant}/check-in": "checking_in",
    "/api/v1/tournaments/{pk}/participants/{participant}/withdraw": "checking_in",
    "/api/v1/tournaments/{pk}/participants/{participant}/admit": "with_a_gap",
}
# Whom it acts on, where it is not the participant of the tournament in its check-in.
PEOPLE: Mapping[str, str] = {
    "/api/v1/tournaments/{pk}/participants/{participant}/admit": "waiting",
}
# Stand for what is only known when a body is sent.
TOURNAMENT = object()
CHANGE = object()
NEW_NAME = object()
NEW_LOGIN = object()
_numbers = itertools.count(1)
REVERSED = {name: place for place, name in enumerate(reversed(PLAYERS), start=1)}
CORRECTED = {"game": "1.1", "lobby": 1, "placements": REVERSED}

BODIES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/graphics"): {"title": "Board", "event_name": "Cup"},
    ("PUT", "/api/v1/graphics/{pk}"): {"title": "Board, changed"},
    ("PATCH", "/api/v1/graphics/{pk}"): {"event_name": "Cup, changed"},
    ("DELETE", "/api/v1/graphics/{pk}"): {},
    ("DELETE", "/api/v1/graphics/{pk}/permanent"): {},
    ("POST", "/api/v1/graphics/{pk}/duplicate"): {},
    ("POST", "/api/v1/graphics/{pk}/keys"): {"name": "Studio 2"},
    ("DELETE", "/api/v1/graphics/{pk}/keys/{key_id}"): {},
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
    ("PATCH", "/api/v1/tournaments/{pk}/participants/{participant}"): {"seed": 3},
    ("DELETE", "/api/v1/tournaments/{pk}/participants/{participant}"): {},
    ("POST", "/api/v1/tournaments/{pk}/participants/{participant}/check-in"): {},
    ("DELETE", "/api/v1/tournaments/{pk}/participants/{participant}/check-in"): {},
    ("POST", "/api/v1/tournaments/{pk}/participants/{participant}/withdraw"): {},
    ("POST", "/api/v1/tournaments/{pk}/participants/{participant}/admit"): {},
    ("POST", "/api/v1/tournaments/{pk}/check-in/close"): {},
    ("PUT", "/api/v1/tournaments/{pk}/format"): {"preset": "single_day"},
    ("POST", "/api/v1/tournaments/{pk}/draws"): {},
    ("POST", "/api/v1/tournaments/{pk}/draws/proposal"): {"rule": "swiss"},
    ("POST", "/api/v1/tournaments/{pk}/transition"): {"status": "postponed"},
    ("PUT", "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}/placements"): {
        "placements": REVERSED
    },
    ("POST", "/api/v1/tournaments/{pk}/results/import"): {
        "document": "game,lobby,player,place\n1.1,1,Player 2,1\n1.1,1,Player 1,2\n",
        "dry_run": False,
    },
    ("POST", "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}/submissions"): {
        "placements": {name: place for place, name in enumerate(PLAYERS, start=1)}
    },
    ("POST", "/api/v1/tournaments/{pk}/submissions/{submission}/confirm"): {},
    ("POST", "/api/v1/tournaments/{pk}/submissions/{submission}/reject"): {},
    ("POST", "/api/v1/tournaments/{pk}/corrections"): {"results": [CORRECTED]},
    ("POST", "/api/v1/tournaments/{pk}/corrections/preview"): {"results": [CORRECTED]},
    ("POST", "/api/v1/tournaments/{pk}/corrections/{correction}/undo"): {},
    ("POST", "/api/v1/scoreboard/refresh"): {"tournament_id": TOURNAMENT},
    ("POST", "/api/v1/users"): {"username": NEW_LOGIN},
    ("PUT", "/api/v1/users/{pk}"): {"display_name": "Changed", "is_active": True},
    ("PATCH", "/api/v1/users/{pk}"): {"riot_id": "Changed#EUW"},
    ("DELETE", "/api/v1/users/{pk}"): {},
    ("PATCH", "/api/v1/users/me"): {"riot_id": "Dashboard#EUW"},
    ("DELETE", "/auth/sessions/{pk}"): {},
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


@functools.cache
def another_session(server: RunningServer) -> int:
    """One for all worlds, as a login costs a hash, and to end it again is no error."""
    with Api(server) as other:
        [mine] = [one for one in other.login().sessions() if one["is_current"]]
        return mine["id"]


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
    put_back_names(api)
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
    key = api.post(f"/api/v1/graphics/{graphic}/keys", json={"name": "Studio 1"}).json()
    return World(
        key=key["key"],
        ids={
            **make_registrations(api),
            **make_history(api, tournament),
            "key": key["id"],
            "tournaments": tournament,
            "graphics": graphic,
            "archived": archived,
            "locked": locked,
            "sessions": another_session(api.server),
            "change": change,
            "users": user.json()["id"],
            "scoreboard": standings.json()["snapshot_id"],
        },
    )


def put_back_names(api: Api) -> None:
    """Make what routes find by a name of its own, unless it is there: all worlds share it."""
    if api.get(f"/api/v1/users/discord/{DISCORD_ID}").status_code == 404:
        fields = {"username": f"player-{next(_numbers)}", "discord_id": DISCORD_ID}
        assert api.post("/api/v1/users", json=fields).status_code == 201
    if api.get(f"/api/v1/configuration/{KEY}").status_code == 404:
        assert api.post(f"/api/v1/configuration/{KEY}", json=1).status_code == 201


def make_history(api: Api, tournament: int) -> dict[str, int]:
    """A correction of the lobby that has a result, and a submission for it that waits."""
    path = f"/api/v1/tournaments/{tournament}"
    swapped = {"Player 2": 1, "Player 1": 2}
    swapped |= {name: place for place, name in enumerate(PLAYERS[2:], start=3)}
    made = api.post(
        f"{path}/corrections",
        json={"results": [{"game": "1.1", "lobby": 1, "placements": swapped}]},
    )
    waits = api.post(f"{path}/games/1.1/lobbies/1/submissions", json={"placements": REVERSED})
    assert (made.status_code, waits.status_code) == (201, 201), (made.text, waits.text)
    return {"correction": made.json()["id"], "submission": waits.json()["id"]}


def make_registrations(api: Api) -> dict[str, int]:
    """A tournament in its check-in, and one whose game is drawn, with a gap and one who waits."""
    checking_in = api.new_tournament(max_participants=2)["id"]
    participant = _registered(api, checking_in, "Ann")
    moved = api.post(f"/api/v1/tournaments/{checking_in}/transition", json={"status": "check_in"})
    assert moved.status_code == 200, moved.text
    with_a_gap = api.new_tournament(max_participants=2)["id"]
    people = [_registered(api, with_a_gap, name) for name in ("Ann", "Bob", "Cid")]
    path = f"/api/v1/tournaments/{with_a_gap}"
    done = [
        api.put(f"{path}/games/1.1/lobbies/1/placements", json={"placements": {"Ann": 1}}),
        api.post(f"{path}/participants/{people[1]}/withdraw"),
    ]
    assert [answer.status_code for answer in done] == [200, 200]
    return {
        "checking_in": checking_in,
        "participant": participant,
        "with_a_gap": with_a_gap,
        "waiting": people[-1],
    }


def _registered(api: Api, tournament: int, name: str) -> int:
    answer = api.post(f"/api/v1/tournaments/{tournament}/participants", json={"name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
