"""What was refused: failed logins, and requests beyond somebody's rights.

Nothing else was written in their requests, so each is a write of its own. And they are written for
people who should not be here: they are bounded, so that nobody fills the trail or keeps the
database busy. Equal ones are written once a minute; the next one of the same session or address
says how many were left out.
"""

import logging
import threading
import time
from collections import Counter, OrderedDict
from typing import Final, NamedTuple

from django.db import Error, models

from gal_dashboard.audit import trail
from gal_dashboard.core import context
from gal_dashboard.core.addresses import household
from gal_dashboard.core.context import NOBODY, Actor

WINDOW_SECONDS: Final = 60
OF_ONE_SESSION: Final = 10
OF_ONE_ADDRESS: Final = 20  # as a rule the login throttle refuses it much sooner
OF_ALL: Final = 200

logger = logging.getLogger(__name__)


class LeftOut(NamedTuple):
    """How many refusals were not written since the last: of this source, and of forgotten ones."""

    own: int = 0
    others: int = 0


class Meter:
    """Admits so many different deeds a minute of each source, and so many in all.

    What is left out is counted for each source, so that a flood of one hides no other's. Counts for
    this process. What it holds is bounded by ``of_all``: of more sources the one that was silent
    for the longest is forgotten, and its count is told with the next deed of anybody.
    """

    def __init__(self, *, of_each: int, of_all: int = OF_ALL) -> None:
        self._of_each, self._of_all = of_each, of_all
        self._lock = threading.Lock()
        self._until = 0.0
        self._admitted: set[tuple[str, str]] = set()
        self._by_source: Counter[str] = Counter()
        self._left_out: OrderedDict[str, int] = OrderedDict()
        self._left_out_of_others = 0

    def admit(self, source: str, deed: str) -> LeftOut | None:
        """``None``: leave it out. Else what was left out since the last that was admitted."""
        with self._lock:
            now = time.monotonic()
            if now >= self._until:
                self._until = now + WINDOW_SECONDS
                self._admitted.clear()
                self._by_source.clear()
            if (
                (source, deed) in self._admitted
                or self._by_source[source] >= self._of_each
                or len(self._admitted) >= self._of_all
            ):
                self._leave_out(source)
                return None
            self._admitted.add((source, deed))
            self._by_source[source] += 1
            others, self._left_out_of_others = self._left_out_of_others, 0
            return LeftOut(own=self._left_out.pop(source, 0), others=others)

    def _leave_out(self, source: str) -> None:
        self._left_out[source] = self._left_out.pop(source, 0) + 1
        if len(self._left_out) > self._of_all:
            _, count = self._left_out.popitem(last=False)
            self._left_out_of_others += count


_denied = Meter(of_each=OF_ONE_SESSION)
_failed_logins = Meter(of_each=OF_ONE_ADDRESS)


def record_denied(*, actor: Actor, request: str) -> None:
    """Somebody who is signed in asked for more than their role allows."""
    if actor.user_id is None:
        return
    left_out = _denied.admit(actor.sid or actor.name, request)
    if left_out is not None:
        _write("access.denied", actor=actor, label=request, left_out=left_out)


def record_failed_login(*, account: models.Model | None, tried: str) -> None:
    """A wrong password; ``account`` is whose it was tried for, if there is such an account.

    A name that nobody has is not written down: people type passwords into the wrong field.
    """
    request = context.current()
    source = household(request.address) if request else ""
    left_out = _failed_logins.admit(source, str(time.monotonic()))  # no two of them are equal
    if left_out is not None:
        _write("session.refused", actor=NOBODY, target=account, label=tried, left_out=left_out)


def _write(
    action: str,
    *,
    actor: Actor,
    label: str,
    left_out: LeftOut,
    target: models.Model | None = None,
) -> None:
    told = {"left_out": left_out.own, "left_out_of_others": left_out.others}
    changes = {name: (None, count) for name, count in told.items() if count}
    try:
        trail.record(action, actor=actor, target=target, label=label, changes=changes)
    except Error as error:  # the refusal stands, whether it can be written down or not
        logger.warning("%s could not be written down: %s", action, type(error).__name__)
