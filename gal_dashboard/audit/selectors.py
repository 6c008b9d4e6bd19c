"""Reads of the audit trail."""

from typing import Any, Final

from django.db.models import F, QuerySet

from gal_dashboard.audit.models import AuditEntry

# The members of an entry on the wire; two columns have longer names.
MEMBERS: Final = ("id", "at", "action", "actor_id", "address", "request_id")
MEMBERS_OF_TARGET: Final = ("target_type", "target_id", "target_label", "changes")
RENAMED: Final = {"actor": F("actor_name"), "session_id": F("session_sid")}


def in_order(rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry, dict[str, Any]]:
    """The deeds as REST shows them, the newest first."""
    return rows.order_by("-at", "-pk").values(*MEMBERS, *MEMBERS_OF_TARGET, **RENAMED)


def of_action(rows: QuerySet[AuditEntry], action: str) -> QuerySet[AuditEntry]:
    """Those of one action, as ``graphic.updated``, or of all actions of a noun."""
    if "." in action:
        return rows.filter(action=action)
    return rows.filter(action__startswith=f"{action}.")
