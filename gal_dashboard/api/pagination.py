"""What a query may ask of a list: ``skip`` and ``limit``, and numbers and words of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rest_framework.request import Request

from gal_dashboard.api.converters import MAX_ID, IdConverter
from gal_dashboard.core.errors import InvalidFieldsError

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000
MAX_SKIP: Final = 2**31 - 1
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
_DIGITS = re.compile(r"[0-9]{1,10}\Z")
_ID = re.compile(rf"{IdConverter.regex}\Z")


@dataclass(frozen=True, slots=True)
class Page:
    """A window of a list: rows ``skip`` to ``skip + limit``."""

    skip: int
    limit: int

    @property
    def window(self) -> slice:
        return slice(self.skip, self.skip + self.limit)

    @property
    def number(self) -> int:
        """Counted from 1, as pages are for people."""
        return self.skip // self.limit + 1


def page_of(request: Request, *, max_limit: int = MAX_LIMIT) -> Page:
    """The page that a request asks for. Raises ``InvalidFieldsError`` when out of range."""
    skip = number_of(request, "skip", default=0, low=0, high=MAX_SKIP)
    limit = number_of(
        request, "limit", default=min(DEFAULT_LIMIT, max_limit), low=1, high=max_limit
    )
    return Page(skip=skip, limit=limit)


def number_of(request: Request, name: str, *, default: int, low: int, high: int) -> int:
    """A whole number of the query, in ASCII digits and within its bounds."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    if _DIGITS.match(text) and low <= int(text) <= high:
        return int(text)
    raise InvalidFieldsError({name: [f"Must be a whole number from {low} to {high}."]})


def id_of(request: Request, name: str) -> int | None:
    """The id of an object in the query, ``None`` without one."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return None
    number = read_id(text)
    if number is None:
        raise InvalidFieldsError({name: ["Must be the number of an object."]})
    return number


def read_id(text: str) -> int | None:
    """The id that ``text`` spells as addresses do, ``None`` for any other text."""
    return int(text) if _ID.match(text) and int(text) <= MAX_ID else None


def flag_of(request: Request, name: str) -> bool:
    """A yes or no of the query; no without one."""
    flag = read_flag(request.query_params.get(name) or "false")
    if flag is None:
        raise InvalidFieldsError({name: ["Must be true or false."]})
    return flag


def read_flag(text: str) -> bool | None:
    """``None`` for any other word than true, false, 1 and 0."""
    return _FLAGS.get(text.lower())


def choice_of(request: Request, name: str, choices: Sequence[str], *, default: str) -> str:
    """One of ``choices``."""
    text = request.query_params.get(name) or default
    if text not in choices:
        raise InvalidFieldsError({name: [f"Must be one of {', '.join(choices)}."]})
    return text


def choices_of(request: Request, name: str, choices: Sequence[str]) -> Sequence[str]:
    """Some of ``choices``, separated by commas, in their own order; all of them by default."""
    words = (text.strip() for text in request.query_params.get(name, "").split(","))
    wanted = {word for word in words if word}
    if not wanted <= set(choices):
        raise InvalidFieldsError({name: [f"Must be names of {', '.join(choices)}."]})
    return [choice for choice in choices if choice in wanted] or choices
