"""Options: values that staff may change while the program runs.

An app declares its options in its ``options.py``; code reads them by key. A value comes from the
environment variable of the option, else it is the default. Reading is one look-up in a mapping that
is replaced as a whole and never changed, so two keys read from one ``snapshot()`` belong together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A whole number with bounds, its default, and what it does in the words of staff."""

    key: str
    default: int
    low: int
    high: int
    help: str

    @property
    def variable(self) -> str:
        """``graphics.lock_ttl_seconds`` is ``GAL_GRAPHICS_LOCK_TTL_SECONDS``."""
        return "GAL_" + self.key.replace(".", "_").upper()

    def parse(self, text: str) -> int:
        """Raises ``ValueError`` with a sentence that says the bounds."""
        number = int(text) if text.strip().lstrip("-").isdecimal() and text.isascii() else None
        if number is None or not self.low <= number <= self.high:
            raise ValueError(f"must be a whole number from {self.low} to {self.high}")
        return number


_declared: dict[str, Option] = {}
_values: Mapping[str, int] = MappingProxyType({})


def declare(options: Iterable[Option]) -> None:
    """Make options known, in ``AppConfig.ready``. A bad variable stops the start by its name."""
    global _values  # noqa: PLW0603 - the mapping is replaced as a whole
    values = dict(_values)
    for option in options:
        _declared[option.key] = option
        text = settings.READ_VARIABLE(option.variable)
        try:
            values[option.key] = option.default if text is None else option.parse(text)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"The environment variable {option.variable} {error}."
            ) from None
    _values = MappingProxyType(values)


def value(key: str) -> int:
    """The value now. Raises ``KeyError`` for a key that nobody declared."""
    return _values[key]
