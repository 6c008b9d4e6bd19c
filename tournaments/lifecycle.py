"""The life of a tournament: which status may follow on which, and what each of them allows.

A status may be skipped forwards (a small cup has no check-in), and one step back repairs a slip.
What has ended goes on again or is annulled; what was called off is planned anew or put off.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tournaments.choices import TournamentStatus

DRAFT = TournamentStatus.DRAFT
OPEN = TournamentStatus.REGISTRATION_OPEN
CLOSED = TournamentStatus.REGISTRATION_CLOSED
CHECK_IN = TournamentStatus.CHECK_IN
RUNNING = TournamentStatus.IN_PROGRESS
COMPLETED = TournamentStatus.COMPLETED
CANCELLED = TournamentStatus.CANCELLED
POSTPONED = TournamentStatus.POSTPONED

MOVES: Final[Mapping[str, tuple[TournamentStatus, ...]]] = MappingProxyType(
    {
        DRAFT: (OPEN, CLOSED, CHECK_IN, RUNNING, POSTPONED, CANCELLED),
        OPEN: (DRAFT, CLOSED, CHECK_IN, RUNNING, POSTPONED, CANCELLED),
        CLOSED: (OPEN, CHECK_IN, RUNNING, POSTPONED, CANCELLED),
        CHECK_IN: (CLOSED, RUNNING, POSTPONED, CANCELLED),
        RUNNING: (CHECK_IN, COMPLETED, POSTPONED, CANCELLED),
        COMPLETED: (RUNNING, CANCELLED),
        CANCELLED: (DRAFT, POSTPONED),
        POSTPONED: (DRAFT, OPEN, CLOSED, CHECK_IN, RUNNING, CANCELLED),
    }
)
# In a draft staff fill the list; in a running event they let substitutes in.
TAKES_REGISTRATIONS: Final = frozenset({DRAFT, OPEN, RUNNING})
IS_OVER: Final = frozenset({COMPLETED, CANCELLED})


def legal_moves(status: str) -> list[str]:
    return [move.value for move in MOVES[status]]
