"""How much of anything the sockets may hold, take and wait for.

How many sockets and messages there may be, staff can change: that stands in ``options``.
"""

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times are in seconds. The defaults are what clients may rely on; tests shorten some."""

    # A lost poke, a command's write and the end of a session are found within this time. Promised
    # are two seconds until sockets have heard of it: the rest is for reading and telling.
    poll_seconds: float = 1.5
    # A stream that nobody follows any more is remembered for those who come back.
    linger_seconds: float = 60.0
    # Overlays that ask within this time share a snapshot, if nothing happened in between.
    snapshot_seconds: float = 2.0

    # What waits for a client that does not read; beyond it is closed and may resume.
    backlog_frames: int = 1_000
    backlog_bytes: int = 4 * MIB
    # A client that takes nothing at all for this long is closed, however little waits for it.
    stall_seconds: float = 60.0
    # A client that does not even take its close frame is cut off. It keeps next to nothing waiting,
    # and one that wakes up before then learns by the code that it may resume at once.
    close_seconds: float = 60.0

    # The newest frames of each stream, kept for resumes.
    ring_frames: int = 500
    ring_bytes: int = 1 * MIB
    # A replay is read from the log in pieces, each after the client has taken the one before.
    batch_frames: int = 200
    batch_bytes: int = 1 * MIB
    # A client further behind gets the state instead of the events that led to it.
    behind_frames: int = 5_000
    behind_bytes: int = 16 * MIB

    # Who is connected is looked at, told to staff and, if it changed, to other processes.
    presence_seconds: float = 1.0
    # Other processes' words are read, and the own one is repeated, at least so often.
    presence_read_seconds: float = 2.0
    presence_write_seconds: float = 10.0
    # A process that says nothing for so long is dead.
    presence_dead_seconds: float = 35.0

    staff_message_bytes: int = 64 * KIB
    overlay_message_bytes: int = 4 * KIB
    # Messages above the rate of the options that are answered with an error before the socket is
    # closed.
    excess_messages: int = 50
