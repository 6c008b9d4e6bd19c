"""Form fields that let staff write rules as they say them; the database keeps them as JSON."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from tournaments.limits import HIGHEST_DAY, LONGEST_NAME, LONGEST_RIOT_ID, MOST_POINTS
from tournaments.presets import cut_text
from tournaments.standings import LOBBY_SIZE, METRICS, Cut

_SEPARATORS: Final = re.compile(r"[,;\n\r]+")
_NUMBER: Final = re.compile(r"[0-9]{1,4}\Z")
_DAYS: Final = re.compile(r"([0-9]{1,4})(?:\s*(?:-|to)\s*([0-9]{1,4}))?\Z")
_CUT: Final = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?\s*:\s*([0-9]{1,4})\Z")


def parts_of(text: str) -> list[str]:
    """What stands between commas, semicolons and line ends."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


class ListField(forms.CharField):
    """A field whose value is a structure and whose text is a list, parsed by a subclass."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else self.text_of(value)

    def to_python(self, value: Any) -> Any:
        return self.parse(parts_of(super().to_python(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or self.empty()) != self.to_python(data)
        except ValidationError:
            return True

    def run_validators(self, value: Any) -> None:
        """Those of a text do not apply to what was parsed from it."""

    def empty(self) -> Any:
        return []

    def text_of(self, value: Any) -> str:
        return ", ".join(map(str, value))

    def parse(self, parts: list[str]) -> Any:
        raise NotImplementedError


class PointsField(ListField):
    """``{"1": 8, ...}`` as the points of the first place, the second, and so on."""

    def text_of(self, value: dict[str, int]) -> str:
        return ", ".join(str(value.get(str(place), 0)) for place in self._places(value))

    def parse(self, parts: list[str]) -> dict[str, int]:
        if len(parts) > LOBBY_SIZE:
            raise ValidationError(f"A lobby has {LOBBY_SIZE} places, these are {len(parts)}.")
        wrong = [part for part in parts if not _NUMBER.match(part) or int(part) > MOST_POINTS]
        if wrong:
            raise ValidationError(f"Not points from 0 to {MOST_POINTS}: {', '.join(wrong)}.")
        return {str(place): int(points) for place, points in enumerate(parts, start=1)}

    def _places(self, value: dict[str, int]) -> Iterable[int]:
        return range(1, max(map(int, value), default=0) + 1)


class ChainField(ListField):
    """Metrics by name, the first that differs decides."""

    def parse(self, parts: list[str]) -> list[str]:
        unknown = [part for part in parts if part not in METRICS]
        if unknown:
            raise ValidationError(
                f"Unknown: {', '.join(unknown)}. There are: {', '.join(METRICS)}."
            )
        if len(set(parts)) != len(parts):
            raise ValidationError("A metric stands here twice.")
        return parts


class DaysField(ListField):
    """``[1, 2, 3]`` as ``1, 2, 3`` or ``1-3``."""

    def parse(self, parts: list[str]) -> list[int]:
        days: set[int] = set()
        for part in parts:
            match = _DAYS.match(part)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
            if not 1 <= first <= last <= HIGHEST_DAY:
                raise ValidationError(f"{part} is no day. Write 1, 2 or 1-2.")
            days.update(range(first, last + 1))
        return sorted(days)


class CutsField(ListField):
    """Who goes on, as ``DAY: HOW MANY`` or ``DAY.GAME: HOW MANY``."""

    def text_of(self, value: list[dict[str, int | None]]) -> str:
        return ", ".join(cut_text(Cut(cut["day"], cut["game"], cut["to"])) for cut in value)

    def parse(self, parts: list[str]) -> list[dict[str, int | None]]:
        cuts = []
        for part in parts:
            match = _CUT.match(part)
            if match is None or 0 in (numbers := [int(group) for group in match.groups() if group]):
                raise ValidationError(f"{part} is no cut. Write 2: 8 or 1.4: 32.")
            cuts.append(
                {"day": numbers[0], "game": int(match[2]) if match[2] else None, "to": numbers[-1]}
            )
        return cuts


class SpellingsField(ListField):
    """Other spellings of a name, one a line: names may hold commas."""

    widget = forms.Textarea({"rows": 3})

    def to_python(self, value: Any) -> Any:
        lines = forms.CharField.to_python(self, value).splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def text_of(self, value: list[str]) -> str:
        return "\n".join(value)


class MembersField(ListField):
    """The players of a team, one a line: a name, and after a semicolon the Riot id."""

    widget = forms.Textarea({"rows": 3})

    def to_python(self, value: Any) -> Any:
        lines = forms.CharField.to_python(self, value).splitlines()
        return [self._member(line) for line in lines if line.strip()]

    def text_of(self, value: list[dict[str, str]]) -> str:
        return "\n".join(
            f"{member['name']}; {member['riot_id']}" if member.get("riot_id") else member["name"]
            for member in value
        )

    def _member(self, line: str) -> dict[str, str]:
        name, _, riot_id = (part.strip() for part in line.partition(";"))
        if not name or len(name) > LONGEST_NAME or len(riot_id) > LONGEST_RIOT_ID:
            raise ValidationError(f"{line[:40]} is no player. Write Ann; Ann#EUW.")
        return {"name": name, "riot_id": riot_id}
