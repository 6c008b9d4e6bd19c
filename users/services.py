"""Sign in, renew, sign out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone

from gal_dashboard.audit import refusals, trail
from gal_dashboard.core import context
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import recording
from users import league_passwords, passwords, selectors, sessions, tokens
from users.choices import MASTER_ACCOUNT, VIEWER_ACCOUNT, EndReason, SessionKind
from users.errors import (
    IncorrectCredentialsError,
    IncorrectMasterPasswordError,
    NotSignedInError,
    RefreshInUseError,
    RefreshReusedError,
    SessionEndedError,
    SessionNotFoundError,
)
from users.models import RefreshToken, Session, User

ACCOUNT_OF_PASSWORD = {
    SessionKind.MASTER: MASTER_ACCOUNT,
    SessionKind.VIEWER: VIEWER_ACCOUNT,
}

# No client gets the tokens of a renewal sooner than this after the old token was used: whoever uses
# that one within this time cannot have known the new ones. So no guess and no grace period decides
# which uses are simultaneous and which are those of a copy.
SAME_TIME: Final = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a client gets for a login or a renewal; lives in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


def login_by_master_password(*, master_password: str, agent: str) -> IssuedTokens:
    """Open a session for whoever knows the league's password.

    A hash takes its time. If the password was changed in it, it is judged anew: whoever changes it
    ends all sessions, and none may be opened by the old one after that.
    Raises ``IncorrectMasterPasswordError``; ``TooManyLoginsError`` while too many hashes run.
    """
    while True:
        hashes = league_passwords.stored_hashes()
        kind = passwords.kind_of(master_password, hashes)
        if kind is None:
            refusals.record_failed_login(account=None, tried="the league's password")
            raise IncorrectMasterPasswordError
        with recording():
            if league_passwords.lock_hash(kind) == hashes[kind]:
                user = User.objects.get(username=ACCOUNT_OF_PASSWORD[kind])
                return _start_session(user=user, kind=kind, agent=agent)


def login_by_account(*, username: str, password: str, agent: str) -> IssuedTokens:
    """Open a session for a staff account, the same that opens the admin.

    Judged anew as above if the account was changed. Raises ``IncorrectCredentialsError`` and as
    above.
    """
    league_passwords.ensure_adopted()
    while True:
        with passwords.hashing():
            judged = authenticate(username=username, password=password)
        if not isinstance(judged, User) or not selectors.roles_of(judged):
            record_failed_login(username)
            raise IncorrectCredentialsError
        with recording():
            user = _locked_as_judged(judged)
            if user is not None:
                return _start_session(user=user, kind=SessionKind.STAFF, agent=agent)


def renew_by_refresh_token(*, refresh_token: str) -> IssuedTokens:
    """Trade a refresh token for new tokens of the same session. It works once.

    Of several uses at the same time one wins; others get ``RefreshInUseError`` and harm nothing.
    A later use is a copy in other hands: the session ends and ``RefreshReusedError`` is raised.
    The caller keeps the new tokens back for ``SAME_TIME``.
    """
    jti, sid = tokens.read_refresh_token(refresh_token)
    with recording():
        session = _live_session(sid)
        token = RefreshToken.objects.filter(jti=jti, session=session)
        is_first_use = token.filter(used_at=None).update(used_at=timezone.now())
        if is_first_use:
            return _renew(session)
        _judge_second_use(session, token.first())
    raise RefreshReusedError  # after the commit: the end of the session must stand


def _judge_second_use(session: Session, token: RefreshToken | None) -> None:
    """End the session, unless this request began before the first use can have been answered."""
    if token is None or token.used_at is None:
        raise NotSignedInError
    request = context.current()
    if request and request.arrived <= (token.used_at + SAME_TIME).timestamp():
        raise RefreshInUseError
    sessions.end(session, actor=selectors.actor_of(session), reason=EndReason.REFRESH_REUSED)


def renew_by_access_token(*, actor: Actor) -> IssuedTokens:
    """New tokens for a client that has only its live access token. Raises ``SessionEndedError``."""
    with recording():
        return _renew(_live_session(actor.sid or ""))


def logout(*, sids: set[str]) -> None:
    """End these sessions. Unknown and ended ones are no error: the caller wanted them dead."""
    with recording():
        for session in Session.objects.filter(sid__in=sids).select_related("user").order_by("pk"):
            sessions.end(session, actor=selectors.actor_of(session), reason=EndReason.LOGOUT)


def end_visible_session(*, actor: Actor, session_id: int) -> None:
    """End a session that ``actor`` may see; one that is over stays over.

    Raises ``SessionNotFoundError``.
    """
    session = selectors.visible_sessions(actor).select_related("user").filter(pk=session_id).first()
    if session is None:
        raise SessionNotFoundError
    is_own = session.user_id == actor.user_id
    end_session(
        actor=actor,
        session=session,
        reason=EndReason.ENDED_BY_OWNER if is_own else EndReason.ENDED_BY_STAFF,
    )


def end_session(*, actor: Actor, session: Session, reason: EndReason) -> bool:
    """End somebody's session; whether it was still running."""
    with recording():
        return sessions.end(session, actor=actor, reason=reason)


def _locked_as_judged(judged: User) -> User | None:
    """The account with its row locked; ``None`` if what let it in is no longer so.

    Whoever changes an account locks its row and then ends its sessions: a login comes before, and
    is ended, or after, and sees the change.
    """
    same = User.objects.active().filter(pk=judged.pk, password=judged.password)
    user = same.select_for_update(no_key=True).first()
    return user if user is not None and selectors.roles_of(user) else None


def _start_session(*, user: User, kind: SessionKind, agent: str) -> IssuedTokens:
    request, now = context.current(), timezone.now()
    # those of sessions that are over can neither be used nor betray a copy
    RefreshToken.objects.filter(expires_at__lt=now).delete()
    session = Session(
        sid=tokens.new_sid(),
        user=user,
        kind=kind,
        address=request.address if request else "",
        agent=agent[:255],
        expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
    )
    session.full_clean()
    session.save()
    trail.record("session.started", actor=selectors.actor_of(session), target=session)
    return _issue(session, now=now)


def _renew(session: Session) -> IssuedTokens:
    trail.record("session.renewed", actor=selectors.actor_of(session), target=session)
    return _issue(session, now=timezone.now())


def _issue(session: Session, *, now: datetime) -> IssuedTokens:
    access, access_life = tokens.access_token(
        actor=selectors.actor_of(session), now=now, session_expires_at=session.expires_at
    )
    refresh, jti = tokens.refresh_token(sid=session.sid, session_expires_at=session.expires_at)
    RefreshToken.objects.create(jti=jti, session=session, expires_at=session.expires_at)
    return IssuedTokens(
        access_token=access,
        expires_in=int(access_life.total_seconds()),
        refresh_token=refresh,
        refresh_expires_in=int((session.expires_at - now).total_seconds()),
    )


def _live_session(sid: str) -> Session:
    session = Session.objects.live().select_related("user").filter(sid=sid).first()
    if session is None:
        raise SessionEndedError
    return session


def record_failed_login(username: str) -> None:
    """A wrong password, or an account that may not sign in."""
    account = User.objects.filter(username=username).first()
    tried = "" if account else "an account that does not exist"
    refusals.record_failed_login(account=account, tried=tried)
