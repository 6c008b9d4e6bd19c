"""All options of the program, and what was stored for them.

``load`` reads the stored values and makes this process obey them; ``resolve`` says what they come
to. A row that cannot be right (another release wrote it, or somebody by hand) takes nobody down:
the process keeps its last good value, and the fault is told in the log, in the health of the server
and beside the key.
"""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson
from django.conf import settings

from configuration.models import ALL, ConfigurationEntry
from gal_dashboard.core import options
from gal_dashboard.core.option_kinds import OptionValueError
from gal_dashboard.core.options import Option, Setting, Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What stored rows come to: by key the setting, the row that speaks, and the fault if any."""

    settings: Mapping[str, Setting]
    speakers: Mapping[str, ConfigurationEntry]
    problems: Mapping[str, str]


@dataclass(slots=True)
class _Registry:
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_loaded: bool = False
    # One load at a time: an older reading must never replace a newer one.
    loading: threading.Lock = field(default_factory=threading.Lock)


_registry = _Registry()


def environment() -> str:
    """The name of the environment that this server runs in."""
    return str(settings.APP_ENV)


def load() -> None:
    """Obey what is stored now. Raises ``django.db.Error``, and everything stays as it was."""
    with _registry.loading:
        rows = ConfigurationEntry.objects.filter(
            key__in=list(options.declared()), environment__in=[ALL, environment()]
        )
        found = resolve(rows)
        options.apply(found.settings)
        for key, sentence in found.problems.items():
            if _registry.problems.get(key) != sentence:
                logger.error("The stored value of %s %s; the last good one holds.", key, sentence)
        _registry.problems = found.problems
        _registry.is_loaded = True


def is_loaded() -> bool:
    return _registry.is_loaded


def problems() -> Mapping[str, str]:
    """Keys whose stored value this process cannot obey, and why."""
    return _registry.problems


def resolve(rows: Iterable[ConfigurationEntry]) -> Resolution:
    """What these rows of this environment and of all come to, beside variables and defaults."""
    by_key: dict[str, dict[str, ConfigurationEntry]] = {}
    for row in rows:
        by_key.setdefault(row.key, {})[row.environment] = row
    found: dict[str, Setting] = {}
    speakers: dict[str, ConfigurationEntry] = {}
    problems: dict[str, str] = {}
    for key, mine in by_key.items():
        option = options.declared().get(key)
        if option is None:
            continue
        candidates = [mine[name] for name in (environment(), ALL) if name in mine]
        if candidates:
            speakers[key] = candidates[0]
            settled, fault = _settle(option, candidates)
            if settled is not None:
                found[key] = settled
            if fault is not None:
                problems[key] = fault
    return Resolution(found, speakers, problems)


def _settle(
    option: Option, candidates: list[ConfigurationEntry]
) -> tuple[Setting | None, str | None]:
    """The setting of one option, and what is wrong with the row that should speak."""
    fault: str | None = None
    for row in candidates:
        try:
            value = option.judge(orjson.loads(row.value))
        except ValueError as error:
            if fault is None:
                is_judged = isinstance(error, OptionValueError)
                fault = str(error) if is_judged else "is no JSON"
                last = options.setting(option.key)
                if last.source in {Source.ENVIRONMENT, Source.ALL}:
                    return last, fault
            continue
        source = Source.ENVIRONMENT if row.environment else Source.ALL
        return Setting(value, source), fault
    return None, fault
