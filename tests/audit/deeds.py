"""Looks into the audit trail of a running server."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from tests.support.rows import rows
from tests.support.server import RunningServer

COLUMNS = (
    "action, actor_name, actor_id, session_sid, address, request_id, target_type, target_id, "
    "target_label, changes"
)


@dataclass(frozen=True, slots=True)
class Deed:
    action: str
    actor: str
    actor_id: int | None
    sid: str
    address: str
    request_id: str
    target_type: str
    target_id: int | None
    label: str
    changes: dict[str, list[Any]]


def new_request_id() -> str:
    return uuid.uuid4().hex


def deeds_of(server: RunningServer, request_id: str) -> list[Deed]:
    """What one request left in the trail, in order."""
    found = rows(
        server,
        f"SELECT {COLUMNS} FROM audit_auditentry WHERE request_id = %s ORDER BY id",  # noqa: S608
        request_id,
    )
    return [Deed(*row[:-1], changes=_read(row[-1])) for row in found]


def _read(changes: Any) -> dict[str, list[Any]]:
    return json.loads(changes) if isinstance(changes, str) else changes
