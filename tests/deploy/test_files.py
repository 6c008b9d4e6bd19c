"""What is shipped for deployment names what is there, and agrees with the server's own limits.

No engine of Docker runs here: images are not built, so only what the files say is looked at.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gal_dashboard.operations.gate import GateLimits
from gal_dashboard.operations.server import make_config
from tests.support.databases import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
NGINX = (DEPLOY / "nginx/nginx.conf").read_text()
NAME = re.compile(r"^#? ?([A-Z][A-Z_]*)=", re.MULTILINE)
OF_COMPOSE = {"POSTGRES_PASSWORD", "WORKERS", "TLS_FOLDER"}
UNIT = {"k": 1024, "m": 1024 * 1024}


def packages() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return set(project["tool"]["importlinter"]["root_packages"])


def services(name: str) -> dict[str, dict[str, Any]]:
    """The services of a file, with what they take from another."""
    found = yaml.safe_load((DEPLOY / name).read_text())["services"]
    for service, words in found.items():
        if other := words.pop("extends", None):
            found[service] = services(other["file"])[other["service"]] | words
    return found


# --- The image ------------------------------------------------------------------------------------


def test_the_image_holds_all_packages_and_no_tests():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}

    assert packages() <= sources
    assert sources <= packages() | {"manage.py", "deploy/healthcheck.py", "requirements.txt"}
    assert all((ROOT / source).exists() for source in sources)


def test_nothing_else_is_sent_to_the_engine():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert kept == packages() | {"manage.py", "deploy/healthcheck.py", "requirements.txt"}


def test_the_image_is_pinned_and_runs_as_nobody_in_particular():
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert "\nADD " not in DOCKERFILE


# --- Compose --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["compose.yml", "compose.minimal.yml"])
def test_only_the_proxy_can_be_reached_and_everybody_is_watched(name):
    found = services(name)

    assert {service for service, words in found.items() if "ports" in words} == {"nginx"}
    for service, words in found.items():
        # the image of the server brings its own check
        assert "healthcheck" in words or service == "server"
        tag = words["image"].partition(":")[2]
        assert tag == "local" or re.match(r"\d+\.\d+", tag), f"{service} is not pinned"


@pytest.mark.parametrize("name", ["compose.yml", "compose.minimal.yml"])
def test_the_server_is_where_nginx_looks_for_it_and_cannot_change_its_code(name):
    server = services(name)["server"]
    upstream = (DEPLOY / "nginx/gal/upstream.docker.conf").read_text()

    assert f"server {server['networks']['inside']['ipv4_address']}:8000 " in upstream
    assert server["read_only"] is True
    assert server["cap_drop"] == ["ALL"]
    assert server["environment"]["TRUSTED_PROXIES"] == "1"


def test_the_minimal_variant_has_one_process_and_no_redis():
    found = services("compose.minimal.yml")

    assert set(found) == {"db", "server", "nginx"}
    assert "REDIS_URL" not in found["server"]["environment"]
    assert "--workers" not in str(found["server"])


def test_the_example_names_all_that_compose_asks_for_and_nothing_unknown():
    listed = set(NAME.findall((DEPLOY / "env.example").read_text()))
    known = set(NAME.findall((ROOT / ".env.example").read_text()))
    asked = {
        name
        for file in DEPLOY.glob("compose*.yml")
        for name in re.findall(r"\$\{([A-Z_]+)", file.read_text())
    }

    assert asked == OF_COMPOSE
    assert OF_COMPOSE <= listed <= known | OF_COMPOSE


# --- nginx and the server -------------------------------------------------------------------------


def size(text: str) -> int:
    return int(text[:-1]) * UNIT[text[-1]]


def test_the_proxy_takes_a_little_more_than_the_server():
    """So that the server refuses, in its own words."""
    limits = GateLimits()
    blocks = re.findall(r"location (?:~ )?(\S+) \{\s*client_max_body_size (\w+);", NGINX)
    general = re.search(r"^    client_max_body_size (\w+);", NGINX, re.MULTILINE)
    assert general is not None

    def taken(path: str) -> int:
        fits = [most for pattern, most in reversed(blocks) if re.match(pattern, path)]
        return size((fits or [general[1]])[0])

    paths = ["/auth/login", "/api/v1/tournaments", "/api/v1/graphics", "/api/v1/graphics/7"]
    for path in [*paths, "/admin/users/user/", "/admin/graphics/graphic/7/change/"]:
        assert limits.body_limit(path) < taken(path) <= 4 * limits.body_limit(path), path


def test_no_time_out_of_the_proxy_ends_a_quiet_socket_or_reuses_a_dead_connection():
    config = make_config("tests")
    reads = re.search(r"proxy_read_timeout (\d+)s;", NGINX)
    assert reads is not None

    assert int(reads[1]) > config.ws_ping_interval + config.ws_ping_timeout
    assert "keepalive_timeout" not in (DEPLOY / "nginx/gal/upstream.conf").read_text()
    assert config.timeout_keep_alive > 60  # nginx's own default for its upstreams


# --- systemd --------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path):
    units = [path for path in (DEPLOY / "systemd").iterdir() if path.suffix]
    for unit in units:
        text = unit.read_text().replace("/opt/gal/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert len(units) == 4
    assert (done.returncode, done.stderr) == (0, "")
