"""The whole description against the server: what it says is what happens, whatever is sent."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.support.api import Api
from tests.support.server import MASTER_PASSWORD, VIEWER_PASSWORD, RunningServer

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SEED = "20261122"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def assert_conforms(server: RunningServer, folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"]
    done = subprocess.run(
        [*command, f"{server.http_url}/openapi.json", "--seed", SEED, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]


def signed_in(server: RunningServer, password: str) -> list[str]:
    with Api(server) as client:
        return ["--header", f"Authorization: {client.login(password).headers['Authorization']}"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_server_does_what_its_description_says(engine, new_server, tmp_path):
    """As the one who may do everything, on a server of its own: it deletes what it finds."""
    server = new_server(engine=engine)
    token = signed_in(server, MASTER_PASSWORD)

    # each login costs a hash, and nobody needs to be signed in for it
    assert_conforms(
        server, tmp_path, "--max-examples", "4", "--exclude-path", "/auth/login", *token
    )


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("password", [None, VIEWER_PASSWORD], ids=["nobody", "viewer"])
def test_who_may_less_is_told_so_as_the_description_says(password, server, tmp_path):
    token = [] if password is None else signed_in(server, password)

    assert_conforms(server, tmp_path, "--phases", "examples,fuzzing", "--max-examples", "2", *token)
