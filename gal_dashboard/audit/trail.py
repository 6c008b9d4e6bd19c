"""The one way into the audit trail."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import models

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import context, rows
from gal_dashboard.core.context import Actor

LONGEST_VALUE: Final = 500

# What a field was and what it is now.
Changes = Mapping[str, tuple[Any, Any]]


def record(
    action: str,
    *,
    actor: Actor,
    target: models.Model | None = None,
    label: str = "",
    changes: Changes | None = None,
) -> None:
    """Write one deed in the caller's transaction: it is there if, and only if, the deed is. In a
    ``recording()`` it cannot be read before the end of that.

    ``changes`` maps a field to its value before and after, lists and mappings as one would say
    them; long texts are cut, so that a canvas document does not fill the trail. The caller leaves
    secrets out. ``label`` says what it was about where that is no row.
    """
    request = context.current()
    entry = AuditEntry(
        action=action,
        actor_name=actor.name,
        actor_id=actor.user_id,
        session_sid=actor.sid or "",
        address=request.address if request else "",
        request_id=request.request_id if request else "",
        target_type=type(target).__name__.lower() if target else "",
        target_id=target.pk if target else None,
        target_label=str(target)[:255] if target else label[:255],
        changes={
            name: [_short(before), _short(after)]
            for name, (before, after) in (changes or {}).items()
        },
    )
    rows.insert_at_the_end(entry)


def made(row: models.Model, *names: str) -> Changes:
    """The changes of something new: what these fields are now, as far as they say anything."""
    return {name: (None, value) for name, value in _telling(row, names)}


def gone(row: models.Model, *names: str) -> Changes:
    """The changes of something that is about to go: what these fields were."""
    return {name: (value, None) for name, value in _telling(row, names)}


def _telling(row: models.Model, names: Iterable[str]) -> Iterable[tuple[str, Any]]:
    values = ((name, getattr(row, name)) for name in names)
    return [(name, value) for name, value in values if value not in (None, "", [], {})]


def _spoken(value: Any) -> str:
    """``Ann: 1, Bob: 2`` of a mapping, ``points, seed`` of a list."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_spoken(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        separator = "; " if any(isinstance(one, Mapping) for one in value) else ", "
        return separator.join(_spoken(one) for one in value)
    return "none" if value is None else str(value)


def _short(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = _spoken(value)
    if len(text) <= LONGEST_VALUE:
        return text
    # two long texts that begin alike are told apart
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{text[:LONGEST_VALUE]}… ({len(text)} characters, SHA-256 {digest}…)"
