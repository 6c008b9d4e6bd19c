"""Every code that a client may meet stands in the documentation, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from gal_dashboard.settings.environment import BASE_DIR

DOCUMENTED = re.compile(r"^\| [0-9]{3} \| ([^|]+) \|", re.MULTILINE)
PACKAGES = ["gal_dashboard/api", "gal_dashboard/core", "gal_dashboard/operations"]
APPS = ["users", "tournaments", "graphics", "configuration"]
# DRF's own words, which are right as they are.
OF_DRF = {"not_authenticated", "permission_denied", "method_not_allowed", "unsupported_media_type"}
# Of the base class, of the admin and of commands: no request to the API meets them.
NOT_OF_REST = {
    "account_file_invalid",
    "account_line_refused",
    "event_file_invalid",
    "import_changed",
    "invalid",
    "show_file_invalid",
    "show_row_unfit",
}


def sources() -> Iterator[Path]:
    """All modules that answer REST; the admin shows its refusals beside its forms."""
    for package in [*PACKAGES, *APPS]:
        for path in (BASE_DIR / package).rglob("*.py"):
            if "admin" not in str(path.relative_to(BASE_DIR)):
                yield path


def codes_in(path: Path) -> Iterator[str]:
    """The texts that are called ``code``: of classes, and in calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.keyword(arg="code", value=ast.Constant(value=str() as code)):
                yield code
            case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str() as code)):
                yield code
            case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=str() as code)):
                yield code


def answered_with(path: Path) -> set[str]:
    """The codes given to ``_answer(status, code, ...)`` and ``_refuse(status, code, ...)``."""
    calls = re.compile(r"_(?:answer|refuse)\(\s*[\w.]+,\s*\"([a-z_0-9]+)\"")
    return set(calls.findall(path.read_text(encoding="utf-8")))


def test_every_code_is_documented():
    text = (BASE_DIR / "docs/api.md").read_text(encoding="utf-8")
    documented = {
        code for row in DOCUMENTED.findall(text) for code in re.findall(r"`([a-z_0-9]+)`", row)
    }

    sent = {code for path in sources() for code in (*codes_in(path), *answered_with(path))}

    assert sorted(documented ^ ((sent | OF_DRF) - NOT_OF_REST)) == []
