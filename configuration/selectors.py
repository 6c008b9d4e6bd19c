"""Reads of configuration: every key with its value, and who says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from configuration import registry
from configuration.errors import UnknownKeyError
from configuration.models import ALL, ConfigurationChange, ConfigurationEntry
from gal_dashboard.core import option_kinds, options
from gal_dashboard.core.context import Actor
from gal_dashboard.core.options import Option, Setting, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A key as it stands now. ``option`` is ``None`` for a key of a client.

    ``row`` is the stored value that speaks, or would if no variable did. ``problem`` says why the
    stored value cannot be obeyed.
    """

    key: str
    category: str
    option: Option | None
    setting: Setting
    row: ConfigurationEntry | None
    problem: str | None = None


def known(key: str, *, actor: Actor) -> Known:
    """Raises ``UnknownKeyError``, also for a key that ``actor`` may not see."""
    found = all_known(actor=actor, key=key)
    if not found:
        raise UnknownKeyError
    return found[0]


def all_known(*, actor: Actor, key: str | None = None, category: str | None = None) -> list[Known]:
    """The keys that ``actor`` may see, by name, in one query."""
    rows = ConfigurationEntry.objects.filter(environment__in=[ALL, registry.environment()])
    if key is not None:
        rows = rows.filter(key=key)
    rows_by_key: dict[str, list[ConfigurationEntry]] = {}
    for row in rows.order_by("key", "-environment"):  # the row of this environment first
        rows_by_key.setdefault(row.key, []).append(row)
    declared = {
        name: option
        for name, option in options.declared().items()
        if (key is None or name == key) and actor.may(option.seen_by)
    }
    resolution = registry.resolve(row for name in declared for row in rows_by_key.get(name, []))
    found = [_of_program(option, resolution) for option in declared.values()]
    found += [
        _of_client(mine[0]) for name, mine in rows_by_key.items() if name not in options.declared()
    ]
    if category is not None:
        found = [one for one in found if one.category == category]
    return sorted(found, key=lambda one: one.key)


def key_exists(key: str) -> bool:
    """Whether the program declares the key, or a client has stored it here."""
    if key in options.declared():
        return True
    here = [ALL, registry.environment()]
    return ConfigurationEntry.objects.filter(key=key, environment__in=here).exists()


def history_length(key: str) -> int:
    """How many changes the key has had."""
    return ConfigurationChange.objects.filter(key=key).count()


def history(key: str, window: slice = slice(None)) -> list[dict[str, Any]]:
    """The changes of a key, the newest first; of secrets only that there was a change.

    Only those in ``window`` are read.
    """
    return [
        {
            "id": change.pk,
            "action": change.action,
            "environment": change.environment or "all",
            "author": change.author,
            "at": change.at,
            "before": _loaded(change.before),
            "after": _loaded(change.after),
        }
        for change in ConfigurationChange.objects.filter(key=key).order_by("-pk")[window]
    ]


def body(one: Known) -> dict[str, Any]:
    """A key as the API shows it. A secret shows only whether there is one."""
    option, row = one.option, one.row
    value = option_kinds.on_the_wire(one.setting.value)
    shown = {
        "key": one.key,
        "value": value,
        "description": (row.description if row else "") or (option.help if option else ""),
        "category": one.category,
        "type": str(option.kind) if option else "json",
        "source": str(one.setting.source),
        "environment": (row.environment or "all") if row else None,
        "is_registered": option is not None,
        "is_secret": option.is_secret if option else False,
        "problem": one.problem,
        "created_at": row.created_at if row else None,
        "updated_at": row.updated_at if row else None,
        "updated_by": row.updated_by if row else None,
    }
    if option is None:
        return shown
    if option.is_secret:
        shown["value"] = option_kinds.MASK if value else ""
    return shown | {
        "title": option.title,
        "default": None if option.is_secret else option_kinds.on_the_wire(option.default),
        "variable": option.variable,
        "minimum": option.low,
        "maximum": option.high,
        "choices": list(option.choices),
        "pattern": option.pattern,
        "needs_restart": option.needs_restart,
    }


def _of_program(option: Option, resolution: registry.Resolution) -> Known:
    own = options.setting(option.key)
    is_fixed = own.source == Source.VARIABLE
    return Known(
        key=option.key,
        category=option.category,
        option=option,
        setting=own if is_fixed else resolution.settings.get(option.key, option.default_setting),
        row=resolution.speakers.get(option.key),
        problem=resolution.problems.get(option.key),
    )


def _of_client(row: ConfigurationEntry) -> Known:
    source = Source.ENVIRONMENT if row.environment else Source.ALL
    value = _loaded(row.value)
    return Known(
        key=row.key, category=row.category, option=None, setting=Setting(value, source), row=row
    )


def _loaded(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # written by hand; the page must open all the same
        return None


def by_category(found: Iterable[Known]) -> Mapping[str, list[Known]]:
    grouped: dict[str, list[Known]] = {}
    for one in found:
        grouped.setdefault(one.category, []).append(one)
    return dict(sorted(grouped.items()))
