"""People who edit: each with a login of their own, shared by all tests of an engine."""

from collections.abc import Callable, Iterator

import pytest

from tests.graphics.editors import Editor
from tests.support.api import Api
from tests.support.server import RunningServer
from tests.users.staff import PASSWORD, make_account

SignIn = Callable[..., Api]


@pytest.fixture(scope="session")
def sign_in(server: RunningServer) -> Iterator[SignIn]:
    """Logs a person in: ``sign_in("nora", "Producer")``; the same person again is another login."""
    clients: list[Api] = []

    def make(name: str, *roles: str) -> Api:
        make_account(server, name, *roles)
        client = Api(server)
        clients.append(client)
        return client.login_as(name, PASSWORD)

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def producers(sign_in: SignIn) -> dict[str, Api]:
    """Two logins of Nora's and one of Paul's."""
    return {
        "nora": sign_in("nora", "Producer"),
        "nora again": sign_in("nora", "Producer"),
        "paul": sign_in("paul", "Producer"),
    }


@pytest.fixture
def nora(producers: dict[str, Api]) -> Editor:
    """A Producer, at a window without a name."""
    return Editor(producers["nora"])


@pytest.fixture
def nora_elsewhere(producers: dict[str, Api]) -> Editor:
    """The same person, signed in a second time."""
    return Editor(producers["nora again"])


@pytest.fixture
def paul(producers: dict[str, Api]) -> Editor:
    """Another Producer."""
    return Editor(producers["paul"])


@pytest.fixture(scope="session")
def _scorer(sign_in: SignIn) -> Api:
    return sign_in("sam", "Scorer")


@pytest.fixture(scope="session")
def _viewer(server: RunningServer) -> Iterator[Api]:
    with Api(server) as client:
        yield client.login_as_viewer()


@pytest.fixture
def viewer(_viewer: Api) -> Api:
    """A client that may only read; shared, as each login costs a hash."""
    return _viewer


@pytest.fixture
def readers(_viewer: Api, _scorer: Api) -> list[Api]:
    """A Viewer and a Scorer: neither may change a graphic."""
    return [_viewer, _scorer]
