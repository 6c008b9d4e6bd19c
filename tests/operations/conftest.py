import pytest

from gal_dashboard.operations.gate import Gate, GateLimits
from tests.operations.asgi import Recorder


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
