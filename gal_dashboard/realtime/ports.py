"""What realtime needs from above, registered in ``AppConfig.ready`` and never imported.

Most are called on the hub's thread, with its own database connection, and may raise
``core.errors.DomainError``. They must not open transactions: the hub has opened the view of the
data.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Struct

from gal_dashboard.core.context import Actor


class PortNotRegisteredError(RuntimeError):
    """Raised when an app that owns a port is not installed."""


class Editor(NamedTuple):
    """Somebody who holds the lock of a graphic."""

    graphic_id: int
    user_id: int | None
    user_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens; a preview, which nobody revokes, has no ``key_id``."""

    graphic_id: int
    key_id: int | None = None


OpenByKey = Callable[[str, str], Awaitable[Opened | None]]
EndedAmong = Callable[[Collection[str]], frozenset[str]]


@dataclass(slots=True)
class _Ports:
    authenticate: Callable[[str], Actor] | None = None
    ended_among: EndedAmong | None = None
    revive: Callable[[str], Actor] | None = None
    snapshot: Callable[[int], Struct | None] | None = None
    snapshot_form: type[Struct] | None = None
    editors: Callable[[], Sequence[Editor]] | None = None
    open_by_key: OpenByKey | None = None


_ports = _Ports()


def register_authentication(
    *,
    authenticate: Callable[[str], Actor],
    ended_among: EndedAmong,
    revive: Callable[[str], Actor],
) -> None:
    """Who knows people and sessions.

    ``authenticate(access token)`` gives the actor or raises; ``revive(sid)`` gives the actor of a
    live session or raises. ``ended_among(sids)`` names those of many sessions that are over, by one
    question to the database: it is asked at every poll.
    """
    _ports.authenticate, _ports.ended_among, _ports.revive = authenticate, ended_among, revive


def register_snapshot(snapshot: Callable[[int], Struct | None], *, form: type[Struct]) -> None:
    """``snapshot(graphic id)``: the data of a snapshot frame; ``None`` if none may be seen."""
    _ports.snapshot, _ports.snapshot_form = snapshot, form


def register_editors(editors: Callable[[], Sequence[Editor]]) -> None:
    """``editors()``: who edits which graphic now."""
    _ports.editors = editors


def register_keys(open_by_key: OpenByKey) -> None:
    """``open_by_key(key, address)``: what a key opens to a socket from there, ``None`` if nothing.

    It runs in the event loop, unlike all others here. Who owns keys sees to it that the sockets of
    one that ends are closed.
    """
    _ports.open_by_key = open_by_key


def authenticate(token: str) -> Actor:
    if _ports.authenticate is None:
        raise PortNotRegisteredError("authentication")
    return _ports.authenticate(token)


def ended_among(sids: Collection[str]) -> frozenset[str]:
    if _ports.ended_among is None:
        raise PortNotRegisteredError("authentication")
    return _ports.ended_among(sids)


def revive(sid: str) -> Actor:
    if _ports.revive is None:
        raise PortNotRegisteredError("authentication")
    return _ports.revive(sid)


def snapshot(graphic_id: int) -> Struct | None:
    if _ports.snapshot is None:
        raise PortNotRegisteredError("snapshot")
    return _ports.snapshot(graphic_id)


def snapshot_form() -> type[Struct]:
    """What the data of a snapshot frame is."""
    if _ports.snapshot_form is None:
        raise PortNotRegisteredError("snapshot")
    return _ports.snapshot_form


def editors() -> Sequence[Editor]:
    if _ports.editors is None:
        raise PortNotRegisteredError("editors")
    return _ports.editors()


async def open_by_key(key: str, address: str) -> Opened | None:
    if _ports.open_by_key is None:
        raise PortNotRegisteredError("keys")
    return await _ports.open_by_key(key, address)
