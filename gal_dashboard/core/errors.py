"""Refusals of the domain, in its own words. ``api.exceptions`` alone turns them into HTTP."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    """What sort of no it is; each kind has one HTTP status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE = "stale"
    LOCKED = "locked"
    UNPROCESSABLE = "unprocessable"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A rule of the domain said no. Knows nothing of HTTP or WebSockets.

    Subclasses set ``kind``, ``code`` (a snake_case fact that clients test for) and ``message``, a
    sentence with ``{names}`` of the facts. The facts travel to the client beside the sentence.
    """

    kind: ErrorKind = ErrorKind.INVALID
    code: str = "invalid"
    message: str = "The request could not be carried out."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))


class InvalidFieldsError(DomainError):
    """Raised when values break a rule; ``errors`` maps the path of each field to its sentences."""

    code = "validation_failed"
    message = "Some fields are not valid."

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {path: list(sentences) for path, sentences in errors.items()}
        super().__init__()


class NotFoundError(DomainError):
    kind = ErrorKind.NOT_FOUND
    code = "not_found"
    message = "There is nothing here."
