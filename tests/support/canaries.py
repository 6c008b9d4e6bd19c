"""Secrets of the test run, and where none of them may stand: logs, events, audit rows, errors.

Servers and clients of the tests tell of every secret that they use. Error bodies are looked at as
they come, all else once at the end: servers' logs, and what their databases keep.
"""

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg2

from tests.support.databases import connect_to, execute

SHORTEST: Final = 12  # what is shorter may stand anywhere by chance
FEWEST_LETTERS: Final = 5
SECRET_SETTINGS: Final = (
    "SECRET_KEY",
    "JWT_SIGNING_KEY",
    "DASHBOARD_MASTER_PASSWORD",
    "DASHBOARD_VIEWER_PASSWORD",
)
SECRET_FIELDS: Final = frozenset(
    {"master_password", "password", "access_token", "refresh_token", "ticket", "key"}
)
# Where secrets go in and come out.
SECRET_PATHS: Final = re.compile(r"/auth/\w[\w-]*/?\Z|/keys/?\Z|/users(?:/[0-9]+)?/?\Z")

_WORD = re.compile(r"[A-Za-z0-9_.-]{12,}")
# Whoever made them: a token of ours, and a key of an overlay.
_SHAPES = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}|\bovk_[\w-]{43}\b")

# What a database keeps of what was said and done.
KEPT: Final[Mapping[str, str]] = {
    "audit rows": "SELECT actor_name, target_label, request_id, address, changes "
    "FROM audit_auditentry",
    "events": "SELECT name, request_id, payload, public_payload FROM events_event",
    "answers to repeated requests": "SELECT path, answer FROM api_idempotentrequest",
    "sessions": "SELECT sid, agent, address FROM users_session",
    "keys": "SELECT name, hint, digest, created_by FROM graphics_overlaykey",
}


# A test has taken the database away, or began without one.
NOT_THERE: Final = (psycopg2.OperationalError, psycopg2.ProgrammingError, sqlite3.OperationalError)


class Canaries:
    """All secrets of the run. Threads may add to it: sets take one at a time."""

    def __init__(self) -> None:
        self._words: set[str] = set()  # tokens, tickets, keys: found as a word
        self._phrases: set[str] = set()  # passwords: found anywhere
        self.logs: set[Path] = set()
        self.databases: set[str] = set()

    def keep_phrase(self, text: object) -> None:
        # a row of the same few letters is no secret, and stands in other tests' texts, too
        if isinstance(text, str) and len(text) >= SHORTEST and len(set(text)) >= FEWEST_LETTERS:
            self._phrases.add(text)

    def watch(self, *, environment: Mapping[str, str], log: Path) -> None:
        """A server with these settings, whose log and database are looked at in the end."""
        for name in SECRET_SETTINGS:
            self.keep_phrase(environment.get(name))
        self.logs.add(log)
        self.databases.add(environment["DATABASE_URL"])

    def look_at(self, answer: httpx.Response) -> None:
        """Learn the secrets of one request and its answer; an error may not repeat any."""
        if SECRET_PATHS.search(answer.url.path):
            self._learn(answer)
        if answer.is_error:
            found = self.found_in(answer.text)
            assert not found, f"{answer.request} was answered with a secret: {found}"

    def found_in(self, text: str) -> list[str]:
        """The beginnings of the secrets that stand in ``text``."""
        found = [phrase for phrase in self._phrases if phrase in text]
        found += [word for word in _WORD.findall(text) if word.strip(".-_") in self._words]
        found += _SHAPES.findall(text)
        return sorted({f"{secret[:8]}..." for secret in found})

    def search(self) -> list[str]:
        """Where secrets stand that should not: empty, if the whole run kept them."""
        places = [*self._logs(), *self._rows()]
        return [f"{place}: {found}" for place, text in places if (found := self.found_in(text))]

    def _learn(self, answer: httpx.Response) -> None:
        # what is no JSON, or nested beyond all reason, was refused and taught nothing
        with contextlib.suppress(ValueError, RecursionError, httpx.RequestNotRead):
            for name, value in _secrets_in(json.loads(answer.request.content)):
                if name in {"master_password", "password"}:
                    self.keep_phrase(value)
        with contextlib.suppress(ValueError):
            if answer.is_success:
                self._words.update(value.strip(".-_") for _, value in _secrets_in(answer.json()))

    def _logs(self) -> Iterator[tuple[str, str]]:
        for log in sorted(self.logs):
            if log.is_file():
                yield f"the log {log}", log.read_text(encoding="utf-8", errors="replace")

    def _rows(self) -> Iterator[tuple[str, str]]:
        for url in sorted(self.databases):
            with contextlib.suppress(*NOT_THERE), contextlib.closing(connect_to(url)) as connection:
                yield from _kept_in(url, connection)


def _kept_in(url: str, connection: Any) -> Iterator[tuple[str, str]]:
    name = url.rpartition("/")[2]
    for place, statement in KEPT.items():
        rows = execute(connection, statement)
        yield f"{place} of {name}", "\n".join(str(value) for row in rows for value in row)


def _secrets_in(body: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(body, dict):
        return []
    return [
        (name, value)
        for name, value in body.items()
        if name in SECRET_FIELDS and isinstance(value, str) and len(value) >= SHORTEST
    ]


canaries = Canaries()
