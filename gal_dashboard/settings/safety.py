"""What is refused on air, each in one line that names the variable and never its secret."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MINIMUM_PASSWORD_LENGTH = 15
MINIMUM_KEY_LENGTH = 32
# "aaaaaaaaaaaaaaa" and "123123123123123" are long enough, too.
MINIMUM_CHARACTERS = 5
# What people write where a secret is asked for; each of these is long enough.
SAMPLE_WORDS = (
    "change",
    "django-insecure",
    "example",
    "master-password",
    "masterpassword",
    "sample",
    "secret-password",
)
# In the address of a database people are content with less.
SAMPLE_PASSWORDS = frozenset({"password", "postgres", "secret", "redis", "gal"})
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def refuse_weak_passwords(**passwords: str) -> None:
    """An empty one is judged elsewhere: it is not set."""
    for name, password in passwords.items():
        if password and len(password) < MINIMUM_PASSWORD_LENGTH:
            raise ImproperlyConfigured(
                f"{name} needs {MINIMUM_PASSWORD_LENGTH} or more characters in production."
            )
        _refuse_sample(name, password)


def refuse_weak_keys(**keys: str) -> None:
    for name, key in keys.items():
        if key and len(key.encode()) < MINIMUM_KEY_LENGTH:
            raise ImproperlyConfigured(
                f"{name} needs {MINIMUM_KEY_LENGTH} or more bytes in production."
            )
        _refuse_sample(name, key)


def refuse_one_secret_twice(**secrets: str) -> None:
    """Whoever is told the one would know the other."""
    for (first, one), (second, other) in combinations(secrets.items(), 2):
        if one and one == other:
            raise ImproperlyConfigured(f"{second} must not be the same as {first}.")


def refuse_sample_passwords_in_addresses(**urls: str) -> None:
    for name, url in urls.items():
        password = urlsplit(url).password or ""
        if password.lower() in SAMPLE_PASSWORDS or _has_sample_word(password):
            raise ImproperlyConfigured(f"{name} has a sample password; choose a random one.")


def refuse_database_in_memory(name: str, database: Mapping[str, Any]) -> None:
    if database["NAME"] == ":memory:":
        raise ImproperlyConfigured(f"{name} names a database in memory, which keeps nothing.")


def refuse_plain_origins(name: str, origins: Iterable[str]) -> None:
    """What comes over plain HTTP may be anybody's page; one's own machine is no network."""
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" and parts.hostname not in OWN_MACHINE:
            raise ImproperlyConfigured(f"{name} has {origin}; in production it must be https://.")


def refuse_all_hosts(name: str, hosts: Iterable[str]) -> None:
    if "*" in hosts:
        raise ImproperlyConfigured(f"{name} must list the real hosts in production, not *.")


def refuse_switch(name: str, value: bool, *, safe: bool) -> None:  # noqa: FBT001 - its subject
    if value is not safe:
        raise ImproperlyConfigured(f"{name} must be {'on' if safe else 'off'} in production.")


def _refuse_sample(name: str, secret: str) -> None:
    if _has_sample_word(secret):
        raise ImproperlyConfigured(f"{name} is a sample value; choose a random one.")
    if secret and len(set(secret)) < MINIMUM_CHARACTERS:
        raise ImproperlyConfigured(
            f"{name} repeats fewer than {MINIMUM_CHARACTERS} characters; choose a random one."
        )


def _has_sample_word(secret: str) -> bool:
    return any(word in secret.lower() for word in SAMPLE_WORDS)
