"""Who depends on a tournament: lets go of it before it is deleted, and shows what it says.

Apps above register; nothing here knows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gal_dashboard.core.context import Actor


class Release(Protocol):
    """Ends the caller's use of a tournament, within the transaction that deletes it."""

    def __call__(self, *, actor: Actor, tournament_id: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A graphic that shows a tournament, and how many overlays show that graphic now."""

    id: int
    title: str
    archived: bool
    overlays: int


class FindScreens(Protocol):
    """The graphics that show a tournament, in the order of their numbers."""

    def __call__(self, *, tournament_id: int) -> Sequence[Screen]: ...


_releases: list[Release] = []
_finders: list[FindScreens] = []


def register(release: Release) -> None:
    _releases.append(release)


def register_screens(find: FindScreens) -> None:
    _finders.append(find)


def release(*, actor: Actor, tournament_id: int) -> None:
    """Let all of them let go; the caller holds the tournament's row."""
    for let_go in _releases:
        let_go(actor=actor, tournament_id=tournament_id)


def screens(*, tournament_id: int) -> list[Screen]:
    """Everything that shows the tournament."""
    return [screen for find in _finders for screen in find(tournament_id=tournament_id)]
