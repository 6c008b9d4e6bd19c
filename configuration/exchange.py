"""Configuration as one YAML file: to carry it to another installation, or to keep it.

Secrets and history stay behind. The same rows always give the same text, so that files can be
compared.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import yaml

from configuration import services
from configuration.models import ALL, LONGEST_DESCRIPTION, ConfigurationEntry
from configuration.names import is_category, is_environment, is_key
from configuration.services import Place
from gal_dashboard.core import options, wire
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.events.recording import recording

FORMAT: Final = "gal-configuration/1"
LARGEST_FILE: Final = 1024 * 1024
MOST_SETTINGS: Final = 2000
HEAD: Final = "# Stored values of the dashboard's configuration. Secrets are never exported.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an import does to one row. ``before`` is ``None`` for a new one."""

    key: str
    environment: str
    before: Any
    after: Any


@dataclass(slots=True)
class ImportReport:
    added: list[Difference] = field(default_factory=list)
    changed: list[Difference] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    text: str
    description: str
    category: str


class _Loader(yaml.SafeLoader):
    """JSON's types only; no aliases, which can make a short file huge; no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "aliases are not allowed", None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen = set()
        for name, _ in node.value:
            if name.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, "a key stands twice", name.start_mark
                )
            seen.add(name.value)
        return super().construct_mapping(node, deep=deep)


# A date would not be JSON; times are texts here.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def export_yaml(*, but: Collection[str] = ()) -> str:
    """All stored values but secrets and the keys ``but``, by key and environment."""
    secrets = [option.key for option in options.declared().values() if option.is_secret]
    rows = ConfigurationEntry.objects.exclude(key__in=[*secrets, *but]).order_by(
        "key", "environment"
    )
    settings = [
        {
            "key": row.key,
            "environment": row.environment or "all",
            "category": row.category,
            "description": row.description,
            "value": orjson.loads(row.value),
        }
        for row in rows
    ]
    document = {"format": FORMAT, "settings": settings}
    return HEAD + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def import_yaml(*, actor: Actor, text: str, is_dry_run: bool) -> ImportReport:
    """Store what a file holds, all or nothing; rows that it does not name stay as they are.

    With ``is_dry_run`` it only says what would change. Raises ``InvalidFieldsError`` with the place
    of each fault, such as ``settings.3.value``.
    """
    rows = _rows(_parsed(text))
    report = ImportReport()
    with recording():
        stored = {
            (row.key, row.environment): row
            for row in ConfigurationEntry.objects.filter(key__in=[row.place.key for row in rows])
        }
        for row in rows:
            old = stored.get((row.place.key, row.place.environment))
            if old is not None and (old.value, old.description) == (row.text, row.description):
                report.unchanged += 1
                continue
            (report.added if old is None else report.changed).append(
                Difference(
                    key=row.place.key,
                    environment=row.place.environment or "all",
                    before=None if old is None else orjson.loads(old.value),
                    after=orjson.loads(row.text),
                )
            )
            if not is_dry_run:
                services.store(
                    actor=actor,
                    place=row.place,
                    text=row.text,
                    description=row.description,
                    category=row.category,
                )
        if not is_dry_run and (report.added or report.changed):
            services.tell_processes()
    return report


def _parsed(text: str) -> list[Any]:
    if len(text.encode(errors="surrogatepass")) > LARGEST_FILE:
        raise InvalidFieldsError({"document": [f"Must be at most {LARGEST_FILE} bytes."]})
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with less
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise InvalidFieldsError({"document": [f"Is not such YAML{where}: {problem}."]}) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidFieldsError({"document": [f"Must begin with `format: {FORMAT}`."]})
    settings = document.get("settings")
    if not isinstance(settings, list) or len(settings) > MOST_SETTINGS:
        raise InvalidFieldsError(
            {"settings": [f"Must be a list of at most {MOST_SETTINGS} values."]}
        )
    return settings


def _rows(settings: list[Any]) -> list[_Row]:
    errors: dict[str, list[str]] = {}
    rows: list[_Row] = []
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(settings):
        path = f"settings.{index}"
        found = {f"{path}.{name}" if name else path: [why] for name, why in _faults(one).items()}
        if found:
            errors |= found
            continue
        environment = ALL if one.get("environment", "all") == "all" else one["environment"]
        place = Place(one["key"], environment)
        if (place.key, place.environment) in seen:
            errors[f"{path}.key"] = ["Stands twice for this environment."]
            continue
        seen.add((place.key, place.environment))
        option = options.declared().get(place.key)
        try:
            text = services.judged_text(place.key, one["value"])
        except InvalidFieldsError as error:
            errors[f"{path}.value"] = error.errors["value"]
            continue
        category = option.category if option else one.get("category", services.CLIENTS_CATEGORY)
        rows.append(_Row(place, text, one.get("description", ""), category))
    if errors:
        raise InvalidFieldsError(errors)
    return sorted(rows, key=lambda row: (row.place.key, row.place.environment))


def _faults(one: Any) -> dict[str, str]:
    """What is wrong with an entry before its value is judged, by the name of the member."""
    if not isinstance(one, dict) or not {"key", "value"} <= one.keys():
        return {"": "Must have a key and a value."}
    key, environment = one["key"], one.get("environment", "all")
    description, category = one.get("description", ""), one.get("category", "custom")
    faults: dict[str, str] = {}
    if not isinstance(key, str) or not is_key(key):
        faults["key"] = "Must be the name of a key."
    elif key in options.declared() and options.declared()[key].is_secret:
        faults["key"] = "Is a secret, which is never imported."
    if not isinstance(environment, str) or not is_environment(environment):
        faults["environment"] = "Must be all, or the name of an environment."
    if not isinstance(description, str) or len(description) > LONGEST_DESCRIPTION:
        faults["description"] = f"Must be a text of at most {LONGEST_DESCRIPTION} characters."
    if not isinstance(category, str) or not is_category(category):
        faults["category"] = "Must be the name of a category."
    if not _is_json(one["value"]):
        faults["value"] = "Must be plain JSON."
    return faults


def _is_json(value: Any) -> bool:
    """YAML has sets, bytes, infinities and other keys than texts; a file of ours has none."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if not all(isinstance(name, str) for name in node):
                return False
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, float):
            if not math.isfinite(node):
                return False
        elif not isinstance(node, str | int | None):
            return False
    try:
        wire.dumps(value)
    except (TypeError, ValueError):  # an integer beyond 64 bits, a lone surrogate
        return False
    return True
