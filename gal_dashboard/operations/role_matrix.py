"""Who may do what, as one table: read from the views, the sockets, the admin and the roles.

``manage.py role_matrix`` writes it into the documentation. Nothing here decides anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from gal_dashboard.api.permissions import IsSignedIn, required_scope
from gal_dashboard.api.views import ApiViewSet
from gal_dashboard.core.admin import ReadOnlyModelAdmin, ScopedAdmin
from gal_dashboard.core.admin_site import LeagueAdminSite
from gal_dashboard.realtime import protocol
from gal_dashboard.settings.environment import BASE_DIR
from users.choices import Role
from users.permissions import SCOPES

DOCUMENT: Final = BASE_DIR / "docs" / "api.md"
BEGIN: Final = "<!-- roles: written by `manage.py role_matrix` -->\n"
END: Final = "<!-- roles: end -->\n"

NOBODY: Final = "nobody"
# From who may least to who may all.
ROLES: Final = (Role.VIEWER, Role.SCORER, Role.PRODUCER, Role.ADMINISTRATOR)
COLUMNS: Final = (NOBODY, *(role.value for role in ROLES))
EVERYBODY: Final = frozenset(COLUMNS)
SIGNED_IN: Final = EVERYBODY - {NOBODY}

_CONVERTER = re.compile(r"<(?:[^>:]+:)?([^>]+)>")
_NAMES: Final = {"pk": "id"}


@dataclass(frozen=True, slots=True)
class Row:
    """``deed`` is a method, or what one does with a page or a socket; ``who`` are columns."""

    deed: str
    address: str
    who: frozenset[str]


def rows() -> list[Row]:
    return [*_routes(), *_overlays(), *_sockets(), *_pages()]


def table() -> str:
    head = ["", "address", *COLUMNS]
    lines = [head, ["---"] * len(head)]
    for row in rows():
        marks = ["yes" if column in row.who else "" for column in COLUMNS]
        lines.append([row.deed, f"`{row.address}`", *marks])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read_table(text: str) -> list[Row]:
    """The table as the documentation has it. Raises ``ValueError`` where it has none."""
    _, body, _ = _parts(text)
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in body.splitlines()]
    return [
        Row(
            deed=deed,
            address=address.strip("`"),
            who=frozenset(c for c, mark in zip(COLUMNS, marks, strict=True) if mark),
        )
        for deed, address, *marks in cells[2:]
    ]


def with_table(text: str) -> str:
    """The document with today's table in it. Raises as ``read_table``."""
    before, _, after = _parts(text)
    return f"{before}{BEGIN}{table()}{END}{after}"


def _parts(text: str) -> tuple[str, str, str]:
    start, end = text.index(BEGIN), text.index(END)
    return text[:start], text[start + len(BEGIN) : end], text[end + len(END) :]


def _roles_with(scope: str | None) -> frozenset[str]:
    return frozenset(role.value for role in ROLES if scope in SCOPES[role])


def _routes() -> list[Row]:
    found = [
        Row(method.upper(), address, _callers(view, action, method.upper()))
        for address, pattern in _patterns(get_resolver().url_patterns, "/")
        if issubclass(view := getattr(pattern.callback, "cls", object), ApiViewSet)
        for method, action in pattern.callback.actions.items()
        if method != "head"
    ]
    return sorted(found, key=lambda row: (row.address, row.deed))


def _callers(view: type[ApiViewSet], action: str, method: str) -> frozenset[str]:
    if action in view.public_actions:
        return EVERYBODY
    if view.permission_classes == [IsSignedIn]:
        return SIGNED_IN
    return _roles_with(required_scope(view, action, method))


def _patterns(entries: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        address = prefix + _CONVERTER.sub(
            lambda found: f"{{{_NAMES.get(found[1], found[1])}}}", str(entry.pattern)
        )
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, address)
        else:
            yield address, entry


def _overlays() -> list[Row]:
    """Pages that ask nobody who they are: what they show, their sockets and views decide."""
    addresses = ("/canvas/view/{id}", "/overlay/k/{key}", "/overlay/{id}")
    return [Row("GET", address, EVERYBODY) for address in addresses]


def _sockets() -> list[Row]:
    return [
        Row("follows", "/ws/events", _roles_with(protocol.STAFF_SCOPE)),
        Row("follows", "/ws/overlay/{id}", EVERYBODY),
        Row("follows", "/ws/overlay/k/{key}", EVERYBODY),
    ]


def _pages() -> list[Row]:
    pages = [page for page in admin.site._registry.values() if isinstance(page, ScopedAdmin)]  # noqa: SLF001 - Django has no other list of them
    found = [
        Row("sees", reverse(f"admin:{page.name}"), _roles_with(page.scope))
        for page in cast("LeagueAdminSite", admin.site).pages
    ]
    for page in pages:
        address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
        found.append(Row("sees", address, _roles_with(page.read_scope)))
        if not isinstance(page, ReadOnlyModelAdmin):
            found.append(Row("writes", address, _roles_with(page.write_scope)))
    return sorted(found, key=lambda row: (row.address, row.deed))
