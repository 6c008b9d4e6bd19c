from collections.abc import Iterator

import pytest

from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.installation import Installation, installed


@pytest.fixture(scope="module")
def _installation(
    databases: dict[str, Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    with installed(databases["postgresql"], tmp_path_factory.mktemp("installation")) as running:
        yield running


@pytest.fixture
def installation(_installation: Installation) -> Installation:
    """As it is shipped, on PostgreSQL and Redis. A test may kill what it wants."""
    _installation.make_whole()
    return _installation


@pytest.fixture
def crew(installation: Installation) -> Iterator[Api]:
    with installation.client() as client:
        yield client.login()
