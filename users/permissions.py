"""What each role may do: the one table that the API, the sockets and the documentation read."""

from collections.abc import Iterable
from typing import Final

from users.choices import Role

AREAS: Final = (
    "audit",
    "configuration",
    "graphics",
    "maintenance",
    "realtime",
    "scoreboard",
    "tournaments",
    "users",
)
READ: Final = frozenset(f"{area}:read" for area in AREAS if area not in {"audit", "maintenance"})

SCOPES: Final[dict[str, frozenset[str]]] = {
    Role.ADMINISTRATOR: frozenset(f"{area}:{verb}" for area in AREAS for verb in ("read", "write")),
    Role.PRODUCER: READ | {"graphics:write"},
    Role.SCORER: READ | {"tournaments:write", "scoreboard:write"},
    Role.VIEWER: READ,
}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """What these roles allow together; unknown roles allow nothing."""
    return frozenset().union(*(SCOPES.get(role, frozenset()) for role in roles))
