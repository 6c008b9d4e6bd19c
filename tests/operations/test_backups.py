"""Backups are whole whenever they are taken, and what was ended does not come back with them."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.conftest import ENGINES, NewServer
from tests.support.api import Api
from tests.support.databases import ROOT, Databases, base_environment, run_manage
from tests.support.rows import audited, rows, value
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

SECONDS = 60
SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".dump"}
WRITERS = 3
SAVES_BEFORE = 5

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def house(new_server: NewServer, engine: str) -> RunningServer:
    return new_server(engine=engine)


@pytest.fixture
def backup(house: RunningServer, engine: str, tmp_path: Path) -> Path:
    """A backup of the house with one graphic in it."""
    with Api(house) as api:
        api.login().new_graphic(title="Before")
    path = tmp_path / f"before{SUFFIXES[engine]}"
    house.manage("backup", "--to", str(path))
    return path


def said_by(house: RunningServer, *arguments: str) -> str:
    """What a command says that fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


class Saves:
    """Writers that save one graphic until the block ends."""

    def __init__(self, house: RunningServer, api: Api) -> None:
        self.graphic_id = api.new_graphic()["id"]
        self.faults: list[str] = []
        self._count = threading.Semaphore(0)
        self._is_over = threading.Event()
        self._house, self._token = house, api.headers["Authorization"]
        self._threads = [threading.Thread(target=self._save) for _ in range(WRITERS)]

    def __enter__(self) -> "Saves":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(SECONDS)

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self._count.acquire(timeout=SECONDS)

    def _save(self) -> None:
        with Api(self._house) as api:
            api.headers["Authorization"] = self._token
            number = 0
            while not self._is_over.is_set():
                number += 1
                body = {"data_json": {"elements": [], "n": f"{threading.get_ident()} {number}"}}
                answer = api.put(f"/api/v1/graphics/{self.graphic_id}", json=body)
                if answer.status_code != 200:
                    self.faults.append(answer.text)
                self._count.release()


def test_a_backup_in_the_middle_of_writes_is_one_moment(
    house: RunningServer, engine: str, databases: dict[str, Databases], tmp_path: Path
):
    path = tmp_path / f"storm{SUFFIXES[engine]}"
    with Api(house) as api, Saves(house, api.login()) as saves:
        saves.wait_for(SAVES_BEFORE)
        house.manage("backup", "--to", str(path))
        saves.wait_for(SAVES_BEFORE)
    other = RunningServer(database_url=databases[engine].new(), log=tmp_path / "other.log")
    other.manage("restore", str(path), "--yes")

    assert saves.faults == []
    version = value(other, "SELECT version FROM graphics_graphic WHERE id = %s", saves.graphic_id)
    assert version > SAVES_BEFORE
    assert version < value(
        house, "SELECT version FROM graphics_graphic WHERE id = %s", saves.graphic_id
    )
    revisions = rows(
        other,
        "SELECT version FROM graphics_graphicrevision WHERE graphic_id = %s ORDER BY version",
        saves.graphic_id,
    )
    assert [number for (number,) in revisions] == list(range(1, version + 1))
    head = value(
        other, "SELECT head FROM events_stream WHERE name = %s", f"overlay.{saves.graphic_id}"
    )
    entries = value(
        other,
        "SELECT count(*) FROM events_streamentry WHERE stream_id = %s",
        f"overlay.{saves.graphic_id}",
    )
    assert head == entries == version


async def test_a_running_server_goes_on_with_what_is_put_back(
    house: RunningServer, engine: str, tmp_path: Path
):
    path = tmp_path / f"moment{SUFFIXES[engine]}"
    with Api(house) as api:
        graphic = api.login().new_graphic(title="Before")
        async with StreamClient.overlay(house.http_url, graphic["id"]) as overlay:
            await overlay.until_connected()
            house.manage("backup", "--to", str(path))
            address = f"/api/v1/graphics/{graphic['id']}"
            assert api.put(address, json={"title": "Lost"}).status_code == 200
            lost = api.new_graphic(title="Lost, too")
            await overlay.until(lambda client: client.fold.graphic["title"] == "Lost")
            house.manage("restore", str(path), "--yes")
            await overlay.until(lambda client: client.fold.graphic["title"] == "Before")
            first, *_, last = overlay.established

            assert api.get(address).status_code == 401  # of a login that had not been ended
            api.login()
            assert api.get(address).json()["version"] == graphic["version"]
            assert api.get(f"/api/v1/graphics/{lost['id']}").status_code == 404
            assert api.put(address, json={"title": "After"}).status_code == 200
            await overlay.until(lambda client: client.fold.graphic["title"] == "After")
    assert first["epoch"] != last["epoch"]
    assert not last["recovered"]
    assert [name for name, *_ in audited(house, "database.restored")] == ["system"]


