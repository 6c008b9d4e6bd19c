"""Fixtures of the API's tests."""

from collections.abc import Iterator

import pytest

from tests.api.world import World, make_world
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
def world(_administrator: Api) -> World:
    """One of everything, for tests that leave it as it is."""
    return make_world(_administrator)


@pytest.fixture(scope="session")
def playground(_administrator: Api) -> World:
    """One of everything, for tests that change it and do not mind what others have changed."""
    return make_world(_administrator)
