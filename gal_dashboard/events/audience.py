"""Who else hears of a change. Apps above register; nothing here knows them."""

from collections.abc import Callable, Iterable

_followers: dict[str, list[Callable[[int], Iterable[int]]]] = {}


def register(kind: str, followers: Callable[[int], Iterable[int]]) -> None:
    """Let ``followers(id)`` say which graphics' overlays follow an object of ``kind``."""
    _followers.setdefault(kind, []).append(followers)


def overlays_of(kind: str, object_id: int) -> set[int]:
    """The graphics whose overlays follow this object, read in the caller's transaction.

    Only right while the caller holds the object's row lock: who ties a graphic to it takes it too.
    """
    return {graphic for followers in _followers.get(kind, []) for graphic in followers(object_id)}