def test_what_is_no_whole_backup_is_refused_and_nothing_changes(
    house: RunningServer, engine: str, backup: Path, tmp_path: Path
):
    cut = tmp_path / f"cut{SUFFIXES[engine]}"
    cut.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    text = tmp_path / f"text{SUFFIXES[engine]}"
    text.write_text("no backup")
    changed = tmp_path / backup.name.replace("before", "changed")
    changed.write_bytes(backup.read_bytes()[:-1] + b"?")
    digest = backup.with_name(f"{backup.name}.sha256").read_text()
    changed.with_name(f"{changed.name}.sha256").write_text(digest)
    before = rows(house, "SELECT value FROM events_epoch")

    for path in (cut, text, changed, tmp_path / "absent", tmp_path):
        said = said_by(house, "restore", str(path), "--yes")
        assert said.rstrip().endswith("Nothing was changed."), said
    assert "damaged" in said_by(house, "restore", str(changed), "--yes")
    assert rows(house, "SELECT value FROM events_epoch") == before
    assert value(house, "SELECT title FROM graphics_graphic") == "Before"


def test_a_backup_of_a_newer_version_is_refused(house: RunningServer, engine: str, tmp_path: Path):
    rows(
        house,
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('graphics', '9999_of_tomorrow', CURRENT_TIMESTAMP)",
    )
    path = tmp_path / f"tomorrow{SUFFIXES[engine]}"
    house.manage("backup", "--to", str(path))

    assert "graphics 9999_of_tomorrow" in said_by(house, "restore", str(path), "--yes")


def test_a_backup_of_an_older_version_is_migrated(
    engine: str, databases: dict[str, Databases], tmp_path: Path
):
    old, new = (base_environment() | {"DATABASE_URL": databases[engine].new()} for _ in range(2))
    run_manage(old, "migrate", "users", "0003", "--verbosity=0")  # a table less
    path = tmp_path / f"old{SUFFIXES[engine]}"
    run_manage(old, "backup", "--to", str(path))

    run_manage(new, "restore", str(path), "--yes")

    run_manage(new, "migrate", "--check")


def test_only_yes_goes_on(house: RunningServer, backup: Path):
    epoch = rows(house, "SELECT value FROM events_epoch")
    for typed in ("no\n", "\n"):
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(backup)],
            cwd=ROOT,
            env=house.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 1
        assert "Nothing was changed." in done.stderr
    assert rows(house, "SELECT value FROM events_epoch") == epoch


class TestFiles:
    @pytest.fixture
    def house(self, databases: dict[str, Databases], tmp_path: Path) -> RunningServer:
        """One that need not run."""
        return RunningServer(database_url=databases["sqlite"].new(), log=tmp_path / "none.log")

    def test_one_that_is_there_is_not_replaced(self, house: RunningServer, tmp_path: Path):
        path = tmp_path / "taken.sqlite3"
        path.write_text("mine")

        assert "is there already" in said_by(house, "backup", "--to", str(path))
        assert path.read_text() == "mine"

    def test_only_the_owner_reads_them(self, house: RunningServer, tmp_path: Path):
        path = tmp_path / "mine.sqlite3"
        house.manage("backup", "--to", str(path))

        assert path.stat().st_mode & 0o777 == 0o600

    def test_others_read_them_without_this_program(self, house: RunningServer, tmp_path: Path):
        path = tmp_path / "plain.sqlite3"
        house.manage("backup", "--to", str(path))

        subprocess.run(["sha256sum", "--check", f"{path.name}.sha256"], cwd=tmp_path, check=True)
        assert sorted(tmp_path.glob("plain*")) == [path, path.with_name(f"{path.name}.sha256")]
        connection = sqlite3.connect(path)
        assert connection.execute("SELECT count(*) FROM users_user").fetchone() == (2,)
        connection.close()

    def test_the_newest_are_kept(self, house: RunningServer, tmp_path: Path):
        folder = tmp_path / "kept"
        for number in range(1, 4):
            house.manage("backup", "--to", str(folder / f"gal-{number}.sqlite3"), "--keep", "2")
        (folder / "mine.sqlite3").write_text("not one of these")
        house.manage("backup", "--to", str(folder / "gal-4.sqlite3"), "--keep", "2")

        assert sorted(path.name for path in folder.glob("*.sqlite3")) == [
            "gal-3.sqlite3",
            "gal-4.sqlite3",
            "mine.sqlite3",
        ]
        assert len(list(folder.glob("*.sha256"))) == 2
