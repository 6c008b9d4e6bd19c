"""Nobody is shown an older version than he may be, while others write for some seconds."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from graphics.ready_views import SERVED_FOR_SECONDS
from tests.conftest import NewServer
from tests.support.api import Api
from tests.support.rounds import ROUNDS
from tests.support.server import RunningServer

WRITERS = READERS = 8
# At 200 rounds a minute.
SECONDS = 0.3 * ROUNDS
REDIS = {"REDIS_URL": "redis://127.0.0.1:6379/5"}


class Acknowledged:
    """The versions that were answered to their writers, and when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: list[tuple[float, int]] = [(0.0, 1)]

    def note(self, version: int) -> None:
        with self._lock:
            newest = max(version, self._versions[-1][1])
            self._versions.append((time.monotonic(), newest))

    def by(self, moment: float) -> int:
        """The newest version that had been answered at ``moment``."""
        with self._lock:
            return next(version for when, version in reversed(self._versions) if when <= moment)


class Race:
    """Eight writers and eight readers of one graphic, each with a connection of its own."""

    def __init__(self, servers: list[RunningServer]) -> None:
        self.servers = servers
        self.acknowledged = Acknowledged()
        self.reads = self.conditional = 0
        with Api(servers[0]) as api:
            self.token = api.login().headers["Authorization"]
            self.address = f"/api/v1/graphics/{api.new_graphic()['id']}"

    def run(self, *readers: Callable[[Api], None]) -> None:
        """All at once until the time is over; the readers take turns among the kinds given."""
        end = time.monotonic() + SECONDS
        kinds = [readers[number % len(readers)] for number in range(READERS)]
        with ThreadPoolExecutor(WRITERS + READERS) as threads:
            jobs = [threads.submit(self._write, number, end) for number in range(WRITERS)]
            jobs += [threads.submit(self._read, kind, n, end) for n, kind in enumerate(kinds)]
            for job in jobs:
                job.result()

    def _write(self, number: int, end: float) -> None:
        with self._client(number) as client:
            count = 0
            while time.monotonic() < end:
                count += 1
                body = {"title": f"Writer {number}, save {count}"}
                answer = client.put(self.address, json=body)
                assert answer.status_code == 200, answer.text
                self.acknowledged.note(answer.json()["version"])

    def _read(self, kind: Callable[[Api], None], number: int, end: float) -> None:
        with self._client(number) as client:
            while time.monotonic() < end:
                kind(client)
                self.reads += 1

    @contextmanager
    def _client(self, number: int) -> Iterator[Api]:
        server = self.servers[number % len(self.servers)]
        with Api(server, headers={"Authorization": self.token}) as client:
            yield client

    def read(self, *, lag: float) -> Callable[[Api], None]:
        """A reader who must see all that was answered ``lag`` seconds before he asked."""

        def ask(client: Api) -> None:
            least = self.acknowledged.by(time.monotonic() - lag)
            answer = client.get(f"{self.address}/view")
            assert answer.status_code == 200, answer.text
            assert answer.json()["version"] >= least
            assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'

        return ask

    def read_a_version(self, client: Api) -> None:
        """A reader who has heard of a version, as an overlay by its socket, and asks for it."""
        least = self.acknowledged.by(time.monotonic())
        answer = client.get(f"{self.address}/view", params={"version": least})
        assert answer.status_code == 200, answer.text
        assert answer.json()["version"] >= least

    def poll(self, client: Api) -> None:
        """A reader with an ETag: what he is told has not changed must not have changed."""
        etag = client.headers.get("If-None-Match")
        least = self.acknowledged.by(time.monotonic())
        answer = client.get(f"{self.address}/view")
        if answer.status_code == 304:
            self.conditional += 1
            assert etag is not None
            assert int(etag.strip('"')) >= least
        else:
            assert answer.json()["version"] >= least
            client.headers["If-None-Match"] = answer.headers["ETag"]

    def assert_calm(self) -> None:
        """In the end all have the newest, and something has happened."""
        newest = self.acknowledged.by(time.monotonic())
        time.sleep(SERVED_FOR_SECONDS if len(self.servers) > 1 else 0)
        for server in self.servers:
            with Api(server) as client:
                assert client.get(f"{self.address}/view").json()["version"] == newest
        assert newest > SECONDS
        assert self.reads > SECONDS


@pytest.mark.timeout(60 + 10 * SECONDS)
def test_no_view_is_older_than_the_last_answered_save(server: RunningServer):
    race = Race([server])

    race.run(race.read(lag=0), race.read_a_version, race.poll)

    race.assert_calm()


@pytest.mark.redis
@pytest.mark.postgresql
@pytest.mark.timeout(60 + 10 * SECONDS)
def test_in_two_processes_no_view_is_older_than_two_seconds(new_server: NewServer):
    two = new_server(engine="postgresql", workers=2, environment=REDIS)
    race = Race([two])

    race.run(race.read(lag=SERVED_FOR_SECONDS), race.read_a_version)

    time.sleep(SERVED_FOR_SECONDS)
    race.assert_calm()


@pytest.fixture
def twins(databases, tmp_path: Path) -> Iterator[list[RunningServer]]:
    """Two servers on one SQLite file."""
    url = databases["sqlite"].new()
    both = [RunningServer(database_url=url, log=tmp_path / f"{n}.log") for n in range(2)]
    try:
        yield [twin.start() for twin in both]
    finally:
        for twin in both:
            twin.close()


@pytest.mark.timeout(60 + 10 * SECONDS)
def test_of_two_servers_on_one_file_no_view_is_older_than_two_seconds(twins: list[RunningServer]):
    race = Race(twins)

    race.run(race.read(lag=SERVED_FOR_SECONDS), race.read_a_version)

    race.assert_calm()


def test_a_save_by_one_server_is_seen_at_the_other_after_two_seconds(twins: list[RunningServer]):
    with Api(twins[0]) as here, Api(twins[1]) as there:
        graphic = here.login().new_graphic()["id"]
        address = f"/api/v1/graphics/{graphic}"
        assert there.get(f"{address}/view").json()["version"] == 1
        here.put(address, json={"title": "Saved here"})

        assert here.get(f"{address}/view").json()["version"] == 2
        assert there.get(f"{address}/view?version=2").json()["version"] == 2
        here.put(address, json={"title": "Saved again"})
        time.sleep(SERVED_FOR_SECONDS)
        assert there.get(f"{address}/view").json()["version"] == 3
