"""Variables, names and secrets: what the environment says."""

import difflib
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from gal_dashboard.core import options
from gal_dashboard.operations.addresses import EVERY_INTERFACE
from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning
from gal_dashboard.settings.environment import BASE_DIR, env
from gal_dashboard.settings.safety import key_fault, password_fault

ALIKE: Final = 0.85  # REDIS_URI and REDIS_URL; not HOSTNAME and HOST
OF_TESTS: Final = ("GAL_TEST_", "GAL_REQUIRE")
READ_BESIDE_ENV: Final = frozenset({"ENV_FILE", "DJANGO_SETTINGS_MODULE"})
MOST_PROXIES: Final = 3


def variables() -> Iterator[Finding]:
    """Variables that nobody reads, but that look as if somebody should."""
    own = {option.variable for option in options.declared().values()}
    known = own | set(env.dump()) | READ_BESIDE_ENV
    strangers = sorted(set(os.environ) - known)
    unread = [name for name in strangers if name.startswith("GAL_")]
    unread = [name for name in unread if not name.startswith(OF_TESTS)]
    for name in unread:
        near = _nearest(name, own)
        advice = f"Did you mean {near}? " if near else ""
        advice += "docs/configuration.md and `manage.py list_options` list the options."
        yield problem("variables", f"{name} is set, and no option has that name.", advice)
    for name in strangers:
        near = "" if name.startswith("GAL_") else _nearest(name, known)
        if near and near not in os.environ:
            message = f"{name} is set and nobody reads it; {near} is not set."
            yield warning("variables", message, f"If you meant {near}, rename it.")
    if not unread:
        yield ok("variables", f"Every GAL_ variable is an option ({len(own & set(os.environ))}).")
    yield from _file()


def _nearest(name: str, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)), "")


def _file() -> Iterator[Finding]:
    named = os.environ.get("ENV_FILE")
    path = BASE_DIR / ".env.local" if named is None else Path(named)
    if named == "":
        return
    if not path.is_file():
        if named is not None:
            yield problem("variables", f"ENV_FILE names {path}, which is not there.", "Correct it.")
    elif path.stat().st_mode & 0o007:
        advice = f"chmod 600 {path}"
        yield warning("variables", f"Everybody on this machine may use {path}.", advice)


def secrets() -> Iterator[Finding]:
    """By the rules that production insists on, wherever this runs. Tells no value."""
    passwords = {
        "DASHBOARD_MASTER_PASSWORD": settings.DASHBOARD_MASTER_PASSWORD,
        "DASHBOARD_VIEWER_PASSWORD": settings.DASHBOARD_VIEWER_PASSWORD,
    }
    keys = {
        "SECRET_KEY": settings.SECRET_KEY,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "JWT_SIGNING_KEY_PREVIOUS": settings.JWT_SIGNING_KEY_PREVIOUS,
    }
    faults = [(name, password_fault(text)) for name, text in passwords.items() if text]
    faults += [(name, key_fault(text)) for name, text in keys.items() if text]
    found = [(name, fault) for name, fault in faults if fault is not None]
    for name, fault in found:
        advice = "Set a random one: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        yield warning("secrets", f"{name} {fault}.", f"{advice} (production does not start so).")
    if not found:
        yield ok("secrets", "Passwords and keys are long and no samples.")


def addresses(asked: Collection[str]) -> Iterator[Finding]:
    """Whether the server answers under the names that it is ``asked`` by, and knows its proxies."""
    hosts = settings.ALLOWED_HOSTS
    names = [*asked] if settings.HOST in EVERY_INTERFACE else [settings.HOST, *asked]
    missing = [name for name in names if not _is_allowed(name, hosts)]
    for name in missing:
        advice = f"Add {name} to ALLOWED_HOSTS, separated by a comma, and start the server again."
        yield problem("addresses", f"Requests for {name} are answered 400: unknown_host.", advice)
    if not missing:
        yield ok("addresses", f"The server answers under {', '.join(hosts)}.")
    yield from _proxies()


def _is_allowed(name: str, hosts: Collection[str]) -> bool:
    bare = name.lower().strip("[]")
    for host in (host.lower().strip("[]") for host in hosts):
        if host in {"*", bare} or (host.startswith(".") and f".{bare}".endswith(host)):
            return True
    return False


def _proxies() -> Iterator[Finding]:
    count = settings.TRUSTED_PROXIES
    if count == 0 and settings.APP_ENV == "production":
        yield warning(
            "addresses",
            "TRUSTED_PROXIES is 0: behind a proxy all clients are one address to login throttle "
            "and limits, and nobody may say that a request came by https.",
            "Set TRUSTED_PROXIES to the number of your own proxies in front, mostly 1.",
        )
    elif count > MOST_PROXIES:
        yield warning(
            "addresses",
            f"TRUSTED_PROXIES is {count}. If there are fewer, clients can choose their address.",
            "Count the proxies of your own that add to X-Forwarded-For.",
        )
    else:
        yield ok("addresses", f"{count} trusted proxies.")
