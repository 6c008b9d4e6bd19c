import secrets
from collections.abc import Iterator

import pytest

from gal_dashboard.operations.gate import Gate, GateLimits
from tests.operations.asgi import Recorder
from tests.support.api import Api

TOKEN_URL = "/api/v1/configuration/operations.monitoring_token"


@pytest.fixture
def app() -> Recorder:
    return Recorder()


@pytest.fixture
def hurried() -> GateLimits:
    return GateLimits(body_deadline=0.3, progress_window=0.1, linger_deadline=0.1)


@pytest.fixture
def gate(app: Recorder, hurried: GateLimits) -> Gate:
    return Gate(
        app,
        limits=hurried,
        may_send_large=lambda headers, path: (
            b"authorization" in headers or (path.startswith("/admin/") and b"cookie" in headers)
        ),
    )


@pytest.fixture
def monitoring_token(api: Api) -> Iterator[str]:
    """A token that the monitoring knows; made up anew, as the run looks for it everywhere."""
    token = secrets.token_urlsafe(24)
    api.put(TOKEN_URL, json={"value": token}).raise_for_status()
    yield token
    api.delete(TOKEN_URL)
