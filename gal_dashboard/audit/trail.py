"""The one way into the audit trail."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core import context
from gal_dashboard.core.context import Actor

LONGEST_VALUE = 500


def record(
    action: str,
    *,
    actor: Actor,
    target: models.Model | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Write one deed in the caller's transaction: it is there if, and only if, the deed is.

    ``changes`` maps a field to its value before and after; long texts are cut, so that a canvas
    document does not fill the trail. The caller leaves secrets out.
    """
    request = context.current()
    AuditEntry.objects.create(
        action=action,
        actor_name=actor.name,
        actor_id=actor.user_id,
        session_sid=actor.sid or "",
        address=request.address if request else "",
        request_id=request.request_id if request else "",
        target_type=type(target).__name__.lower() if target else "",
        target_id=target.pk if target else None,
        target_label=str(target)[:255] if target else "",
        changes={
            name: [_short(before), _short(after)]
            for name, (before, after) in (changes or {}).items()
        },
    )


def _short(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return (
        text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)"
    )
