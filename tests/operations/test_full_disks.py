"""The disk of the database is full: reads go on, writes are refused whole, until there is space."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.databases import base_environment, run_manage
from tests.support.postgres_server import postgres_server, programs
from tests.support.rows import rows, value
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

SMALL_SAVES = 60
LARGE = 100_000  # in letters that cannot be pressed together

pytestmark = pytest.mark.timeout(240)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    # not in pytest's own folder, into which no other user may look
    with tempfile.TemporaryDirectory(prefix="gal-disk-") as folder:
        Path(folder).chmod(0o755)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only the administrator of a machine may mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    yield
    filler.unlink()


@pytest.fixture
def sqlite_disk() -> Iterator[tuple[Path, str]]:
    with small_disk(8) as disk:
        yield disk, f"sqlite:///{disk}/db.sqlite3"


@pytest.fixture
def postgresql_disk() -> Iterator[tuple[Path, str]]:
    """Its tables have the disk for themselves. Where its own log is full, PostgreSQL ends."""
    if programs() is None:
        pytest.skip("needs initdb of PostgreSQL")
    with (
        small_disk(96) as disk,
        tempfile.TemporaryDirectory(prefix="gal-wal-") as log,
    ):
        Path(log).chmod(0o755)
        with postgres_server(data=disk / "data", log=Path(log) / "log") as url:
            yield disk, url


@pytest.mark.parametrize(
    "place", ["sqlite_disk", pytest.param("postgresql_disk", marks=pytest.mark.postgresql)]
)
async def test_a_full_disk_refuses_saves_and_nothing_else(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
):
    disk, url = request.getfixturevalue(place)
    run_manage(base_environment() | {"DATABASE_URL": url}, "migrate", "--verbosity=0")
    server = RunningServer(database_url=url, log=tmp_path / "server.log").start()
    try:
        with Api(server) as api:
            graphic = api.login().new_graphic(title="Before")["id"]
            address = f"/api/v1/graphics/{graphic}"
            notes = secrets.token_urlsafe(LARGE)
            large = {"title": "Lost", "data_json": {"elements": [], "notes": notes}}
            async with StreamClient.overlay(server.http_url, graphic) as overlay:
                await overlay.until_connected()
                with filled(disk):
                    for _ in range(3):
                        answer = api.put(address, json=large)
                        assert refusal(answer, 503, "database_unavailable")["retry_after"] == 1
                        assert answer.headers["Retry-After"] == "1"
                    assert api.get(address).json()["title"] == "Before"
                    # what still finds a place is saved, until there is none
                    small = [
                        api.put(address, json={"title": f"Small {number}"})
                        for number in range(SMALL_SAVES)
                    ]
                    refused = [answer for answer in small if answer.status_code != 200]
                    assert refused
                    for answer in refused:
                        refusal(answer, 503, "database_unavailable")
                    version = 1 + SMALL_SAVES - len(refused)
                    assert api.get(address).json()["version"] == version
                    assert api.get(f"{address}/view").json()["version"] == version
                    assert api.get("/api/v1/graphics").json()["total"] == 1
                    assert api.get("/health").status_code == 200
                    assert api.get(f"/overlay/{graphic}").status_code == 200
                    with Api(server) as stranger:
                        async with StreamClient.overlay(server.http_url, graphic) as newcomer:
                            await newcomer.until_connected()
                        assert stranger.get(f"{address}/view").status_code == 200
                assert api.put(address, json={"title": "After"}).status_code == 200
                assert api.put(address, json=large | {"title": "Large"}).status_code == 200
                await overlay.until(lambda client: client.fold.graphic["title"] == "Large")
    finally:
        server.close()

    saved = list(range(1, version + 3))
    assert [event["data"]["version"] for event in overlay.events] == saved[1:]
    assert overlay.endings == []
    kept = rows(server, "SELECT version FROM graphics_graphicrevision ORDER BY version")
    assert kept == [(number,) for number in saved]
    deeds = "SELECT count(*) FROM audit_auditentry WHERE action = 'graphic.updated'"
    assert value(server, deeds) == len(saved) - 1
