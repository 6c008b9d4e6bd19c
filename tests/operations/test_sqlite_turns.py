"""Threads that write to SQLite take turns, whatever becomes of the one before."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from gal_dashboard.core.sqlite.base import DatabaseWrapper

LONG = 20.0  # seconds; nobody waits for it unless the test fails


@pytest.fixture
def new_connection(
    tmp_path: Path, django_db_blocker: Any
) -> Iterator[Callable[..., DatabaseWrapper]]:
    made = []

    def new(*, timeout: float = LONG) -> DatabaseWrapper:
        database = {
            "ENGINE": "gal_dashboard.core.sqlite",
            "NAME": str(tmp_path / "turns.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": timeout},
        }
        connection = ConnectionHandler({"default": database})["default"]
        connection.inc_thread_sharing()
        made.append(connection)
        return connection

    with django_db_blocker.unblock():
        yield new
        for connection in made:
            connection.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: DatabaseWrapper) -> None:
    connection.commit()
    connection.set_autocommit(True)


@contextmanager
def statements_of(connection: DatabaseWrapper) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(execute: Any, sql: str, *others: Any) -> Any:
        seen.append(sql)
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield seen


def test_the_server_uses_this_backend_for_sqlite() -> None:
    engine = settings.DATABASES["default"]["ENGINE"]
    assert engine in {"gal_dashboard.core.sqlite", "gal_dashboard.core.postgresql"}


def test_a_waiting_writer_does_not_ask_sqlite_before_it_is_its_turn(new_connection) -> None:
    first, second = new_connection(), new_connection()
    begin(first)
    with statements_of(second) as asked:
        waiting = threading.Thread(target=begin, args=(second,))
        waiting.start()
        waiting.join(timeout=0.3)
        assert waiting.is_alive()
        assert not [sql for sql in asked if sql.startswith("BEGIN")]
        end(first)
        waiting.join(timeout=LONG)
    assert [sql for sql in asked if sql.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]
    end(second)


@pytest.mark.parametrize(
    "leave",
    [
        DatabaseWrapper.commit,
        DatabaseWrapper.rollback,
        DatabaseWrapper.close,
    ],
)
def test_a_turn_ends_however_the_transaction_does(new_connection, leave) -> None:
    first, second = new_connection(), new_connection(timeout=0.1)
    begin(first)
    leave(first)
    begin(second)
    end(second)


def test_a_begin_that_fails_gives_the_turn_back(new_connection) -> None:
    class RefusedError(Exception):
        pass

    def refuse(execute: Any, sql: str, *others: Any) -> Any:
        raise RefusedError

    first, second = new_connection(), new_connection(timeout=0.1)
    first.ensure_connection()
    with first.execute_wrapper(refuse), pytest.raises(RefusedError):
        begin(first)
    begin(second)
    end(second)


def test_who_waits_too_long_hears_what_sqlite_would_say(new_connection) -> None:
    first, second = new_connection(), new_connection(timeout=0.1)
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    end(first)
    second.set_autocommit(True)
    begin(second)
    end(second)


def test_databases_have_turns_of_their_own(new_connection, tmp_path: Path) -> None:
    first, second = new_connection(), new_connection(timeout=0.1)
    second.settings_dict["NAME"] = str(tmp_path / "another.sqlite3")
    begin(first)
    begin(second)
    end(second)
    end(first)


def test_who_is_impatient_gives_up_soon_and_is_patient_again_after_it(new_connection) -> None:
    first, second = new_connection(), new_connection()
    begin(first)
    with second.waiting_at_most(0.05), pytest.raises(OperationalError, match="locked"):
        begin(second)
    second.set_autocommit(True)
    waiting = threading.Thread(target=begin, args=(second,))
    waiting.start()
    waiting.join(timeout=0.3)
    assert waiting.is_alive()
    end(first)
    waiting.join(timeout=LONG)
    end(second)
