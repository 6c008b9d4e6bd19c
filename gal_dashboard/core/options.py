"""Options: values that staff may change while the program runs.

An app declares its options in its ``options.py``; code reads them by key. A value comes from the
environment variable of the option, else from what was stored (``apply`` brings it), else it is the
default. Reading is one look-up in a mapping that is replaced as a whole and never changed, so two
keys that are read from one ``snapshot()``, or within one ``pinned()`` block, belong together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gal_dashboard.core import option_kinds
from gal_dashboard.core.option_kinds import Kind, OptionValueError


class Source(StrEnum):
    """Who speaks, the mightiest first."""

    VARIABLE = "variable"
    ENVIRONMENT = "environment"
    ALL = "all"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One key: its type, default and bounds, and what it does in the words of staff.

    ``low`` and ``high`` bound a number, the length of a text or the count of a list. ``check``
    judges what these cannot say and raises ``OptionValueError``. ``seen_by`` and
    ``changed_by`` are scopes.
    """

    key: str
    kind: Kind
    default: Any
    title: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    pattern_help: str = ""
    check: Callable[[Any], None] | None = None
    seen_by: str = "configuration:read"
    changed_by: str = "configuration:write"
    needs_restart: bool = False

    @property
    def category(self) -> str:
        return self.key.partition(".")[0]

    @property
    def variable(self) -> str:
        """``graphics.lock_ttl_seconds`` is ``GAL_GRAPHICS_LOCK_TTL_SECONDS``."""
        return "GAL_" + self.key.replace(".", "_").upper()

    @property
    def is_secret(self) -> bool:
        return self.kind == Kind.SECRET

    @property
    def default_setting(self) -> "Setting":
        return Setting(self.judge(self.default), Source.DEFAULT)

    def judge(self, value: Any) -> Any:
        """A JSON value as programs use it. Raises ``OptionValueError``, which says the
        bounds."""
        judged = option_kinds.judge(self.kind, value, self)
        if self.check is not None:
            self.check(judged)
        return judged

    def parse(self, text: str) -> Any:
        """As ``judge``, from a text."""
        return self.judge(option_kinds.read(self.kind, text))


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and where it comes from."""

    value: Any
    source: Source


_declared: dict[str, Option] = {}
_settings: Mapping[str, Setting] = MappingProxyType({})
_values: Mapping[str, Any] = MappingProxyType({})
_pinned: ContextVar[Mapping[str, Any] | None] = ContextVar("gal_options", default=None)


def declare(options: Iterable[Option]) -> None:
    """Make options known, in ``AppConfig.ready``. A bad variable stops the start by its name."""
    found = dict(_settings)
    for option in options:
        _declared[option.key] = option
        text = settings.READ_VARIABLE(option.variable)
        try:
            found[option.key] = (
                option.default_setting
                if text is None
                else Setting(option.parse(text), Source.VARIABLE)
            )
        except OptionValueError as error:
            raise ImproperlyConfigured(
                f"The environment variable {option.variable} {error}."
            ) from None
    _replace(found)


def value(key: str) -> Any:
    """The value now. Raises ``KeyError`` for a key that nobody declared."""
    return (_pinned.get() or _values)[key]


def snapshot() -> Mapping[str, Any]:
    """All values of one moment; never changed."""
    return _pinned.get() or _values


@contextmanager
def pinned() -> Iterator[None]:
    """Inside, every reader of this thread or task sees the values of one moment."""
    token = _pinned.set(_values)
    try:
        yield
    finally:
        _pinned.reset(token)


def declared() -> Mapping[str, Option]:
    """All options by key, in the order of their declaration."""
    return MappingProxyType(_declared)


def setting(key: str) -> Setting:
    """The value that this process obeys, and who speaks. Raises ``KeyError``."""
    return _settings[key]


def apply(stored: Mapping[str, Setting]) -> None:
    """Obey what was stored, judged by whoever read it. A variable is mightier; others default.

    A request that is under way keeps what it began with, except the caller's own.
    """
    found = {
        key: current
        if current.source == Source.VARIABLE
        else stored.get(key)
        or Setting(_declared[key].judge(_declared[key].default), Source.DEFAULT)
        for key, current in _settings.items()
    }
    _replace(found)
    if _pinned.get() is not None:
        _pinned.set(_values)


def _replace(found: Mapping[str, Setting]) -> None:
    global _settings, _values  # noqa: PLW0603 - both mappings are replaced as a whole
    _settings = MappingProxyType(dict(found))
    _values = MappingProxyType({key: setting.value for key, setting in found.items()})
