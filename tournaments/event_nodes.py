"""Values of an event file, each with its place in it, so that every fault can be named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class EventFaultError(ValueError):
    """Raised with a sentence that says where in the file and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value; ``path`` is how to find it, such as ``days[0].games[2]``."""

    value: Any
    path: str = ""

    def fault(self, sentence: str) -> EventFaultError:
        return EventFaultError(f"{self.path or 'the file'} {sentence}")

    def member(self, name: str) -> Self:
        """A member that must be there."""
        found = self.optional(name)
        if found is None:
            raise EventFaultError(f"{self._path_of(name)} is missing")
        return found

    def optional(self, name: str) -> Self | None:
        """A member that may be absent, or null."""
        value = self._object().get(name)
        return None if value is None else type(self)(value, self._path_of(name))

    def members(self) -> Iterator[tuple[str, Self]]:
        for name, value in self._object().items():
            yield name, type(self)(value, self._path_of(name))

    def items(self) -> list[Self]:
        """The items of a list that is not empty."""
        if not isinstance(self.value, list) or not self.value:
            raise self.fault("must be a list with something in it")
        return [
            type(self)(value, f"{self.path}[{index}]") for index, value in enumerate(self.value)
        ]

    def number(self, low: int, high: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.fault("must be a whole number")
        if not low <= self.value <= high:
            raise self.fault(f"must be from {low} to {high}")
        return self.value

    def text(self, longest: int) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.fault("must be a text")
        if self.value != self.value.strip():
            raise self.fault("has blanks around it")
        if len(self.value) > longest:
            raise self.fault(f"has more than {longest} characters")
        if _CONTROL.search(self.value):
            raise self.fault("holds control characters")
        return self.value

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.fault("must be an object")
        return self.value

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
