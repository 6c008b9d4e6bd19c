"""Fixtures of all tests: real servers on real databases, and clients for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.api import Api
from tests.support.canaries import canaries
from tests.support.databases import Databases
from tests.support.emptying import let_trail_be_emptied
from tests.support.requirements import REQUIREMENTS, absent, demanded
from tests.support.server import RunningServer

# A busy machine is slow to make examples; that says nothing about the code.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_report_header() -> list[str]:
    return [f"absent: {requirement.title}; its tests are skipped" for requirement in absent()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unknown = demanded() - {requirement.name for requirement in REQUIREMENTS}
    if unknown:
        pytest.exit(f"GAL_REQUIRE names what nobody knows: {', '.join(unknown)}", returncode=4)
    for requirement in absent():
        if requirement.name in demanded():
            pytest.exit(f"GAL_REQUIRE demands {requirement.title}, which is absent", returncode=1)
        skip = pytest.mark.skip(reason=f"needs {requirement.title}")
        for item in items:
            if requirement.marker in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of tests inside this process; between them it is emptied."""
    with django_db_blocker.unblock():
        let_trail_be_emptied()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Databases]]:
    """Makers of databases by engine."""
    makers = {
        engine: Databases(engine, tmp_path_factory.mktemp(engine))
        for engine in ("sqlite", "postgresql")
    }
    yield makers
    found = canaries.search()
    for maker in makers.values():
        maker.drop_all()
    assert found == [], "secrets of this run stand where they must not"


@pytest.fixture(scope="session", params=ENGINES)
def server(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningServer]:
    """A server shared by all tests of its engine: tests make what they look at."""
    running = RunningServer(
        database_url=databases[request.param].new(),
        log=tmp_path_factory.mktemp("logs") / f"{request.param}.log",
    ).start()
    yield running
    running.close()


NewServer = Callable[..., RunningServer]


@pytest.fixture
def new_server(databases: dict[str, Databases], tmp_path: Path) -> Iterator[NewServer]:
    """Makes servers of a test's own: ``new_server(engine="sqlite", command="serve", ...)``."""
    made: list[RunningServer] = []

    def make(*, engine: str = "sqlite", **options: object) -> RunningServer:
        running = RunningServer(
            database_url=databases[engine].new(),
            log=tmp_path / f"server-{len(made)}.log",
            **options,
        )
        made.append(running)
        return running.start()

    yield make
    for running in made:
        running.close()


@pytest.fixture
def stranger(server: RunningServer) -> Iterator[Api]:
    """A client without a token."""
    with Api(server) as client:
        yield client


@pytest.fixture(scope="session")
def _administrator(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client.login()


@pytest.fixture
def api(_administrator: Api) -> Api:
    """A client that knows the master password."""
    return _administrator


@pytest.fixture
def viewer(server: RunningServer) -> Iterator[Api]:
    """A client that may only read."""
    with Api(server) as client:
        yield client.login_as_viewer()
