"""What the admin needs from the apps above, registered by their ``admin`` modules."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from gal_dashboard.core.context import Actor

_KNOWN_ACTOR: Final = "_gal_admin_actor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One line of an object's history; ``changes`` maps a field to its value before and after."""

    at: datetime
    actor_name: str
    action: str
    changes: Mapping[str, tuple[Any, Any]]


class PortNotRegisteredError(RuntimeError):
    """Raised when an app that owns a port is not installed."""


@dataclass(slots=True)
class _Ports:
    recording: Callable[[], AbstractContextManager[None]] | None = None
    actor_of: Callable[[HttpRequest], Actor] | None = None
    deeds_about: Callable[[str, int], Iterable[Deed]] | None = None


_ports = _Ports()


def register_recording(recording: Callable[[], AbstractContextManager[None]]) -> None:
    """The block around every write: one transaction with its events."""
    _ports.recording = recording


def register_actors(actor_of: Callable[[HttpRequest], Actor]) -> None:
    """Who is signed in to the admin. For a stranger: an actor that may do nothing."""
    _ports.actor_of = actor_of


def register_history(deeds_about: Callable[[str, int], Iterable[Deed]]) -> None:
    """``deeds_about(model name, id)``: what was done to an object, the newest deed first."""
    _ports.deeds_about = deeds_about


def recording() -> AbstractContextManager[None]:
    if _ports.recording is None:
        raise PortNotRegisteredError("recording")
    return _ports.recording()


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person, read once for each request."""
    known: Actor | None = getattr(request, _KNOWN_ACTOR, None)
    if known is None:
        if _ports.actor_of is None:
            raise PortNotRegisteredError("actors")
        known = _ports.actor_of(request)
        setattr(request, _KNOWN_ACTOR, known)
    return known


def deeds_about(target_type: str, target_id: int) -> Iterable[Deed]:
    if _ports.deeds_about is None:
        raise PortNotRegisteredError("history")
    return _ports.deeds_about(target_type, target_id)
