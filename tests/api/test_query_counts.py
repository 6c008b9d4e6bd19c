"""A list costs the same number of queries however long it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from configuration.services import create_value, set_value
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events.recording import recording
from gal_dashboard.realtime import processes
from gal_dashboard.realtime.sockets import OverlaySocket, Sockets, StaffSocket
from graphics.archive import archive_graphic
from graphics.claims import Claim
from graphics.keys import create_key
from graphics.locks import acquire_lock
from graphics.models import Graphic
from graphics.services import Changes, create_graphic, update_graphic
from tests.support.routes import KEY, routes
from tournaments import registration, services
from tournaments.corrections import correct_results
from tournaments.drawing import publish_draw
from tournaments.results import LobbyResult, record_lobby_result
from tournaments.seating import Wish
from tournaments.standings import GameRef
from tournaments.submissions import submit_result
from users.accounts import create_account
from users.models import Session

pytestmark = pytest.mark.django_db

ACCOUNT = {"username": "counter", "password": "a-password-of-the-counter"}
LOBBY = 8


def tournament(name: str = "Cup") -> int:
    fields = {"name": name, "max_participants": 64}
    return services.create_tournament(actor=SYSTEM, fields=fields).pk


def graphics(count: int) -> int:
    shown = tournament()
    for number in range(count):
        create_graphic(actor=SYSTEM, title=f"Board {number}", event_name="Cup", tournament_id=shown)
    return shown


def archived(count: int) -> int:
    shown = graphics(count)
    for graphic in Graphic.objects.all():
        archive_graphic(graphic_id=graphic.pk, claim=Claim(actor=SYSTEM))
    return shown


def locked(count: int) -> int:
    shown = graphics(count)
    for graphic in Graphic.objects.all():
        acquire_lock(graphic_id=graphic.pk, claim=Claim(actor=SYSTEM, session_id="window-7"))
    return shown


def connected(count: int) -> int:
    """Another server process with ``count`` sockets of each kind, and as many locks."""
    shown = locked(count)
    seen = {"since": timezone.now()}
    overlays = [
        OverlaySocket(
            connection_id=f"o{graphic.pk}",
            graphic_id=graphic.pk,
            address="192.0.2.7",
            version=1,
            seq=1,
            drawn_at=timezone.now(),
            delay_ms=40,
            **seen,
        )
        for graphic in Graphic.objects.all()
    ]
    staff = [
        StaffSocket(connection_id=f"s{number}", user_id=1, user_name="ann", viewing=None, **seen)
        for number in range(count)
    ]
    processes.write("another", Sockets(overlays=overlays, staff=staff))
    return shown


def revisions(count: int) -> int:
    graphic = create_graphic(actor=SYSTEM, title="Board", event_name="Cup")
    for number in range(1, count):
        changes = Changes(title=f"Board {number}")
        update_graphic(graphic_id=graphic.pk, changes=changes, claim=Claim(actor=SYSTEM))
    return graphic.pk


def overlay_keys(count: int) -> int:
    graphic = create_graphic(actor=SYSTEM, title="Board", event_name="Cup")
    for number in range(count):
        create_key(actor=SYSTEM, graphic_id=graphic.pk, name=f"Studio {number}")
    return graphic.pk


def tournaments(count: int) -> int:
    return [tournament(f"Cup {number}") for number in range(count)][-1]


def participants(count: int) -> int:
    entered = tournament()
    for number in range(count):
        registration.register_participant(
            actor=SYSTEM, tournament_id=entered, fields={"name": f"Player {number}"}
        )
    return entered


def results(count: int) -> int:
    """A game of as many lobbies as it takes to seat ``count`` players."""
    played = participants(count)
    for first in range(0, count, LOBBY):
        names = [f"Player {number}" for number in range(first, min(first + LOBBY, count))]
        places = {name: place for place, name in enumerate(names, start=1)}
        result = LobbyResult(ref=GameRef(1, 1), lobby=first // LOBBY + 1, placements=places)
        record_lobby_result(actor=SYSTEM, tournament_id=played, result=result)
    return played


def drawn(count: int) -> int:
    """A game that was drawn ``count`` times."""
    entered = participants(count)
    for _ in range(count):
        publish_draw(actor=SYSTEM, tournament_id=entered, wish=Wish())
    return entered


def submitted(count: int) -> int:
    """One lobby of which somebody said ``count`` times how it ended, and the newest counts."""
    played = participants(LOBBY)
    names = [f"Player {number}" for number in range(LOBBY)]
    for number in range(count):
        turned = [*names[number % LOBBY :], *names[: number % LOBBY]]
        places = {name: place for place, name in enumerate(turned, start=1)}
        said = LobbyResult(ref=GameRef(1, 1), lobby=1, placements=places)
        submit_result(actor=SYSTEM, tournament_id=played, result=said)
    record_lobby_result(actor=SYSTEM, tournament_id=played, result=said)
    return played


def corrected(count: int) -> int:
    """A lobby that was corrected ``count`` times."""
    played = results(LOBBY)
    for number in range(count):
        names = [f"Player {number}" for number in range(LOBBY)]
        turned = [names[1], names[0], *names[2:]] if number % 2 == 0 else names
        places = {name: place for place, name in enumerate(turned, start=1)}
        wanted = [LobbyResult(ref=GameRef(1, 1), lobby=1, placements=places)]
        correct_results(actor=SYSTEM, tournament_id=played, wanted=wanted)
    return played


def snapshots(count: int) -> int:
    published = participants(1)
    for _ in range(count):
        with recording():
            services.publish_standings(
                tournament=services.lock_tournament(published), source="test", actor=SYSTEM
            )
    return published


def accounts(count: int) -> int:
    for number in range(count):
        user = create_account(
            actor=SYSTEM,
            fields={"username": f"player-{number}"},
            roles=["Scorer", "Viewer"],
            password=None,
        )
    return user.pk


def logins(count: int) -> int:
    owner = get_user_model().objects.get(username=ACCOUNT["username"])
    for number in range(count):
        until = timezone.now() + timedelta(days=1)
        session = Session.objects.create(
            sid=f"login {number}", user=owner, kind="staff", expires_at=until
        )
    return session.pk


def keys(count: int) -> int:
    for number in range(count):
        create_value(actor=SYSTEM, key=f"bot.key-{number}", value=number)
    return 0


def changes_of_a_key(count: int) -> int:
    create_value(actor=SYSTEM, key=KEY, value=0)
    for number in range(1, count):
        set_value(actor=SYSTEM, key=KEY, value=number)
    return 0


class Cost(NamedTuple):
    """``make`` puts so many rows in and gives the path's ``pk``; ``queries`` is what a read costs.

    What only the signed-in may read costs one more: is the session alive?
    """

    make: Callable[[int], int]
    queries: int


COSTS = {
    "/api/v1/archive": Cost(archived, 5),
    "/api/v1/audit": Cost(graphics, 3),
    "/api/v1/events": Cost(graphics, 2),
    "/api/v1/graphics": Cost(locked, 5),
    "/api/v1/graphics/{pk}/keys": Cost(overlay_keys, 4),
    "/api/v1/graphics/{pk}/revisions": Cost(revisions, 4),
    "/api/v1/lock/status": Cost(locked, 2),
    "/api/v1/ws/status": Cost(connected, 5),
    "/api/v1/tournaments": Cost(tournaments, 3),
    "/api/v1/tournaments/{pk}/participants": Cost(participants, 4),
    "/api/v1/tournaments/{pk}/draws": Cost(drawn, 5),
    "/api/v1/tournaments/{pk}/submissions": Cost(submitted, 5),
    "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}/results": Cost(submitted, 5),
    "/api/v1/tournaments/{pk}/corrections": Cost(corrected, 5),
    "/api/v1/tournaments/{pk}/standings": Cost(results, 4),
    "/api/v1/tournaments/{pk}/standings?after=1.1": Cost(results, 7),
    "/api/v1/tournaments/{pk}/statistics": Cost(results, 5),
    "/api/v1/tournaments/{pk}/results.csv": Cost(results, 3),
    "/api/v1/players/ranked": Cost(results, 2),
    "/api/v1/scoreboard/latest": Cost(results, 3),
    "/api/v1/scoreboard/snapshots": Cost(snapshots, 1),
    "/api/v1/users": Cost(accounts, 4),
    "/auth/sessions": Cost(logins, 3),
    "/api/v1/configuration": Cost(keys, 2),
    "/api/v1/configuration/category/{category}": Cost(keys, 2),
    "/api/v1/configuration/export": Cost(keys, 2),
    "/api/v1/configuration/{key}/history": Cost(changes_of_a_key, 5),
}
# They read one row, or none.
NO_LISTS = {
    "/",
    "/auth/verify",
    "/health",
    "/health/ready",
    "/openapi.json",
    "/asyncapi.json",
    "/docs",
    "/redoc",
    "/api/v1/graphics/{pk}",
    "/api/v1/graphics/{pk}/revisions/{version}",
    "/api/v1/graphics/{pk}/view",
    "/api/v1/graphics/k/{overlay_key}/view",
    "/api/v1/lock/{pk}/status",
    "/api/v1/tournaments/{pk}",
    "/api/v1/tournaments/{pk}/participants/{participant}",
    "/api/v1/tournaments/{pk}/transition",
    "/api/v1/tournaments/{pk}/format",
    "/api/v1/tournaments/formats",
    "/api/v1/scoreboard/{pk}",  # as latest
    "/api/v1/users/{pk}",
    "/api/v1/users/me",
    "/api/v1/users/discord/{discord_id}",
    "/api/v1/users/statistics/overview",
    "/api/v1/configuration/{key}",
}


def test_every_list_is_counted_here():
    reading = {route.template for route in routes() if "GET" in route.actions}

    assert {path.partition("?")[0] for path in COSTS} == reading - NO_LISTS


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("path", "cost"), COSTS.items(), ids=COSTS.keys())
def test_a_list_costs_the_same_however_long(path, cost, rows):
    get_user_model().objects.create_superuser(**ACCOUNT)
    client = Client()
    token = client.post("/auth/login", ACCOUNT, "application/json").json()["access_token"]
    address = path.format(pk=cost.make(rows), category="custom", key=KEY, ref="1.1", lobby=1)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert len(queries) == cost.queries, [query["sql"] for query in queries]
