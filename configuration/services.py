"""Writes of configuration. What is judged wrong changes nothing; what is stored is obeyed at once.

This process obeys before the writer is answered, every other as soon as it hears of it through the
event log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson
from django.db import transaction

from configuration import registry, selectors
from configuration.choices import ChangeAction
from configuration.errors import (
    ChangeNotFoundError,
    FixedByVariableError,
    KeyExistsError,
    NotYoursToChangeError,
    SecretHistoryError,
    TooManyKeysError,
    UnknownKeyError,
)
from configuration.events import CHANGED_STREAM, configuration_changed
from configuration.models import ALL, ConfigurationChange, ConfigurationEntry
from gal_dashboard.audit import trail
from gal_dashboard.core import option_kinds, options, wire
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from gal_dashboard.core.options import Option, Source
from gal_dashboard.events.recording import emit, emit_internal, recording

CLIENTS_CATEGORY: Final = "custom"
MOST_CLIENT_KEYS: Final = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Which row is meant: of one key, in one environment or in all."""

    key: str
    environment: str


@dataclass(slots=True)
class BulkReport:
    """What became of each key of a bulk update."""

    updated: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)


def set_value(
    *,
    actor: Actor,
    key: str,
    value: Any,
    description: str | None = None,
    environment: str | None = None,
) -> None:
    """Store a value for a key that exists.

    ``environment`` is ``""`` for all; by default the row that speaks is changed. A value that is
    there already changes nothing and tells nobody. Raises ``UnknownKeyError``,
    ``FixedByVariableError``, ``NotYoursToChangeError``, ``InvalidFieldsError``.
    """
    with recording():
        option = _existing(key, actor)
        text = _judged(option, value)
        place = _place(key, environment)
        if store(actor=actor, place=place, text=text, description=description, category=None):
            tell_processes()


def create_value(
    *, actor: Actor, key: str, value: Any, description: str = "", category: str = CLIENTS_CATEGORY
) -> None:
    """A new key of a client, which the program keeps and does not obey.

    Raises ``KeyExistsError``, ``InvalidFieldsError``, ``TooManyKeysError``.
    """
    with recording():
        if selectors.key_exists(key):
            raise KeyExistsError(key=key)
        if category in {option.category for option in options.declared().values()}:
            raise InvalidFieldsError(
                {"category": [f"{category} belongs to the program; choose another."]}
            )
        text = _judged(None, value)
        mine = ConfigurationEntry.objects.exclude(key__in=list(options.declared()))
        if mine.count() >= MOST_CLIENT_KEYS:
            raise TooManyKeysError(limit=MOST_CLIENT_KEYS)
        place = Place(key, ALL)
        is_new = store(
            actor=actor,
            place=place,
            text=text,
            description=description,
            category=category,
            only_new=True,
        )
        if not is_new:  # another client was faster
            raise KeyExistsError(key=key)
        tell_processes()


def delete_value(*, actor: Actor, key: str) -> bool:
    """Remove what is stored for a key here: an option goes back to its default.

    False if a declared key had nothing stored. Raises ``UnknownKeyError``,
    ``NotYoursToChangeError``.
    """
    with recording():
        option = _existing(key, actor, may_be_fixed=True)
        row = _rows_here(key).select_for_update().order_by("-environment").first()
        if row is None:
            return False
        _remove(row, actor=actor, option=option)
        tell_processes()
        return True


def update_many(*, actor: Actor, values: Mapping[str, Any], is_atomic: bool) -> BulkReport:
    """Store several values, each on its own; with ``is_atomic`` all or none.

    With ``is_atomic`` any fault raises ``InvalidFieldsError`` with a path for each faulty key.
    """
    report = BulkReport()
    with recording():
        judged: dict[str, str] = {}
        for key, value in values.items():
            try:
                judged[key] = _judged(_existing(key, actor), value)
            except InvalidFieldsError as error:
                report.errors[key] = error.errors["value"]
            except DomainError as error:
                report.errors[key] = [str(error)]
        if is_atomic and report.errors:
            raise InvalidFieldsError(report.errors)
        changed = [  # in one order: writers of the same keys must not wait for each other
            store(actor=actor, place=_place(key, None), text=text)
            for key, text in sorted(judged.items())
        ]
        report.updated = list(judged)
        if any(changed):
            tell_processes()
    return report


def roll_back(*, actor: Actor, key: str, change_id: int) -> None:
    """Put back what the key had before a change: its value, or that it had none.

    Raises ``UnknownKeyError``, ``ChangeNotFoundError``, ``SecretHistoryError``,
    ``FixedByVariableError``, ``InvalidFieldsError`` (a former value that bounds no longer allow).
    """
    with recording():
        change = ConfigurationChange.objects.filter(pk=change_id, key=key).first()
        if change is None:
            raise ChangeNotFoundError
        option = options.declared().get(key)
        if option is not None:
            _refuse_change(option, actor)
        if change.is_secret:
            raise SecretHistoryError(key=key)
        place = Place(key, change.environment)
        if change.before is None:
            row = _locked(place)
            if row is None:
                return
            _remove(row, actor=actor, option=option)
        else:
            store(
                actor=actor,
                place=place,
                text=_judged(option, orjson.loads(change.before)),
                description=change.description,
                category=change.category,
            )
        tell_processes()


