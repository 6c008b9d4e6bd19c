"""All checks, in the order in which one depends on another."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from django.core import checks
from django.core.checks.messages import ERROR, WARNING
from django.db import Error

from gal_dashboard.operations.doctor import (
    content,
    database,
    environment,
    machine,
    redis_server,
    server,
)
from gal_dashboard.operations.doctor.findings import Finding, Level, problem, warning

Check = Callable[[], Iterable[Finding]]

OF_THE_DATABASE: tuple[Check, ...] = (
    database.clock,
    content.configuration,
    content.people,
    content.event_log,
)


def examine(names: Collection[str]) -> list[Finding]:
    """What there is to say of this installation; ``names`` are those that it is asked by."""
    return list(
        chain(
            environment.variables(),
            environment.secrets(),
            environment.addresses(names),
            _program(),
            machine.disk(),
            machine.static_files(),
            _database(),
            redis_server.answers(),
            server.is_ready(),
        )
    )


def _program() -> Iterator[Finding]:
    """What Django's own checks say; these look at no database."""
    for message in checks.run_checks():
        if message.level >= ERROR and not message.is_silenced():
            yield problem("program", message.msg, message.hint or "")
        elif message.level >= WARNING and not message.is_silenced():
            yield warning("program", message.msg, message.hint or "")


def _database() -> Iterator[Finding]:
    """Each asks only what the one before has found there."""
    for condition in (database.reachable, database.migrated):
        found = list(condition())
        yield from found
        if any(finding.level == Level.PROBLEM for finding in found):
            return
    for check in OF_THE_DATABASE:
        try:
            yield from check()
        except Error as error:
            message = f"The database cannot be read: {database.first_line(error)}"
            yield problem("database", message, "Its own log says more.")
