"""The database refuses to change what the trail has, whoever asks."""

import sqlite3

import psycopg2
import pytest

from tests.support.databases import base_environment, run_manage
from tests.support.rows import rows, value

REFUSED = (sqlite3.IntegrityError, psycopg2.IntegrityError)
COUNT = "SELECT count(*) FROM audit_auditentry"
STATEMENTS = [
    "UPDATE audit_auditentry SET actor_name = 'nobody'",
    "UPDATE audit_auditentry SET changes = '{}' WHERE id = (SELECT max(id) FROM audit_auditentry)",
    "DELETE FROM audit_auditentry",
    "DELETE FROM audit_auditentry WHERE id = (SELECT min(id) FROM audit_auditentry)",
]
OF_ENGINE = {
    "sqlite": [
        "REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry",
        "INSERT OR REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry LIMIT 1",
        "INSERT INTO audit_auditentry SELECT * FROM audit_auditentry WHERE true "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing.happened'",
    ],
    "postgres": [
        "TRUNCATE audit_auditentry",
        "TRUNCATE audit_auditentry CASCADE",
        "INSERT INTO audit_auditentry SELECT * FROM audit_auditentry "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing.happened'",
    ],
}


def test_the_database_refuses_every_change_of_the_trail(api, server):
    api.new_graphic()
    engine = server.environment["DATABASE_URL"].partition(":")[0]
    before = value(server, COUNT)

    for statement in [*STATEMENTS, *OF_ENGINE[engine]]:
        with pytest.raises(REFUSED, match="only added to"):
            rows(server, statement)

    assert value(server, COUNT) >= before
    assert value(server, f"{COUNT} WHERE actor_name = 'nobody'") == 0


def test_the_migration_can_be_taken_back_and_done_again(databases):
    for engine in databases.values():
        url = engine.new()
        environment = base_environment() | {"DATABASE_URL": url}
        run_manage(environment, "migrate", "audit", "0001", "--verbosity=0")
        run_manage(environment, "migrate", "--verbosity=0")
