from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from gal_dashboard.core.context import SYSTEM
from graphics.transfer.exporting import export_show
from tests.admin.staff import Staff, new_account
from tests.transfer.files import Members, members_in
from tests.transfer.shows import make_rich_show
from tournaments.models import Tournament
from users.choices import Role


@pytest.fixture(autouse=True)
def _roles(request: pytest.FixtureRequest) -> None:
    """Tests with real commits begin without what migrations wrote."""
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        for role in Role.values:
            Group.objects.get_or_create(name=role)


@pytest.fixture
def ann(transactional_db) -> Staff:
    """An Administrator."""
    return Staff(new_account("ann", Role.ADMINISTRATOR))


@pytest.fixture
def cup(transactional_db) -> Tournament:
    return make_rich_show()


@pytest.fixture
def members(cup: Tournament, tmp_path: Path) -> Members:
    """Those of the show of the cup."""
    return members_in(taken_along(cup, tmp_path / "cup.galshow"))


def taken_along(tournament: Tournament, file: Path) -> Path:
    with file.open("w+b") as opened:
        export_show(actor=SYSTEM, tournament_id=tournament.pk, file=opened)
    return file
