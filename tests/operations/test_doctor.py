"""``manage.py doctor`` on installations that are well, and on some that are not."""

import json
import os
import secrets
import shutil
import socketserver
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import redis

from tests.conftest import NewServer
from tests.support.databases import ROOT, Databases, base_environment
from tests.support.redis_server import redis_server
from tests.support.server import RunningServer, free_port

# Root may write everything, unless it gives that up.
AS_ANYBODY = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
SECRETS = ("SECRET_KEY", "DASHBOARD_MASTER_PASSWORD", "DASHBOARD_VIEWER_PASSWORD")

Diagnosis = tuple[int, list[dict[str, str]]]


def run(
    environment: Mapping[str, str], *arguments: str, within: Sequence[str] = ()
) -> tuple[int, str]:
    """The exit code and all that was said, in which there is no secret."""
    done = subprocess.run(
        [*within, sys.executable, "manage.py", "doctor", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert not any(environment[name] in done.stdout for name in SECRETS)
    return done.returncode, done.stdout


def examine(environment: Mapping[str, str], *arguments: str) -> Diagnosis:
    code, text = run(environment, "--json", *arguments)
    body = json.loads(text)
    assert body["is_healthy"] == (code == 0)
    return code, body["findings"]


def told(findings: list[dict[str, str]], level: str) -> str:
    return "\n".join(
        f"{one['part']}: {one['message']} -> {one['advice']}"
        for one in findings
        if one["level"] == level
    )


@pytest.fixture
def installation(databases: dict[str, Databases]) -> dict[str, str]:
    """One on SQLite that is well, but for the server, which does not run."""
    port = str(free_port())
    return base_environment() | {"DATABASE_URL": databases["sqlite"].new(), "PORT": port}


def file_of(installation: Mapping[str, str]) -> Path:
    return Path(installation["DATABASE_URL"].removeprefix("sqlite:///"))


@pytest.fixture
def somebody_elses_port() -> Iterator[int]:
    """Where another program answers."""

    class Greeter(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_running_installation_is_well(server: RunningServer):
    code, findings = examine(server.environment)

    assert told(findings, "problem") == ""
    assert code == 0
    well = told(findings, "ok")
    assert f"The server on port {server.port} of 127.0.0.1 is ready." in well
    assert "All migrations have been made." in well


def test_it_says_in_words_that_the_server_does_not_run(installation: dict[str, str]):
    code, text = run(installation)

    assert code == 0
    lines = text.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("warning  server")]
    assert "the server is not running" in lines[at]
    assert "manage.py serve" in lines[at + 1]
    assert lines[-1].startswith("Nothing must be done.")


def test_everything_that_is_wrong_is_told_at_once(
    installation: dict[str, str], tmp_path: Path, somebody_elses_port: int
):
    sqlite3.connect(tmp_path / "empty.sqlite3").execute("CREATE TABLE something (id)")
    password = "a-password-of-redis"
    broken = installation | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "REDIS_URL": f"redis://:{password}@127.0.0.1:{free_port()}/0",
        "GAL_GRAPHICS_LOCK_TTL_SECOND": "300",
        "TRUSTED_PROXY": "1",
        "DASHBOARD_MASTER_PASSWORD": "short-one",
        "PORT": str(somebody_elses_port),
    }
    del broken["TRUSTED_PROXIES"]

    code, findings = examine(broken, "--name", "overlay.example.org", "--name", "localhost")

    assert code == 1
    problems, warnings = told(findings, "problem"), told(findings, "warning")
    for words in (
        "migrations have not been made. -> Stop the server, make a backup, then: manage.py migrate",
        "redis: Redis does not answer (ConnectionError).",
        "GAL_GRAPHICS_LOCK_TTL_SECOND is set, and no option has that name. "
        "-> Did you mean GAL_GRAPHICS_LOCK_TTL_SECONDS?",
        "Requests for overlay.example.org are answered 400",
        f"What listens on port {somebody_elses_port} of 127.0.0.1 does not answer as this server",
    ):
        assert words in problems
    assert "localhost" not in problems
    assert "If you meant TRUSTED_PROXIES, rename it." in warnings
    assert "DASHBOARD_MASTER_PASSWORD needs 15 or more characters" in warnings
    assert password not in json.dumps(findings)


def test_a_database_that_is_not_there_is_not_made(installation: dict[str, str], tmp_path: Path):
    missing = tmp_path / "missing.sqlite3"

    code, text = run(installation | {"DATABASE_URL": f"sqlite:///{missing}"})

    assert code == 1
    assert f"There is no database at {missing}." in text
    assert not missing.exists()


def test_a_database_that_may_not_be_written_is_told(installation: dict[str, str], tmp_path: Path):
    theirs = tmp_path / "theirs.sqlite3"
    shutil.copy(file_of(installation), theirs)
    theirs.chmod(0o444)

    code, text = run(installation | {"DATABASE_URL": f"sqlite:///{theirs}"}, within=AS_ANYBODY)

    assert code == 1
    assert f"Whoever runs this may not write {theirs}." in text
    assert "-> Give it to the user that runs the server (chown)." in text


@pytest.mark.postgresql
def test_a_postgresql_that_does_not_know_the_database_is_told(installation: dict[str, str]):
    url = "postgres://root:the-password-of-root@127.0.0.1:5432/there_is_no_such_database"

    code, text = run(installation | {"DATABASE_URL": url})

    assert code == 1
    assert "The database does not answer:" in text
    assert "DATABASE_URL" in text
    assert "the-password-of-root" not in text


def test_stored_values_and_what_nobody_prunes_are_told(installation: dict[str, str]):
    with sqlite3.connect(file_of(installation)) as database:
        database.executescript(
            """
            INSERT INTO configuration_configurationentry
                (key, environment, value, description, category, updated_by,
                 created_at, updated_at)
                VALUES ('graphics.lock_ttl_seconds', '', '"soon"', '', '', '',
                        datetime(), datetime());
            INSERT INTO events_stream (name, head) VALUES ('overlay.1', 500);
            INSERT INTO events_event (id, type, name, payload, request_id, created_at)
                VALUES (1000, 'graphic_update', 'graphic.saved', '{}', '', '2020-01-01');
            INSERT INTO events_streamentry (stream_id, seq, event_id) VALUES ('overlay.1', 1, 1000);
            INSERT INTO users_session (sid, user_id, kind, address, agent, created_at, last_seen_at,
                                       expires_at, ended_reason)
                VALUES ('a', 1, 'master', '', '', '2020-01-01', '2020-01-01', '2020-01-31', '');
            """
        )

    code, findings = examine(installation | {"GAL_EVENTS_KEPT_NEWEST": "100"})

    assert code == 1
    assert "The stored value of graphics.lock_ttl_seconds" in told(findings, "problem")
    assert "1 sessions have been over for so long" in told(findings, "warning")
    assert "nobody has pruned it for a day. -> manage.py prune_events" in told(findings, "warning")


@pytest.mark.redis_server
def test_a_redis_that_forgets_and_one_that_is_away_are_told(new_server: NewServer, tmp_path: Path):
    with redis_server(tmp_path) as running:
        with redis.Redis.from_url(running.url) as client:
            client.config_set("maxmemory", "100mb")
            client.config_set("maxmemory-policy", "allkeys-lru")
        token = {"GAL_OPERATIONS_MONITORING_TOKEN": secrets.token_urlsafe(24)}
        server = new_server(environment=token | {"REDIS_URL": running.url})

        code, findings = examine(server.environment)
        running.kill()
        code_after, findings_after = examine(server.environment)

    assert code == 0
    assert "(allkeys-lru): failed logins are forgotten" in told(findings, "warning")
    assert code_after == 1
    problems = told(findings_after, "problem")
    assert "Redis does not answer (ConnectionError)." in problems
    assert f"The server on port {server.port} of 127.0.0.1 says that it is not ready: " in problems
    assert "cache" in problems