def store(
    *,
    actor: Actor,
    place: Place,
    text: str,
    description: str | None = None,
    category: str | None = None,
    only_new: bool = False,
) -> bool:
    """Write one row with its history, audit and event, in the caller's ``recording()``.

    ``text`` is judged JSON. False if nothing changed, or with ``only_new`` if the row is there. The
    caller calls ``tell_processes`` once when it has stored everything.
    """
    option = options.declared().get(place.key)
    row, is_new = ConfigurationEntry.objects.select_for_update().get_or_create(
        key=place.key,
        environment=place.environment,
        defaults={
            "value": text,
            "description": description or "",
            "category": option.category if option else category or CLIENTS_CATEGORY,
            "updated_by": actor.name,
        },
    )
    before: str | None = None
    if not is_new:
        wanted_words = row.description if description is None else description
        is_same = (row.value, row.description) == (text, wanted_words)
        if only_new or is_same:
            return False
        before, row.value = row.value, text
        row.description, row.updated_by = wanted_words, actor.name
        row.save(update_fields=["value", "description", "updated_by", "updated_at"])
    action = ChangeAction.CREATED if is_new else ChangeAction.UPDATED
    _tell(action, row, option=option, actor=actor, before=before, after=text)
    return True


def tell_processes() -> None:
    """Have this process obey before the writer is answered, and the others hear of it."""
    emit_internal(CHANGED_STREAM, name="configuration.changed", payload={})
    transaction.on_commit(partial(registry.load), robust=True)


def judged_text(key: str, value: Any) -> str:
    """The JSON to store for a key. Raises ``InvalidFieldsError`` at ``value``."""
    return _judged(options.declared().get(key), value)


# --- Refusals -------------------------------------------------------------------------------------
def _existing(key: str, actor: Actor, *, may_be_fixed: bool = False) -> Option | None:
    option = options.declared().get(key)
    if option is None:
        if not _rows_here(key).exists():
            raise UnknownKeyError
        return None
    _refuse_change(option, actor)
    if not may_be_fixed and options.setting(key).source == Source.VARIABLE:
        raise FixedByVariableError(key=key, variable=option.variable)
    return option


def _refuse_change(option: Option, actor: Actor) -> None:
    if not actor.may(option.seen_by):
        raise UnknownKeyError
    if not actor.may(option.changed_by):
        raise NotYoursToChangeError(key=option.key)


def _judged(option: Option | None, value: Any) -> str:
    try:
        if option is None:
            judged = option_kinds.judge(option_kinds.Kind.JSON, value, _NO_BOUNDS)
        else:
            judged = option.judge(value)
    except option_kinds.OptionValueError as error:
        sentence = str(error)
        raise InvalidFieldsError({"value": [f"{sentence[0].upper()}{sentence[1:]}."]}) from None
    return wire.dumps(option_kinds.on_the_wire(judged)).decode()


_NO_BOUNDS: Final = Option(
    key="", kind=option_kinds.Kind.JSON, default=None, title="", help="Any JSON of a client."
)


# --- Rows -----------------------------------------------------------------------------------------
def _rows_here(key: str) -> Any:
    here = [ALL, registry.environment()]
    return ConfigurationEntry.objects.filter(key=key, environment__in=here)


def _place(key: str, environment: str | None) -> Place:
    if environment is None:
        is_own = _rows_here(key).exclude(environment=ALL).exists()
        environment = registry.environment() if is_own else ALL
    return Place(key, environment)


def _locked(place: Place) -> ConfigurationEntry | None:
    rows = ConfigurationEntry.objects.select_for_update()
    return rows.filter(key=place.key, environment=place.environment).first()


def _remove(row: ConfigurationEntry, *, actor: Actor, option: Option | None) -> None:
    before = row.value
    pk = row.pk
    row.delete()
    row.pk = pk  # the audit names what is gone
    _tell(ChangeAction.DELETED, row, option=option, actor=actor, before=before, after=None)


def _tell(
    action: ChangeAction,
    row: ConfigurationEntry,
    *,
    option: Option | None,
    actor: Actor,
    before: str | None,
    after: str | None,
) -> None:
    """History, audit trail and event of one change."""
    is_secret = option is not None and option.is_secret
    ConfigurationChange.objects.create(
        key=row.key,
        environment=row.environment,
        action=action,
        author=actor.name,
        before=None if is_secret else before,
        after=None if is_secret else after,
        description=row.description,
        category=row.category,
        is_secret=is_secret,
    )
    shown = (
        (before and option_kinds.MASK, after and option_kinds.MASK)
        if is_secret
        else (before, after)
    )
    trail.record(f"configuration.{action}", actor=actor, target=row, changes={row.key: shown})
    now = _obeyed_after(row.key, option)
    is_open = option is None or (not is_secret and option.seen_by == "configuration:read")
    emit(
        configuration_changed(
            str(action),
            key=row.key,
            value=option_kinds.on_the_wire(now.setting.value) if now and is_open else None,
            category=row.category,
            source=str(now.setting.source) if now else "none",
            actor=actor,
        )
    )


def _obeyed_after(key: str, option: Option | None) -> selectors.Known | None:
    """The key as it is after the change; ``None`` for a client's key that is gone."""
    everybody = Actor(name="", scopes=frozenset({option.seen_by} if option else ()))
    return next(iter(selectors.all_known(actor=everybody, key=key)), None)
