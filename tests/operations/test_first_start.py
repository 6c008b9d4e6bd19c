"""The command behind ``make run``."""

import sqlite3
from pathlib import Path

from tests.support.databases import base_environment, run_manage


def test_a_new_installation_makes_the_folder_of_its_database(tmp_path: Path) -> None:
    database = tmp_path / "not" / "there yet" / "dashboard.sqlite3"
    environment = base_environment() | {"DATABASE_URL": f"sqlite:///{database}", "DEMO": "false"}

    told = run_manage(environment, "first_start").stdout
    run_manage(environment, "first_start")  # and again

    assert "/admin/" in told
    with sqlite3.connect(database) as connection:
        (admins,) = connection.execute(
            "SELECT count(*) FROM users_user WHERE is_superuser"
        ).fetchone()
    assert admins == 1
