"""What is refused on air, each in one line that names the variable and never its secret.

What people may have a reason for is not refused: a studio without a certificate has dashboards on
plain HTTP, and a load test lifts the limits.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MINIMUM_PASSWORD_LENGTH = 15
MINIMUM_KEY_LENGTH = 32
# What people write where a password is asked for; each of these is long enough.
SAMPLE_WORDS = (
    "change",
    "example",
    "master-password",
    "masterpassword",
    "sample",
    "secret-password",
)
SAMPLE_WORDS_OF_KEYS = ("change-me", "changeme", "django-insecure")


def password_fault(password: str) -> str | None:
    """The rest of a sentence that begins with the variable's name; ``None`` if it is fit."""
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        return f"needs {MINIMUM_PASSWORD_LENGTH} or more characters in production"
    return _sample_fault(password, SAMPLE_WORDS)


def key_fault(key: str) -> str | None:
    """As ``password_fault``."""
    if len(key.encode()) < MINIMUM_KEY_LENGTH:
        return f"needs {MINIMUM_KEY_LENGTH} or more bytes in production"
    return _sample_fault(key, SAMPLE_WORDS_OF_KEYS)


def refuse_weak_passwords(**passwords: str) -> None:
    """An empty one is judged elsewhere: it is not set."""
    for name, password in passwords.items():
        if password and (fault := password_fault(password)):
            raise ImproperlyConfigured(f"{name} {fault}.")


def refuse_weak_keys(**keys: str) -> None:
    for name, key in keys.items():
        if key and (fault := key_fault(key)):
            raise ImproperlyConfigured(f"{name} {fault}.")


def refuse_one_secret_twice(**secrets: str) -> None:
    """Whoever is told the one would know the other."""
    for (first, one), (second, other) in combinations(secrets.items(), 2):
        if one and one == other:
            raise ImproperlyConfigured(f"{second} must not be the same as {first}.")


def refuse_database_in_memory(name: str, database: Mapping[str, Any]) -> None:
    if database["NAME"] == ":memory:":
        raise ImproperlyConfigured(f"{name} names a database in memory, which keeps nothing.")


def refuse_all_hosts(name: str, hosts: Iterable[str]) -> None:
    if "*" in hosts:
        raise ImproperlyConfigured(f"{name} must list the real hosts in production, not *.")


def refuse_debug(name: str, *, is_on: bool) -> None:
    if is_on:
        raise ImproperlyConfigured(f"{name} must be off in production.")


def _sample_fault(secret: str, words: Iterable[str]) -> str | None:
    if any(word in secret.lower() for word in words):
        return "is a sample value; choose a random one"
    return None
