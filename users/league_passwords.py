"""The league's passwords: what the environment says, and what the database remembers of it.

The database keeps a hash of each. A start that finds another password in the environment replaces
it and ends all sessions that were opened by the old one. Logins are checked against the hash: of
processes that were started with different passwords the newest start decides for all.
"""

import logging
import threading
from typing import Final

from django.conf import settings
from django.db import Error, connection

from gal_dashboard.audit import trail
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events.recording import recording
from users import passwords, sessions
from users.choices import EndReason, SessionKind
from users.errors import NotReadyError
from users.models import LeaguePassword, Session

logger = logging.getLogger(__name__)

KINDS: Final = (SessionKind.MASTER, SessionKind.VIEWER)

_adopting = threading.Lock()
_state = {"is_adopted": False}


def adopt_at_start() -> None:
    """On a thread of its own, before the first request. Without a database: as soon as it is asked
    for somebody.
    """
    try:
        ensure_adopted()
    except Error as error:
        logger.warning("The database does not answer at the start: %s", type(error).__name__)
    finally:
        connection.close()


def ensure_adopted() -> None:
    """Adopt the passwords of this start, unless that is done. Before any token is believed.

    It takes the time of hashes: only threads of requests wait for it.
    """
    if _state["is_adopted"]:
        return
    with _adopting:
        if not _state["is_adopted"]:
            adopt()
            _state["is_adopted"] = True


def refuse_unadopted() -> None:
    """For the hub's thread, on which all sockets wait: have another one adopt the passwords.

    Raises ``NotReadyError`` until it is done, which is so only where the database was away at the
    start, or the server has no start.
    """
    if _state["is_adopted"]:
        return
    if not _adopting.locked():
        threading.Thread(target=adopt_at_start, name="adopter", daemon=True).start()
    raise NotReadyError


def adopt() -> None:
    for kind in KINDS:
        _adopt(kind, _in_environment(kind))


def stored_hashes() -> dict[SessionKind, str]:
    """The hash of each password of the league that there is."""
    ensure_adopted()
    found = _read()
    if any(_in_environment(kind) and not found.get(kind) for kind in KINDS):
        adopt()  # another database than at the start
        found = _read()
    return {kind: found[kind] for kind in KINDS if found.get(kind)}


def lock_hash(kind: SessionKind) -> str:
    """The hash of a password as it is until the end of the transaction."""
    return LeaguePassword.objects.select_for_update().get(kind=kind).hash


def _read() -> dict[str, str]:
    return dict(LeaguePassword.objects.values_list("kind", "hash"))


def _in_environment(kind: SessionKind) -> str:
    if kind == SessionKind.MASTER:
        return settings.DASHBOARD_MASTER_PASSWORD
    return settings.DASHBOARD_VIEWER_PASSWORD


def _adopt(kind: SessionKind, password: str) -> None:
    seen = _read().get(kind, "")
    if passwords.is_hash_of(password, seen):
        return
    replacement = passwords.hashed_for_league(password)  # takes its time: before the lock
    with recording():
        LeaguePassword.objects.get_or_create(kind=kind)
        stored = LeaguePassword.objects.select_for_update().get(kind=kind)
        if stored.hash != seen and passwords.is_hash_of(password, stored.hash):
            return  # another process of this start was first
        stored.hash = replacement
        stored.save()
        trail.record("league_password.changed", actor=SYSTEM, changes={"kind": ("", kind)})
        running = Session.objects.filter(kind=kind, ended_at=None).select_related("user")
        for session in running.order_by("pk"):
            sessions.end(session, actor=SYSTEM, reason=EndReason.LEAGUE_PASSWORD_CHANGED)
