from pathlib import Path

import pytest
from django.core.cache import cache

from gal_dashboard.core.context import SYSTEM
from graphics.models import Graphic
from graphics.services import create_graphic
from tests.admin.staff import Staff, new_account
from tournaments import registration, services
from tournaments.import_service import import_event
from tournaments.importing import read_event_file
from tournaments.models import Tournament
from tournaments.standings import GameRef
from users.choices import Role

CROWN = Path("tournaments/demo/inkborn-fables-tacticians-crown.json")


@pytest.fixture(autouse=True)
def _no_failed_logins():
    cache.clear()


@pytest.fixture
def ann(db) -> Staff:
    """An Administrator."""
    return Staff(new_account("ann", Role.ADMINISTRATOR))


@pytest.fixture
def bob(db) -> Staff:
    """A second Administrator."""
    return Staff(new_account("bob", Role.ADMINISTRATOR))


@pytest.fixture
def pia(db) -> Staff:
    """A Producer."""
    return Staff(new_account("pia", Role.PRODUCER))


@pytest.fixture
def sam(db) -> Staff:
    """A Scorer."""
    return Staff(new_account("sam", Role.SCORER))


@pytest.fixture
def vic(db) -> Staff:
    """A Viewer."""
    return Staff(new_account("vic", Role.VIEWER))


@pytest.fixture
def board(db) -> Graphic:
    return create_graphic(actor=SYSTEM, title="Board", event_name="Cup", document='{"elements":[]}')


@pytest.fixture
def crown(db) -> Tournament:
    """A real event after its second day: the final of eight is drawn, nothing of it is played."""
    plan = read_event_file(Path(__file__).resolve().parents[2] / CROWN)
    return import_event(actor=SYSTEM, plan=plan, until=GameRef(2, 6))


@pytest.fixture
def small_cup(db) -> Tournament:
    """Sixteen players before their first game; nobody has drawn lobbies."""
    cup = services.create_tournament(
        actor=SYSTEM, fields={"name": "Small Cup", "max_participants": 16}
    )
    names = [f"Player {number}" for number in range(1, 17)]
    registration.register_participants(actor=SYSTEM, tournament_id=cup.pk, names=names)
    return cup
