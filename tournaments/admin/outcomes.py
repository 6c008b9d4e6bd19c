"""Two results of one lobby beside each other, as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NOT_THERE: Final = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """What one player has in each: a place, ``absent``, or a dash for who is not in it."""

    player: str
    before: str
    after: str

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Line]:
    """In the order of ``after``, then who is only in ``before``; both as results are sent."""
    then, now = _outcomes(before), _outcomes(after)
    return [
        Line(name, then.get(name, NOT_THERE), now.get(name, NOT_THERE))
        for name in (*now, *(name for name in then if name not in now))
    ]


def _outcomes(said: Mapping[str, Any]) -> dict[str, str]:
    placed = {name: str(place) for name, place in said["placements"].items()}
    return placed | dict.fromkeys(said["absent"], "absent")
