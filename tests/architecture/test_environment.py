"""What the environment says to the program: all of it is listed, and what is unsafe is refused."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gal_dashboard.core.options import declared
from gal_dashboard.settings.environment import BASE_DIR, env
from tests.support.databases import base_environment

EXAMPLE = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
LISTED = {match[2]: match[3] for match in LINE.finditer(EXAMPLE)}
# Names the file itself, so it is read before `env` can read anything.
READ_BESIDE_ENV = {"ENV_FILE"}
SECRETS = {"SECRET_KEY", "DASHBOARD_MASTER_PASSWORD"}
PACKAGES = ["gal_dashboard", "users", "configuration", "tournaments", "graphics"]
SETTINGS = "gal_dashboard/settings/"

SAFE = {
    "ENV_FILE": "",
    "APP_ENV": "production",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "DASHBOARD_MASTER_PASSWORD": "correct-horse-battery",
    "ALLOWED_HOSTS": "overlay.example.org",
    "PATH": os.environ["PATH"],
}
UNSAFE = [
    ("DJANGO_DEBUG", "1"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "overlay.example.org,*"),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "k" * 31),
    ("JWT_SIGNING_KEY", "k" * 31),
    ("JWT_SIGNING_KEY_PREVIOUS", "k" * 31),
    ("DASHBOARD_MASTER_PASSWORD", "change-me-change-me"),
    ("DASHBOARD_MASTER_PASSWORD", "master-password"),
    ("DASHBOARD_VIEWER_PASSWORD", "your-sample-password"),
    ("DASHBOARD_MASTER_PASSWORD", ""),
    ("DASHBOARD_MASTER_PASSWORD", "   "),
    ("DASHBOARD_MASTER_PASSWORD", "p" * 14),
    ("DASHBOARD_VIEWER_PASSWORD", "p" * 14),
    ("DASHBOARD_VIEWER_PASSWORD", SAFE["DASHBOARD_MASTER_PASSWORD"]),
    ("APP_ENV", "prod"),
    ("APP_ENV", "Production"),
    ("DATABASE_URL", "mysql://root@127.0.0.1/dashboard"),
    ("DATABASE_URL", "nonsense"),
    ("PORT", "http"),
    ("PORT", "70000"),
    ("TRUSTED_PROXIES", "-1"),
    ("WEB_THREADS", "0"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", str(8 * 24 * 60)),
    ("LOG_LEVEL", "chatty"),
    ("RATE_LIMITS", "sometimes"),
]


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_lists_exactly_what_the_settings_read():
    options = {option.variable for option in declared().values()}  # docs/configuration.md has them

    assert set(LISTED) == (set(env.dump()) - options) | READ_BESIDE_ENV


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (BASE_DIR / package).rglob("*.py")


def names_read_from_the_process(path: Path) -> set[str]:
    """The variables that a module asks ``os`` for, by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = {
        node.value
        for parent in ast.walk(tree)
        if isinstance(parent, ast.Call | ast.Subscript | ast.Compare)
        and "environ" in ast.unparse(parent)
        for node in ast.walk(parent)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in strings if re.fullmatch("[A-Z][A-Z0-9_]{2,}", text)}


def test_nobody_else_reads_a_variable_that_the_example_does_not_list():
    ours = {"DJANGO_SETTINGS_MODULE", "GAL_TEST_DATABASE"}
    unlisted = {
        str(path.relative_to(BASE_DIR)): names
        for path in sources()
        if (names := names_read_from_the_process(path) - set(LISTED) - ours)
    }

    assert unlisted == {}


def test_the_example_shows_the_defaults():
    """To uncomment a line changes nothing."""
    script = (
        "import django, json; from django.conf import settings as s; django.setup();"
        "names = sorted(n for n in dir(s) if n.isupper() and n not in"
        " {'SECRET_KEY', 'SIMPLE_JWT', 'JWT_SIGNING_KEY', 'DASHBOARD_MASTER_PASSWORD',"
        " 'READ_VARIABLE'});"
        "print(json.dumps({n: repr(getattr(s, n)) for n in names}))"
    )
    secrets = {name: base_environment()[name] for name in SECRETS}
    # Redis has no default; the line shows how to name one.
    shown = {name: value for name, value in LISTED.items() if name not in SECRETS | {"REDIS_URL"}}
    bare = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "gal_dashboard.settings"}

    def settings(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", script],
            cwd=BASE_DIR,
            env=bare | secrets | environment | {"ENV_FILE": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert settings(**shown) == settings()


def test_a_safe_environment_starts():
    done = manage(SAFE, "check")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_an_unsafe_environment_is_refused_in_one_line_that_names_the_variable(name, value):
    done = manage(SAFE | {name: value}, "serve", "--port", "0")

    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert name in line
    if value.strip() and name.endswith(("_KEY", "_PREVIOUS", "_PASSWORD")):
        assert value not in line


def test_the_deployment_check_is_content_with_a_safe_environment():
    redis = {"REDIS_URL": "redis://127.0.0.1:6379/0"}

    done = manage(SAFE | redis, "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
