"""The whole description against the server: what it says is what happens, whatever is sent."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.api.world import make_world
from tests.conftest import ENGINES
from tests.support.api import Api
from tests.support.server import RunningServer

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SEED = "20261122"
LOGIN = "auth_login"
ENDS = {"auth_end_session", "auth_logout"}  # the session that everything else is tried with
FEW = ("--phases=examples,fuzzing", "--max-examples=2")
ON_POSTGRESQL = pytest.mark.parametrize(
    "server", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the description; ``statuses`` are those that it was seen to answer with."""

    name: str
    method: str
    path: str
    is_public: bool
    statuses: set[int]

    def is_asked_by(self, method: str, path: str) -> bool:
        pattern = re.sub(r"\{\w+\}", "[^/]+", self.path)
        return self.method == method and re.fullmatch(pattern, path) is not None

    @property
    def has_served(self) -> bool:
        return any(status < httpx.codes.BAD_REQUEST for status in self.statuses)


def operations(server: RunningServer) -> list[Operation]:
    paths = httpx.get(f"{server.http_url}/openapi.json").json()["paths"]
    return [
        Operation(
            name=described["operationId"],
            method=method.upper(),
            path=path,
            is_public={} in described.get("security", [{}]),
            statuses=set(),
        )
        for path, methods in paths.items()
        for method, described in methods.items()
    ]


def conforming(server: RunningServer, folder: Path, *options: str) -> list[Operation]:
    """All operations after a run in which none of them broke a promise."""
    report = folder / f"{len(list(folder.iterdir()))}.har"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"]
    reported = ["--report=har", f"--report-har-path={report}"]
    done = subprocess.run(
        [*command, f"{server.http_url}/openapi.json", "--seed", SEED, *reported, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    answered = defaultdict(set)
    for entry in json.loads(report.read_text())["log"]["entries"]:
        path = httpx.URL(entry["request"]["url"]).raw_path.decode().partition("?")[0]
        if status := entry["response"]["status"]:  # 0: the request could not be sent
            answered[entry["request"]["method"], path].add(status)
    found = operations(server)
    for (method, path), statuses in answered.items():
        for operation in found:
            if operation.is_asked_by(method, path):
                operation.statuses.update(statuses)
    return found


def names(found: Iterable[Operation]) -> set[str]:
    return {operation.name for operation in found}


def token_of(client: Api) -> list[str]:
    return ["--header", f"Authorization: {client.headers['Authorization']}"]


def without(*excluded: str) -> list[str]:
    return [f"--exclude-operation-id={name}" for name in excluded]


def assert_all_asked(found: Iterable[Operation], *, but: set[str]) -> None:
    assert names(one for one in found if not one.statuses) == but


def assert_ends(server: RunningServer, folder: Path, client: Api) -> None:
    """The session outlived what was tried, so that not everything was 401; and it ends here."""
    assert client.get("/auth/sessions").status_code == 200
    last = [f"--include-operation-id={name}" for name in ENDS]

    found = conforming(server, folder, *FEW, *last, *token_of(client))

    assert names(one for one in found if one.statuses) == ENDS
    assert client.get("/auth/sessions").status_code == 401


@pytest.mark.parametrize("engine", ENGINES)
def test_an_administrator_is_answered_as_the_description_says(engine, new_server, tmp_path):
    """On a server of its own, with one of everything: it deletes what it finds."""
    server = new_server(engine=engine)
    with Api(server) as client:
        make_world(client.login())

        # each login costs a hash, and nobody needs to be signed in for it
        found = conforming(
            server, tmp_path, "--max-examples=4", *without(LOGIN, *ENDS), *token_of(client)
        )

        assert_all_asked(found, but={LOGIN, *ENDS})
        lists = [one for one in found if one.method == "GET" and "{" not in one.path]
        assert names(one for one in lists if not one.has_served) == set()
        assert_ends(server, tmp_path, client)


@ON_POSTGRESQL
def test_a_viewer_is_answered_as_the_description_says(server, tmp_path):
    with Api(server) as client:
        client.login_as_viewer()

        found = conforming(server, tmp_path, *FEW, *without(*ENDS), *token_of(client))

        assert_all_asked(found, but=ENDS)
        written = [one for one in found if one.method != "GET" and one.has_served]
        assert names(written) <= {"auth_refresh", "auth_ws_ticket"}
        assert_ends(server, tmp_path, client)


@ON_POSTGRESQL
def test_nobody_is_answered_as_the_description_says(server, tmp_path):
    found = conforming(server, tmp_path, *FEW)

    assert_all_asked(found, but=set())
    served = [one for one in found if one.has_served]
    assert names(one for one in served if not one.is_public) == set()
    refused = [one for one in found if not one.is_public]
    assert names(one for one in refused if not one.statuses & {401, 404}) == set()
