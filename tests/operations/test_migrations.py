"""Databases of an earlier release: migrated, they are whole, and the program works on them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from tests.admin.over_http import PASSWORD, Desk
from tests.conftest import ENGINES
from tests.support.api import Api
from tests.support.databases import Databases, base_environment, connect_to, execute, run_manage
from tests.support.released_data import Release, migrate_to
from tests.support.server import RunningServer
from tests.support.stream_client import StreamClient

RELEASES = ["2026-11-22"]
# Apps whose migrations need those of others, before those others.
WRONG_ORDER = ["graphics", "realtime"]
# Django adds to them for every table that is new.
MAY_GROW = {"auth_permission", "django_content_type"}
# Migrations of data change these, and tests below say how.
CHANGED = {("tournaments_scoreboardsnapshot", "document"), ("events_epoch", "value")}
NEVER_USED = {"auth_group_permissions", "django_admin_log", "users_user_user_permissions"}
OURS = ["graphics", "tournaments", "configuration", "users", "realtime", "events", "audit", "api"]
STAFF, SCORER = "ann", "scorer"
DISCORD_ID = "123456789012345678"
BOARD, EVENT = 1, 1
STANDINGS = f"/api/v1/tournaments/{EVENT}/standings"

SCHEMA = {
    "sqlite": [
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name != 'sqlite_sequence'"
    ],
    "postgresql": [
        "SELECT table_name, column_name, data_type, is_nullable, column_default, "
        "character_maximum_length, generation_expression "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ],
}


# The columns and the rows of a table.
Stored = tuple[list[str], list[tuple]]


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A database of ``release`` that was migrated to now: its rows before and after.

    ``twin`` is a copy, for the test that takes everything back.
    """

    release: Release
    engine: str
    url: str
    twin: str
    before: dict[str, Stored]
    after: dict[str, Stored]


