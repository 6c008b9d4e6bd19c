"""A change is obeyed by every process, within a second; ``--log-cli-level=INFO`` says when."""

import logging
import time
from datetime import datetime

import pytest

from tests.configuration.conftest import LEASE
from tests.conftest import ENGINES
from tests.support.api import Api
from tests.support.processes import processes

URL = f"/api/v1/configuration/{LEASE}"
SECONDS = 20  # a busy machine

logger = logging.getLogger(__name__)


def lease_of(api: Api, graphic_id: int) -> int:
    lock = api.post(f"/api/v1/lock/{graphic_id}").json()
    api.delete(f"/api/v1/lock/{graphic_id}")
    start, end = (datetime.fromisoformat(lock[name]) for name in ("locked_at", "expires_at"))
    return round((end - start).total_seconds())


@pytest.mark.redis
@pytest.mark.parametrize("engine", ENGINES)
def test_lease_that_is_changed_in_one_process_holds_in_the_other(engine, databases, tmp_path):
    redis = {"REDIS_URL": "redis://127.0.0.1:6379/9"}
    with (
        processes(databases[engine], tmp_path, count=2, environment=redis) as (one, other),
        Api(one) as here,
        Api(other) as there,
    ):
        here.login()
        there.login()
        graphic = here.new_graphic()["id"]
        assert lease_of(there, graphic) == 300

        began = time.monotonic()
        here.put(URL, json={"value": 45}).raise_for_status()
        own = lease_of(here, graphic)
        while (found := lease_of(there, graphic)) != 45 and time.monotonic() - began < SECONDS:
            time.sleep(0.02)
        logger.info("%s: the other process obeyed after %.2f s", engine, time.monotonic() - began)

    assert (own, found) == (45, 45)


def test_server_obeys_what_a_command_stored(server, api, tmp_path):
    file = tmp_path / "show.yaml"
    file.write_text(
        f"format: gal-configuration/1\nsettings:\n- key: {LEASE}\n  environment: all\n  value: 33\n"
    )
    graphic = api.new_graphic()["id"]

    dry = server.manage("import_configuration", str(file), "--dry-run").stdout
    untouched = api.get(URL).json()["value"]
    done = server.manage("import_configuration", str(file)).stdout
    deadline = time.monotonic() + SECONDS
    while lease_of(api, graphic) != 33 and time.monotonic() < deadline:
        time.sleep(0.1)
    found = lease_of(api, graphic)
    api.delete(URL)

    assert f"{LEASE} (all): nothing -> 33" in dry
    assert "Would store: 1 new, 0 changed, 0 same." in dry
    assert untouched == 300
    assert "Stored: 1 new, 0 changed, 0 same." in done
    assert found == 33
