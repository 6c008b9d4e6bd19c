"""Sign in, renew, sign out."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core import context
from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.events.recording import recording
from users import passwords, selectors, tokens
from users.choices import EndReason, SessionKind
from users.errors import (
    IncorrectCredentialsError,
    IncorrectMasterPasswordError,
    NotSignedInError,
    RefreshInUseError,
    RefreshReusedError,
    SessionEndedError,
)
from users.models import RefreshToken, Session, User

ACCOUNT_OF_PASSWORD = {
    SessionKind.MASTER: "dashboard_user",
    SessionKind.VIEWER: "dashboard_viewer",
}


# A renewal is answered this long after it claimed its token. So every use that began before that
# answer is known to be simultaneous, and every later one to be a copy: no guess, no grace period.
SAME_TIME: Final = timedelta(milliseconds=150)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a client gets for a login or a renewal; lives in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


def login_by_master_password(*, master_password: str, agent: str) -> IssuedTokens:
    """Open a session for whoever knows the league's password.

    Raises ``IncorrectMasterPasswordError``; ``TooManyLoginsError`` while too many hashes run.
    """
    kind = passwords.kind_of(master_password)
    if kind is None:
        trail.record("session.refused", actor=SYSTEM)
        raise IncorrectMasterPasswordError
    user = User.objects.get(username=ACCOUNT_OF_PASSWORD[kind])
    return _start_session(user=user, kind=kind, agent=agent)


def login_by_account(*, username: str, password: str, agent: str) -> IssuedTokens:
    """Open a session for a staff account, the same that opens the admin. Raises as above."""
    with passwords.hashing():
        user = authenticate(username=username, password=password)
    if not isinstance(user, User) or not selectors.roles_of(user):
        trail.record("session.refused", actor=SYSTEM)
        raise IncorrectCredentialsError
    return _start_session(user=user, kind=SessionKind.STAFF, agent=agent)


def renew_by_refresh_token(*, refresh_token: str) -> IssuedTokens:
    """Trade a refresh token for new tokens of the same session. It works once.

    Of several uses at the same time one wins; others get ``RefreshInUseError`` and harm nothing.
    A use that began after the winner had its answer is a copy in other hands: the session ends and
    ``RefreshReusedError`` is raised.
    """
    jti, sid = tokens.read_refresh_token(refresh_token)
    with recording():
        session = _live_session(sid)
        used = RefreshToken.objects.filter(jti=jti, session=session, used_at__isnull=True)
        if used.update(used_at=timezone.now()):
            issued = _issue(session)
        else:
            issued = None
            _judge_second_use(session, jti)
    if issued is None:
        raise RefreshReusedError  # after the commit: the end of the session must stand
    time.sleep(SAME_TIME.total_seconds())
    return issued


def _judge_second_use(session: Session, jti: str) -> None:
    """End the session, unless this request began before the first use can have been answered."""
    token = RefreshToken.objects.filter(jti=jti, session=session).first()
    if token is None or token.used_at is None:
        raise NotSignedInError
    request = context.current()
    if request and request.arrived <= (token.used_at + SAME_TIME).timestamp():
        raise RefreshInUseError
    _end(session, reason=EndReason.REFRESH_REUSED)


def renew_by_access_token(*, actor: Actor) -> IssuedTokens:
    """New tokens for a client that has only its live access token. Raises ``SessionEndedError``."""
    with recording():
        return _issue(_live_session(actor.sid or ""))


def logout(*, sids: set[str]) -> None:
    """End these sessions. Unknown and ended ones are no error: the caller wanted them dead."""
    with recording():
        for session in Session.objects.filter(sid__in=sids, ended_at__isnull=True):
            _end(session, reason=EndReason.LOGOUT)


def _start_session(*, user: User, kind: SessionKind, agent: str) -> IssuedTokens:
    request = context.current()
    with recording():
        session = Session(
            sid=tokens.new_sid(),
            user=user,
            kind=kind,
            address=request.address if request else "",
            agent=agent[:255],
            expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
        )
        session.full_clean()
        session.save()
        trail.record("session.started", actor=selectors.actor_of(session))
        return _issue(session)


def _issue(session: Session) -> IssuedTokens:
    access, expires_in = tokens.access_token(
        actor=selectors.actor_of(session), session_expires_at=session.expires_at
    )
    refresh, jti, refresh_expires_in = tokens.refresh_token(
        sid=session.sid, session_expires_at=session.expires_at
    )
    RefreshToken.objects.create(jti=jti, session=session, expires_at=session.expires_at)
    return IssuedTokens(
        access_token=access,
        expires_in=expires_in,
        refresh_token=refresh,
        refresh_expires_in=refresh_expires_in,
    )


def _live_session(sid: str) -> Session:
    session = Session.objects.live().select_related("user").filter(sid=sid).first()
    if session is None:
        raise SessionEndedError
    return session


def _end(session: Session, *, reason: EndReason) -> None:
    session.ended_at = timezone.now()
    session.ended_reason = reason
    session.save(update_fields=["ended_at", "ended_reason"])
    trail.record(
        "session.ended", actor=selectors.actor_of(session), changes={"reason": (None, reason)}
    )
