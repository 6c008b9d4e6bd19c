"""Who must let go of a tournament before it is deleted.

Apps above register; nothing here knows them.
"""

from typing import Protocol

from gal_dashboard.core.context import Actor


class Release(Protocol):
    """Ends the caller's use of a tournament, within the transaction that deletes it."""

    def __call__(self, *, actor: Actor, tournament_id: int) -> None: ...


_releases: list[Release] = []


def register(release: Release) -> None:
    _releases.append(release)


def release(*, actor: Actor, tournament_id: int) -> None:
    """Let all of them let go; the caller holds the tournament's row."""
    for let_go in _releases:
        let_go(actor=actor, tournament_id=tournament_id)
