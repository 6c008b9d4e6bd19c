"""Who is measured over REST: this project, the service it replaces and DRF as its tutorial has it.

Each has a database of its own with the same content, filled over its own REST API.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bench.documents import graphic
from bench.figures import OURS
from bench.http import Client
from bench.place import Place
from bench.servers import ROOT, Server, running
from tests.support.databases import base_environment

GRAPHICS = 100
PLAYERS = 128
LOBBY = 8
PASSWORD = base_environment()["DASHBOARD_MASTER_PASSWORD"]
FASTAPI = "FastAPI + SQLAlchemy"
MODELVIEWSET = "Django ModelViewSet"

Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    command: Callable[[int], Sequence[str]]
    environment: Callable[[Place], Environment]
    """With a database that has all tables, or gets them when the server starts."""

    credentials: dict[str, str]
    publish: Callable[[Client, list[Any]], int]
    """Publish standings; the tournament's id. The first subject is given none and makes them."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A subject that runs, with its content."""

    name: str
    server: Server
    token: str
    graphic_ids: tuple[int, ...]
    tournament_id: int = 0
    players: list[Any] = field(default_factory=list)


@contextmanager
def filled_subjects(
    place: Place, say: Callable[[str], None], *, with_standings: bool
) -> Iterator[list[Filled]]:
    """All subjects, running and filled alike."""
    with ExitStack() as stack:
        filled: list[Filled] = []
        for number, subject in enumerate(available()):
            say(f"starts and fills {subject.name}")
            log = place.folder / f"subject-{number}.log"
            server = stack.enter_context(
                running(Server(subject.command, subject.environment(place), log))
            )
            players = filled[0].players if filled else []
            one = fill(subject, server)
            filled.append(publish(subject, one, players) if with_standings else one)
        yield filled


def missing() -> list[str]:
    """Subjects that cannot be measured here, as their packages are not installed."""
    is_there = all(importlib.util.find_spec(name) for name in ("fastapi", "sqlalchemy"))
    return [] if is_there else [FASTAPI]


def available() -> list[Subject]:
    return [subject for subject in SUBJECTS if subject.name not in missing()]


def fill(subject: Subject, server: Server) -> Filled:
    """Sign in and put the graphics in."""
    client = Client(server.port)
    answer = client.ask("POST", "/auth/login", subject.credentials)
    client.token = answer.get("access_token") or answer["access"]
    ids = [
        client.ask("POST", "/api/v1/graphics", graphic(number), status=201)["id"]
        for number in range(GRAPHICS)
    ]
    client.close()
    return Filled(subject.name, server, client.token, tuple(ids))


def publish(subject: Subject, filled: Filled, players: list[Any]) -> Filled:
    """Put these standings in, or make them if there are none yet."""
    client = Client(filled.server.port, filled.token)
    tournament_id = subject.publish(client, players)
    ranked = client.ask("GET", f"/api/v1/players/ranked?tournament_id={tournament_id}&limit=0")
    client.close()
    return replace(filled, tournament_id=tournament_id, players=players or ranked["players"])


# --- This project ---------------------------------------------------------------------------------


def serve(port: int) -> list[str]:
    return ["manage.py", "serve", "--port", str(port)]


def _our_environment(place: Place) -> Environment:
    return place.environment(place.migrated())


def _play(client: Client, players: list[Any]) -> int:
    """A game of sixteen lobbies."""
    fields = {"name": "Cup", "max_participants": PLAYERS}
    tournament_id = client.ask("POST", "/api/v1/tournaments", fields, status=201)["id"]
    root = f"/api/v1/tournaments/{tournament_id}"
    names = [f"Player {number:03}" for number in range(PLAYERS)]
    for name in names:
        client.ask("POST", f"{root}/participants", {"name": name}, status=201)
    for lobby in range(PLAYERS // LOBBY):
        seated = names[lobby * LOBBY : (lobby + 1) * LOBBY]
        body = {"placements": {name: place for place, name in enumerate(seated, start=1)}}
        client.ask("PUT", f"{root}/games/1.1/lobbies/{lobby + 1}/placements", body)
    return int(tournament_id)


# --- The baselines --------------------------------------------------------------------------------


def _fastapi(port: int) -> list[str]:
    return ["-m", "uvicorn", "bench.baselines.fastapi_service.app:app", "--port", str(port)]


def _fastapi_environment(place: Place) -> Environment:
    return _plain_environment(place) | {"MASTER_PASSWORD": PASSWORD}


def _modelviewset(port: int) -> list[str]:
    return ["-m", "uvicorn", "bench.baselines.modelviewset.asgi:application", "--port", str(port)]


def _modelviewset_environment(place: Place) -> Environment:
    environment = _plain_environment(place) | {
        "DJANGO_SETTINGS_MODULE": "bench.baselines.modelviewset.settings",
        "DJANGO_SUPERUSER_USERNAME": "dashboard_user",
        "DJANGO_SUPERUSER_EMAIL": "crew@example.org",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    for command in (["migrate", "--run-syncdb"], ["createsuperuser", "--noinput"]):
        subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-m", "django", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return environment


def _plain_environment(place: Place) -> Environment:
    kept = {name: value for name, value in base_environment().items() if name in {"PATH", "HOME"}}
    return kept | {"DATABASE_URL": place.empty()}


def _publish(client: Client, players: list[Any]) -> int:
    client.ask("POST", "/api/v1/standings/1", players, status=201)
    return 1


SUBJECTS = (
    Subject(OURS, serve, _our_environment, {"master_password": PASSWORD}, _play),
    Subject(FASTAPI, _fastapi, _fastapi_environment, {"master_password": PASSWORD}, _publish),
    Subject(
        MODELVIEWSET,
        _modelviewset,
        _modelviewset_environment,
        {"username": "dashboard_user", "password": PASSWORD},
        _publish,
    ),
)
