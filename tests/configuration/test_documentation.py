"""What the documentation says of options is what the program does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from configuration.documentation import options_table
from gal_dashboard.core.options import declared
from gal_dashboard.settings.environment import BASE_DIR

PAGE = (BASE_DIR / "docs" / "configuration.md").read_text(encoding="utf-8")
PACKAGES = ["gal_dashboard", "users", "configuration", "tournaments", "graphics"]
READERS = {"value", "snapshot"}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (BASE_DIR / package).rglob("*.py")


def constants() -> dict[str, str]:
    """The names by which ``options.py`` and the like call their keys."""
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.AnnAssign(
                    target=ast.Name(id=name), value=ast.Constant(value=str() as key)
                ) if key in declared():
                    found[f"{path.stem}.{name}"] = key
    return found


def names_used_outside_their_declaration() -> dict[str, int]:
    """How often each name of a key is read where it is not declared."""
    uses: dict[str, int] = {}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_declaration = any(
            isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "OPTIONS"
            for node in ast.walk(tree)
        )
        if is_declaration:
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    uses[name] = uses.get(name, 0) + 1
                case ast.Attribute(attr=name, ctx=ast.Load()):
                    uses[name] = uses.get(name, 0) + 1
    return uses


def test_table_of_options_is_the_newest():
    table = re.search(r"<!-- options.*?-->\n(.*?)\n<!-- end", PAGE, re.DOTALL)

    assert table is not None
    assert table[1] == options_table(), "Run `manage.py list_options` and paste its table."


def test_every_key_is_read_by_somebody():
    named = {key: name.rpartition(".")[2] for name, key in constants().items()}
    uses = names_used_outside_their_declaration()

    assert named.keys() == declared().keys()
    assert [key for key, name in named.items() if not uses.get(name)] == []


def test_every_read_is_of_a_key_that_is_declared():
    """A key is read by its constant, never by a text that nobody checks."""
    literal = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="options"), attr="value"),
                    args=[ast.Constant()],
                ):
                    literal.append(f"{path}:{node.lineno}")
    assert literal == []


def test_a_default_that_the_documentation_names_is_that_of_its_option():
    """Written as: 300 (`realtime.overlays_per_address`)."""
    named = [
        (key, int(number.replace(",", "")))
        for page in (BASE_DIR / "docs").glob("*.md")
        for number, key in re.findall(
            r"([0-9][0-9,]*)\s+\(`([a-z_]+\.[a-z_]+)`\)", page.read_text(encoding="utf-8")
        )
    ]

    assert len(named) >= 7
    assert [(key, number) for key, number in named if declared()[key].default != number] == []
