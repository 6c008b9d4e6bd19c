"""What the environment says to the program: all of it is listed, and what is unsafe is refused."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from gal_dashboard.core.options import declared
from gal_dashboard.settings.environment import BASE_DIR, env
from tests.support.databases import base_environment
from tests.support.manage_many import Done, manage_many

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
# Every variable that has an unsafe value, with one of each kind. An empty one is as good as absent.
UNSAFE = [
    *[
        (name, value)
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "JWT_SIGNING_KEY_PREVIOUS")
        for value in (
            "k3y-of-31-bytes-is-one-too-few!",
            "changeme-changeme-changeme-changeme",
            "django-insecure-0123456789abcdefghij",
        )
    ],
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "   "),
    ("SECRET_KEY", None),
    *[
        (name, value)
        for name in ("DASHBOARD_MASTER_PASSWORD", "DASHBOARD_VIEWER_PASSWORD")
        for value in (
            "14-characters!",
            "change-me-change-me",
            "master-password",
            "your-sample-password",
        )
    ],
    ("DASHBOARD_MASTER_PASSWORD", ""),
    ("DASHBOARD_MASTER_PASSWORD", "   "),
    ("DASHBOARD_MASTER_PASSWORD", None),
    ("DASHBOARD_VIEWER_PASSWORD", SAFE["DASHBOARD_MASTER_PASSWORD"]),
    ("DASHBOARD_MASTER_PASSWORD", SAFE["SECRET_KEY"]),
    ("JWT_SIGNING_KEY", SAFE["SECRET_KEY"]),
    ("APP_ENV", "prod"),
    ("APP_ENV", "Production"),
    ("APP_ENV", "test"),
    ("DJANGO_DEBUG", "1"),
    ("DJANGO_DEBUG", "maybe"),
    ("RATE_LIMITS", "sometimes"),
    ("LOG_LEVEL", "chatty"),
    ("ALLOWED_HOSTS", ""),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "overlay.example.org,*"),
    ("ALLOWED_HOSTS", "https://overlay.example.org"),
    ("ALLOWED_HOSTS", "overlay.example.org:443"),
    ("ALLOWED_HOSTS", "overlay.example.org/admin"),
    ("ALLOWED_HOSTS", "overlay.example.org,,"),
    ("ALLOWED_HOSTS", "overlay.example.org crew.example.org"),
    ("CORS_ALLOWED_ORIGINS", "*"),
    ("CORS_ALLOWED_ORIGINS", "null"),
    ("CORS_ALLOWED_ORIGINS", "crew.example.org"),
    ("CORS_ALLOWED_ORIGINS", "https://crew.example.org/"),
    ("CORS_ALLOWED_ORIGINS", "https://crew.example.org/board"),
    ("CORS_ALLOWED_ORIGINS", "https://*.example.org"),
    ("CORS_ALLOWED_ORIGINS", "https://Crew.example.org"),
    ("OVERLAY_ORIGINS", "everybody"),
    ("OVERLAY_ORIGINS", "https://obs.example.org/scene"),
    ("OVERLAY_ORIGINS", "*,https://obs.example.org"),
    ("OVERLAY_PUBLIC_IDS", "perhaps"),
    ("HOST", "http://0.0.0.0"),
    ("HOST", "0.0.0.0 8000"),
    ("PORT", "http"),
    ("PORT", "-1"),
    ("PORT", "70000"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "nginx"),
    ("TRUSTED_PROXIES", "10.0.0.1"),
    ("TRUSTED_PROXIES", "1000"),
    ("WEB_THREADS", "0"),
    ("WEB_THREADS", "many"),
    ("DATABASE_URL", "mysql://root@127.0.0.1/dashboard"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "postgres://"),
    ("DATABASE_URL", "postgres://gal:p4ss@db.example.org:port/gal"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "sqlite://nowhere"),
    ("REDIS_URL", "http://cache.example.org"),
    ("REDIS_URL", "cache.example.org:6379"),
    ("REDIS_URL", "redis:///0"),
    ("REDIS_URL", "redis://cache.example.org:port/0"),
    ("REDIS_PREFIX", ""),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", str(8 * 24 * 60)),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "a day"),
    ("DEMO", "please"),
    ("GAL_GRAPHICS_LOCK_TTL_SECONDS", "soon"),  # for all options; tests/configuration has more
]
# Names a file; one that is not there is as good as none.
ALWAYS_SAFE = {"ENV_FILE"}
COMMANDS = [("serve", "--port", "0"), ("check",), ("migrate", "--verbosity=0")]
HOLDS_A_SECRET = re.compile(r"_(KEY|PREVIOUS|PASSWORD|URL|TOKEN)\Z")


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


def environment_with(name: str, value: str | None) -> dict[str, str]:
    """The safe one, with one variable changed or taken away."""
    return {key: text for key, text in (SAFE | {name: value}).items() if text is not None}


@pytest.fixture(scope="module")
def refusals() -> dict[tuple, list[Done]]:
    """What each command says to each unsafe environment."""
    runs = [(command, environment_with(*case)) for case in UNSAFE for command in COMMANDS]
    answers = iter(manage_many(runs))
    return {case: [next(answers) for _ in COMMANDS] for case in UNSAFE}


def test_every_variable_has_an_unsafe_value():
    assert set(LISTED) - {name for name, _ in UNSAFE} == ALWAYS_SAFE


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_an_unsafe_environment_is_refused_in_one_line_that_names_the_variable(
    name, value, refusals
):
    for done in refusals[name, value]:
        assert done.returncode == 1
        assert done.stdout == ""
        [line] = done.stderr.splitlines()
        assert name in line
        if value and value.strip() and HOLDS_A_SECRET.search(name):
            assert value not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "overlay.example.org, .crew.example.org, 192.0.2.7, [2001:db8::7]"),
        ("SECRET_KEY", "k" * 32),
        ("DASHBOARD_MASTER_PASSWORD", "p" * 15),
        ("RATE_LIMITS", "off"),
        ("CORS_ALLOWED_ORIGINS", ""),
        ("CORS_ALLOWED_ORIGINS", "http://crew.example.org"),
        ("CORS_ALLOWED_ORIGINS", "https://crew.example.org:8443, http://localhost:3000"),
        ("OVERLAY_ORIGINS", ""),
        ("OVERLAY_ORIGINS", "null,https://obs.example.org"),
        ("DATABASE_URL", "postgres://gal:p%40ss@db.example.org:5432/gal?sslmode=require"),
        ("REDIS_URL", "rediss://:p4ssw0rd-of-redis@cache.example.org:6380/1"),
        ("REDIS_URL", "unix:///run/redis/redis.sock"),
        ("TRUSTED_PROXIES", "1"),
        ("HOST", "::"),
    ],
)
def test_what_is_safe_is_taken(name, value):
    done = manage(SAFE | {name: value}, "check")

    assert done.returncode == 0, done.stderr


def test_a_cache_that_processes_do_not_share_is_refused_where_there_is_a_redis(settings):
    settings.SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]  # as with REDIS_URL

    with pytest.raises(SystemCheckError, match="not a shared cache"):
        call_command("check")


def test_the_deployment_check_is_content_with_a_safe_environment():
    redis = {"REDIS_URL": "redis://127.0.0.1:6379/0"}

    done = manage(SAFE | redis, "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
