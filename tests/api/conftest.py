"""Fixtures of the API's tests."""

from collections.abc import Iterator

import pytest

from tests.api.world import World, make_world, put_back_names
from tests.support.api import Api
from tests.support.server import RunningServer


@pytest.fixture(scope="session")
def _viewer(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client.login_as_viewer()


@pytest.fixture
def viewer(_viewer: Api) -> Api:
    """A client that may only read; shared, as each login costs a hash."""
    return _viewer


@pytest.fixture(scope="session")
def _world(_administrator: Api) -> World:
    return make_world(_administrator)


@pytest.fixture(scope="session")
def _playground(_administrator: Api) -> World:
    return make_world(_administrator)


@pytest.fixture
def world(api: Api, _world: World) -> World:
    """One of everything, for tests that leave it as it is."""
    put_back_names(api)
    return _world


@pytest.fixture
def playground(api: Api, _playground: World) -> World:
    """One of everything, for tests that change it and do not mind what others have changed."""
    put_back_names(api)
    return _playground