def stored(url: str, table: str, columns: list[str] | None = None) -> Stored:
    """The columns (all, or those that there still are of these), and the rows.

    Of what a migration changes only that it is there.
    """
    with closing(connect_to(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name from our own file
        there = [column[0] for column in cursor.description]
        kept = [name for name in columns or there if name in there]
        places = [there.index(name) for name in kept]
        rows = [
            tuple("" if (table, there[place]) in CHANGED else repr(row[place]) for place in places)
            for row in cursor.fetchall()
        ]
    return kept, rows


def schema(url: str) -> list[set[tuple]]:
    """Everything that a database says of its tables."""
    engine = "sqlite" if url.startswith("sqlite") else "postgresql"
    with closing(connect_to(url)) as connection:
        return [set(execute(connection, statement)) for statement in SCHEMA[engine]]


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> Release:
    return Release(request.param)


@pytest.fixture(scope="module", params=ENGINES)
def upgraded(
    request: pytest.FixtureRequest, release: Release, databases: dict[str, Databases]
) -> Upgraded:
    url = databases[request.param].new_empty()
    release.lay_out(url)
    before = {table: stored(url, table) for table in release.tables}
    environment = base_environment() | {"DATABASE_URL": url}
    for app in WRONG_ORDER:
        run_manage(environment, "migrate", app, "--verbosity=0")
    run_manage(environment, "migrate", "--verbosity=0")
    after = {table: stored(url, table, columns) for table, (columns, _) in before.items()}
    twin = databases[request.param].copy_of(url)
    return Upgraded(release, request.param, url, twin, before, after)


@pytest.fixture(scope="module")
def house(upgraded: Upgraded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on it, for tests that may write."""
    log = tmp_path_factory.mktemp("upgraded") / "server.log"
    server = RunningServer(database_url=upgraded.url, log=log).start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def answers(upgraded: Upgraded, house: RunningServer) -> dict[str, Any]:
    """What it says to what the release was asked, before anybody has written."""
    with Api(house) as api:
        api.login()
        return {path: api.get(path).json() for path in upgraded.release.answers}


def missing(answer: Any, expected: Any, at: str = "") -> list[str]:
    """Where ``answer`` is not what it was; fields may have been added to objects."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return [
            fault
            for name, value in expected.items()
            for fault in missing(answer.get(name), value, f"{at}.{name}")
        ]
    if isinstance(expected, list) and isinstance(answer, list) and len(answer) == len(expected):
        return [
            fault
            for number, (one, other) in enumerate(zip(answer, expected, strict=True))
            for fault in missing(one, other, f"{at}[{number}]")
        ]
    return [] if answer == expected else [f"{at}: {answer!r} instead of {expected!r}"]


def test_a_release_left_something_in_every_table(release: Release):
    empty = {table for table, kept in release.tables.items() if not kept["rows"]}

    assert empty == NEVER_USED


def test_every_row_is_as_it_was(upgraded: Upgraded):
    for table, (columns, rows) in upgraded.before.items():
        kept, now = upgraded.after[table]

        assert kept == columns, f"columns of {table} are gone"
        assert Counter(rows) - Counter(now) == Counter(), f"rows of {table} are gone"
        assert len(now) == len(rows) or table in MAY_GROW, f"{table} has rows that nobody made"


def test_the_tables_are_those_of_a_new_database(
    upgraded: Upgraded, databases: dict[str, Databases]
):
    assert schema(upgraded.url) == schema(databases[upgraded.engine].new())


def test_what_was_answered_before_is_answered_again(upgraded: Upgraded, answers: dict[str, Any]):
    faults = {
        path: missing(answers[path], expected)
        for path, expected in upgraded.release.answers.items()
    }

    assert {path: found for path, found in faults.items() if found} == {}


def test_everybody_gets_in_as_before(upgraded: Upgraded, house: RunningServer):
    with Api(house) as api:
        api.login_as_viewer()
        assert api.post("/api/v1/graphics", json={}).status_code == 403
        api.login_as(SCORER, PASSWORD)
        assert api.get("/api/v1/tournaments").json()["total"] == 2
        assert api.post("/api/v1/users", json={}).status_code == 403
        api.login_as(STAFF, PASSWORD)
        users = {
            user["username"]: user["discord_id"]
            for user in api.get("/api/v1/users").json()["users"]
        }
        assert users["dishsoap"] == "123456789012345678"
    with Desk(house) as desk:
        desk.sign_in(STAFF)


async def test_an_overlay_that_was_on_air_begins_anew(upgraded: Upgraded, house: RunningServer):
    """What the log has is in the form of then: nobody is told that any more."""
    stream = f"overlay.{BOARD}"
    head = dict(upgraded.release.tables["events_stream"]["rows"])[stream]
    [[_, epoch]] = upgraded.release.tables["events_epoch"]["rows"]
    async with StreamClient.overlay(house.http_url, BOARD) as overlay:
        overlay.place.seq, overlay.place.epoch = head - 1, epoch
        await overlay.until_connected()
        picture = await overlay.picture()

    assert overlay.established[0]["epoch"] != epoch
    assert overlay.seq >= head
    shown = upgraded.release.answers[f"/api/v1/graphics/{BOARD}/view"]
    assert missing(picture["graphic"]["data_json"], shown["data_json"]) == []
    expected = upgraded.release.answers[STANDINGS]["standings"]
    assert missing(picture["standings"]["standings"], expected) == []


@pytest.mark.usefixtures("answers")
def test_standings_computed_anew_are_those_that_stood(upgraded: Upgraded, house: RunningServer):
    with Api(house) as api:
        api.login()
        answer = api.post("/api/v1/scoreboard/refresh", json={"tournament_id": EVENT})
        assert answer.status_code == 200, answer.text
        standings = api.get(STANDINGS).json()

    expected = upgraded.release.answers[STANDINGS]["standings"]
    assert missing(standings["standings"], expected) == []


@pytest.mark.usefixtures("answers")
def test_what_is_made_now_comes_after_what_there_was(upgraded: Upgraded, house: RunningServer):
    with Api(house) as api:
        graphic = api.login().new_graphic()

    before = [row[0] for row in upgraded.release.tables["graphics_graphic"]["rows"]]
    assert graphic["id"] == max(before) + 1


def test_all_migrations_can_be_taken_back_and_made_again(
    upgraded: Upgraded, databases: dict[str, Databases]
):
    url = upgraded.twin

    migrate_to(url, dict.fromkeys(OURS))

    with closing(connect_to(url)) as connection:
        kept = execute(connection, "SELECT app FROM django_migrations")
    assert not {app for (app,) in kept} & set(OURS)
    run_manage(base_environment() | {"DATABASE_URL": url}, "migrate", "--verbosity=0")
    assert schema(url) == schema(databases[upgraded.engine].new())
