"""Who acts, and within which request. Set once at the door, read where a record is written."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever does something: a signed-in person, or a command of this program.

    ``sid`` is the login session the person acts in; ``None`` for commands. ``scopes`` are what the
    roles allow, as ``<area>:read`` and ``<area>:write``.
    """

    name: str
    user_id: int | None = None
    sid: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    expires_at: datetime | None = None

    # Django and DRF ask their users these two questions.
    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> int | None:
        return self.user_id

    def may(self, scope: str) -> bool:
        return scope in self.scopes


SYSTEM = Actor(name="system")
NOBODY = Actor(name="anonymous")  # a stranger: may do nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """What is true for the whole of one request."""

    request_id: str
    address: str
    arrived: float  # seconds since the epoch, when the head of the request was read


_current: ContextVar[RequestContext | None] = ContextVar("gal_request", default=None)


def current() -> RequestContext | None:
    """The request that this code runs in; ``None`` in commands and on the hub's thread."""
    return _current.get()


def request_id() -> str:
    """The id of the current request, or an empty string outside of one."""
    context = _current.get()
    return context.request_id if context else ""


def enter(context: RequestContext | None) -> None:
    """Replace the current request; ``None`` leaves it, as threads are used again."""
    _current.set(context)
